#include "outbound/targets.hpp"

#include "mail/text.hpp"

#include <array>
#include <string>

namespace outbound {
namespace {

namespace ip = boost::asio::ip;

struct Range {
    std::string_view network, kind;
};
// The IANA registries of special-purpose addresses, what is not globally reachable; the first that fits.
// Addresses for documentation are nobody's, and harmless.
constexpr std::array<Range, 19> ranges{{
    {"0.0.0.0/8", "an unspecified"}, {"127.0.0.0/8", "a loopback"},      {"10.0.0.0/8", "a private"},
    {"172.16.0.0/12", "a private"},  {"192.168.0.0/16", "a private"},    {"100.64.0.0/10", "a private"},
    {"198.18.0.0/15", "a private"},  {"169.254.0.0/16", "a link-local"}, {"192.0.0.0/24", "a reserved"},
    {"224.0.0.0/4", "a multicast"},  {"240.0.0.0/4", "a reserved"},      {"::1/128", "a loopback"},
    {"::/96", "an unspecified"},     {"64:ff9b:1::/48", "a private"},    {"fc00::/7", "a private"},
    {"fe80::/10", "a link-local"},   {"fec0::/10", "a private"},         {"ff00::/8", "a multicast"},
    {"100::/64", "a reserved"},
}};

struct Named {
    net::Networks network;
    std::string_view kind;
};
const std::array<Named, ranges.size()>& networks() {
    static const auto made = [] {
        std::array<Named, ranges.size()> all;
        for (std::size_t i = 0; i < ranges.size(); ++i) {
            all[i].kind = ranges[i].kind;
            if (!all[i].network.add(ranges[i].network)) std::abort();
        }
        return all;
    }();
    return made;
}

// The IPv4 address that a gateway makes of an IPv6 one: NAT64 (RFC 6052), 6to4 (RFC 3056).
std::optional<ip::address_v4> embedded(const ip::address& address) {
    if (!address.is_v6()) return std::nullopt;
    const auto bytes = address.to_v6().to_bytes();
    const auto at = [&](std::size_t i) {
        return ip::address_v4({bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]});
    };
    if (bytes[0] == 0x20 && bytes[1] == 0x02) return at(2);
    static const auto nat64 = ip::make_address_v6("64:ff9b::").to_bytes();
    if (std::equal(nat64.begin(), nat64.begin() + 12, bytes.begin())) return at(12);
    return std::nullopt;
}

}  // namespace

std::string_view target_objection(const ip::address& address, const net::Networks& allowed) {
    const std::string text = address.to_string();
    if (allowed.contains(text)) return {};
    for (const auto& [network, kind] : networks())
        if (network.contains(text)) return kind;
    if (const auto within = embedded(address)) return target_objection(*within, allowed);
    return {};
}

std::optional<ip::address> literal_address(std::string_view domain) {
    if (!domain.starts_with('[') || !domain.ends_with(']')) return std::nullopt;
    domain = domain.substr(1, domain.size() - 2);
    constexpr std::string_view tag = "ipv6:";
    const bool six = mail::iequals(domain.substr(0, tag.size()), tag);
    if (six) domain.remove_prefix(tag.size());
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(domain), error);
    // No zone: "fe80::1%eth0" is for this machine's interfaces.
    if (error || address.is_v6() != six || domain.find('%') != std::string_view::npos) return std::nullopt;
    return address;
}

}  // namespace outbound
