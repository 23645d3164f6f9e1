#include "mail/flowed.hpp"

#include <algorithm>

namespace mail {

std::string unflow(std::string_view text, bool delsp) {
    std::string out;
    out.reserve(text.size());
    bool joins = false;  // the last line goes on in this one, if the depths are the same
    std::size_t last_depth = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        std::size_t depth = 0;
        while (depth < line.size() && line[depth] == '>') ++depth;
        const std::string_view marks = line.substr(0, depth);
        line.remove_prefix(depth);
        if (line.starts_with(' ')) line.remove_prefix(1);
        const bool separator = line == "-- ";
        if (joins && (depth != last_depth || separator)) {
            out += '\n';
            joins = false;
        }
        if (!joins && depth > 0) out.append(marks).append(line.empty() ? "" : " ");
        const bool flows = line.ends_with(' ') && !separator;
        if (flows && delsp) line.remove_suffix(1);
        out += line;
        joins = flows;
        last_depth = depth;
        if (!joins && end < text.size()) out += '\n';
    }
    return out;
}

}  // namespace mail
