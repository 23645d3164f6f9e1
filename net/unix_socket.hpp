// A listening Unix socket at a path, for net::Listener to take over.
//
// A file that a listener left behind when it died is replaced. What somebody listens on is never taken from
// him, also when two of us start at once, and what is no socket is left alone. The file stays when the
// listener is closed: removing it could take away the next one's.
#pragma once

#include <string>

namespace net {

constexpr std::size_t longest_socket_path = 107;  // sockaddr_un, with its NUL

struct SocketAccess {
    unsigned mode = 0660;  // whoever may write to it may connect
    std::string group;     // empty: ours, or that of the folder where its setgid bit says so
};

// The descriptor, which is the caller's. Throws std::runtime_error that names the path.
[[nodiscard]] int listen_at(const std::string& path, const SocketAccess& access);

}  // namespace net
