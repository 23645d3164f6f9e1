// text/plain; format=flowed: the paragraphs that a client broke for the wire, whole again. RFC 3676.
//
// Lines of one quote depth that end with a blank are joined, stuffed blanks go, quote marks stay before
// each paragraph, and the signature's `-- ` is never joined. Total and linear.
#pragma once

#include <string>
#include <string_view>

namespace mail {

// `text`: lines end with LF. `delsp`: the blank at the end was added too (§4.2).
[[nodiscard]] std::string unflow(std::string_view text, bool delsp);

}  // namespace mail
