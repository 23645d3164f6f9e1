#include "smtp/reply.hpp"

#include <string_view>

namespace smtp {

std::string Reply::wire() const {
    std::string bytes;
    std::string_view rest = text;
    for (bool last = false; !last;) {
        std::size_t end = rest.find('\n');
        last = end == std::string_view::npos;
        bytes += std::to_string(code);
        bytes += last ? ' ' : '-';
        if (!enhanced.empty()) bytes.append(enhanced).append(" ");
        // A text can come from elsewhere; whatever it holds, a reply is one reply.
        for (char c : rest.substr(0, end)) bytes += c >= ' ' && c <= '~' ? c : '?';
        bytes += "\r\n";
        if (!last) rest.remove_prefix(end + 1);
    }
    return bytes;
}

}  // namespace smtp
