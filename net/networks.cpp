#include "net/networks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace net {

std::optional<Networks::Bytes> Networks::parse(std::string_view address) {
    std::string text(address);
    Bytes bytes{};
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
    bytes[10] = bytes[11] = 0xff;
    if (inet_pton(AF_INET, text.c_str(), bytes.data() + 12) == 1) return bytes;
    return std::nullopt;
}

bool Networks::add(std::string_view cidr) {
    std::size_t slash = cidr.find('/');
    std::string_view address = cidr.substr(0, slash);
    auto prefix = parse(address);
    if (!prefix) return false;
    unsigned width = address.find(':') == std::string_view::npos ? 32 : 128;
    unsigned bits = width;
    if (slash != std::string_view::npos) {
        std::string_view digits = cidr.substr(slash + 1);
        auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
        if (error != std::errc() || end != digits.data() + digits.size() || bits > width) return false;
    }
    networks_.push_back({*prefix, bits + (128 - width)});
    return true;
}

bool Networks::contains(std::string_view address) const {
    auto bytes = parse(address);
    return bytes && std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
               for (unsigned i = 0, left = network.bits; left > 0; ++i, left -= std::min(left, 8U)) {
                   unsigned mask = left >= 8 ? 0xffU : 0xffU & (0xffU << (8 - left));
                   if (((*bytes)[i] ^ network.prefix[i]) & mask) return false;
               }
               return true;
           });
}

}  // namespace net
