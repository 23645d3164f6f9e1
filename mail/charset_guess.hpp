// Which charset are 8-bit bytes that nobody labelled in? Made for a subject line as much as for a body.
//
// Statistics need a page of text, and a header has ten characters. So first what the encodings forbid and
// what their designers put into the front rows: Big5, GB 2312, KS X 1001 and JIS X 0208 each keep their
// frequent characters in the first half, Thai marks follow consonants, Russian has its usual letters. ICU's
// detector answers for longer text that none of these fits. Linear; looks at the first 8 KB.
//
// Empty: nothing speaks against windows-1252. Never UTF-7 or UTF-8 (the caller has looked for that).
#pragma once

#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] std::string guess_charset(std::string_view bytes);

}  // namespace mail
