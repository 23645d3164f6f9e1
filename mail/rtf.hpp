// The body in compressed RTF that Outlook writes: MS-OXRTFCP, and HTML carried in RTF, MS-OXRTFEX.
//
// Both total and linear. Decompressed text is at most 16 MB and ten times its source; groups deeper than
// 200 keep the state of the 200th.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] std::optional<std::string> decompress_rtf(std::string_view bytes);

struct RtfBody {
    std::string text;      // UTF-8 with LF; the HTML where `is_html`
    bool is_html = false;  // the RTF was made from HTML, and this is it
};

// Words only: fonts, colours, pictures and unknown destinations give nothing.
[[nodiscard]] RtfBody read_rtf(std::string_view rtf);

}  // namespace mail
