// The header that a load balancer puts before a connection to say whose it is: HAProxy's PROXY protocol,
// versions 1 (a line of text) and 2 (binary).
//
// Pure: any bytes give a result. The reader says how many bytes it needs at least, and whoever reads takes
// no more than those: what follows is another's, perhaps a TLS handshake. A header of version 1 is at most
// 107 bytes, as the protocol says, one of version 2 at most `longest_proxy_header`; its further fields (TLVs)
// are skipped. Addresses of IPv4 that are mapped into IPv6 are given as IPv4.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace net {

constexpr std::size_t longest_proxy_header = 4096;

struct ProxyHeader {
    enum class Outcome {
        incomplete,  // `missing` more bytes are needed at least
        malformed,   // no such header: the protocol says to close
        own,         // whole; the connection is the proxy's own, such as a health check
        client,      // whole; `address` is the client's
    };
    Outcome outcome = Outcome::malformed;
    std::size_t missing = 0;
    std::string address = {};
};

[[nodiscard]] ProxyHeader parse_proxy_header(std::string_view bytes);

}  // namespace net
