// Content-Type and Content-Disposition: a value and its parameters. RFC 2045 §5.1, RFC 2183, RFC 2231.
//
// Reads comments, quoted strings that never close, blanks around `=` and `/`, values with blanks that nobody
// quoted, quotes around quotes, a missing `;`, RFC 2231 continuations (in any order, some encoded and some
// not, up to the first gap) and charsets, and RFC 2047 words, which do not belong here but are common. Where
// both stand there, `filename*` wins over `filename`; of repeated parameters the first. A charset that is
// wrong is mail::decode_charset()'s matter. Never fails; linear up to sorting.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mail {

struct Parameters {
    std::string value;                                         // "text/plain", "attachment": lower case
    std::vector<std::pair<std::string, std::string>> entries;  // names in lower case, values decoded
    bool ambiguous = false;  // one parameter stands there twice with different values

    [[nodiscard]] const std::string* find(std::string_view name) const;
    [[nodiscard]] std::string get(std::string_view name) const;  // empty when there is none
};

// `text` as mail::field_text() gives it; `hint`: for RFC 2231 bytes whose charset is wrong.
[[nodiscard]] Parameters parse_parameters(std::string_view text, std::string_view hint = {});

}  // namespace mail
