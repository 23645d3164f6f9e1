// A list of networks in CIDR notation (RFC 4632, RFC 4291 §2.3): "127.0.0.0/8", "::1", "2001:db8::/32".
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace net {

class Networks {
  public:
    using Bytes = std::array<unsigned char, 16>;  // IPv4 as ::ffff:a.b.c.d
    static std::optional<Bytes> parse(std::string_view address);

    // False when it is no address or network; then nothing is added.
    [[nodiscard]] bool add(std::string_view cidr);
    // An IPv4 address mapped into IPv6 counts as the IPv4 address.
    [[nodiscard]] bool contains(std::string_view address) const;

  private:
    struct Network {
        Bytes prefix;
        unsigned bits;
    };
    std::vector<Network> networks_;
};

}  // namespace net
