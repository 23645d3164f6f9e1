// HTML that a browser may show: an allow-list serialiser over the tokens of mail/html_tokens.hpp.
//
// UTF-8 in, UTF-8 out, total and linear; at most 100 elements deep and 10 times the input (and 64 KB) long.
// Nothing active and nothing that can be fetched remains. What is promised rests on the grammar of the
// output, not on two parsers reading the input alike:
//  - elements and attributes of a short list alone, in lower case, values in double quotes, all text escaped;
//    no id, class, name or handler, no comment, no foreign element, no form;
//  - elements nest as HTML5's tree construction wants them, so that every parser makes the same tree of it
//    and reads it the same a second time; safe_html() of it is itself;
//  - `a`: href http, https, mailto or tel, with rel="noopener noreferrer nofollow" and target="_blank";
//  - `img` from outside: no src; the address is in data-outside-src (http or https) for a deliberate load;
//  - `img` of the mail: src="cid:ID" (RFC 2392 §2), whether or not the mail has such a part (no program
//    fetches cid:). Whoever shows the mail maps it: it is the attachment whose content_id is the same as ID
//    once both are percent-decoded (programs write `a%40b` in either place), case and all;
//  - `img` with src="data:image/...": PNG, JPEG, GIF and WebP, as far as the tag is under 512 KB;
//  - style: mail/safe_style.hpp. Style sheets are left out.
// The text of an unknown element stays; body becomes a div when it has colours.
#pragma once

#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] std::string safe_html(std::string_view utf8);

}  // namespace mail
