// The mail that is answered, as history below an answer: an attribution, then the mail as a quote.
//
// Both forms are such that mail/reply.hpp, and the readers of other desks, take them off again. Any bytes may
// stand in the values; the HTML goes through safe_html(), so that nothing in it ends the quote.
#pragma once

#include <string>

namespace mail {

struct QuotedMail {
    std::string author_name;     // may be empty
    std::string author_address;  // may be empty
    std::string text, html;      // one may be empty: then it is made from the other
    std::string date;            // as people shall read it; may be empty
};

// `On DATE, NAME <ADDRESS> wrote:` and the text behind `> `; ends with a line end.
[[nodiscard]] std::string quoted_text(const QuotedMail& mail);

// The same as a blockquote.
[[nodiscard]] std::string quoted_html(const QuotedMail& mail);

}  // namespace mail
