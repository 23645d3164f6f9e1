#include "net/proxy_header.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace net {
namespace {

using enum ProxyHeader::Outcome;

constexpr std::string_view first_word = "PROXY ";
constexpr std::string_view shortest = "PROXY UNKNOWN\r\n";
constexpr std::size_t longest_line = 107;
constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t fixed_part = 16;  // of version 2

bool may_become(std::string_view bytes, std::string_view word) {
    const std::size_t common = std::min(bytes.size(), word.size());
    return bytes.substr(0, common) == word.substr(0, common);
}

ProxyHeader client_of(const in_addr& address) {
    std::array<char, INET_ADDRSTRLEN> text{};
    inet_ntop(AF_INET, &address, text.data(), text.size());
    return {client, 0, text.data()};
}

ProxyHeader client_of(const in6_addr& address) {
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
        in_addr mapped{};
        std::copy_n(reinterpret_cast<const char*>(&address) + 12, sizeof mapped,
                    reinterpret_cast<char*>(&mapped));
        return client_of(mapped);
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(AF_INET6, &address, text.data(), text.size());
    return {client, 0, text.data()};
}

bool is_port(std::string_view text) {
    unsigned port = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port <= 65'535 && text.size() <= 5 &&
           (text.size() == 1 || text.front() != '0');
}

template <typename Address>
ProxyHeader read_addresses(std::string_view text, int family) {
    std::array<std::string_view, 4> words;
    for (std::size_t i = 0; i < words.size(); ++i) {
        words.at(i) = text.substr(0, i < 3 ? text.find(' ') : text.size());
        text.remove_prefix(std::min(words.at(i).size() + 1, text.size()));
    }
    Address source{}, destination{};
    const bool sound = inet_pton(family, std::string(words[0]).c_str(), &source) == 1 &&
                       inet_pton(family, std::string(words[1]).c_str(), &destination) == 1 &&
                       is_port(words[2]) && is_port(words[3]);
    return sound ? client_of(source) : ProxyHeader{};
}

ProxyHeader read_line(std::string_view bytes) {
    // CRLF ends it; a CR or LF that stands alone, or a NUL, is nowhere in it.
    const std::size_t control = bytes.find_first_of(std::string_view("\r\n\0", 3));
    if (control == std::string_view::npos)
        return bytes.size() > longest_line - 2 ? ProxyHeader{} : ProxyHeader{incomplete, 2};
    if (bytes[control] != '\r') return {};
    if (control + 1 == bytes.size())
        return bytes.size() >= longest_line ? ProxyHeader{} : ProxyHeader{incomplete, 1};
    if (bytes[control + 1] != '\n' || control + 2 != bytes.size()) return {};
    std::string_view line = bytes.substr(0, control);
    line.remove_prefix(first_word.size());
    if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) return {own};
    if (line.starts_with("TCP4 ")) return read_addresses<in_addr>(line.substr(5), AF_INET);
    if (line.starts_with("TCP6 ")) return read_addresses<in6_addr>(line.substr(5), AF_INET6);
    return {};
}

ProxyHeader read_binary(std::string_view bytes) {
    if (bytes.size() < fixed_part) return {incomplete, fixed_part - bytes.size()};
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    const std::size_t rest = (static_cast<std::size_t>(byte(14)) << 8) | byte(15);
    const std::size_t whole = fixed_part + rest;
    if (whole > longest_proxy_header || bytes.size() > whole || (byte(12) != 0x20 && byte(12) != 0x21))
        return {};
    if (bytes.size() < whole) return {incomplete, whole - bytes.size()};
    if (byte(12) == 0x20) return {own};
    switch (byte(13)) {
        case 0x00:  // unspecified
        case 0x31:  // a Unix socket's
            return {own};
        case 0x11: {  // TCP over IPv4
            if (rest < 12) return {};
            in_addr source{};
            std::copy_n(bytes.data() + fixed_part, sizeof source, reinterpret_cast<char*>(&source));
            return client_of(source);
        }
        case 0x21: {  // TCP over IPv6
            if (rest < 36) return {};
            in6_addr source{};
            std::copy_n(bytes.data() + fixed_part, sizeof source, reinterpret_cast<char*>(&source));
            return client_of(source);
        }
        default:
            return {};
    }
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view bytes) {
    const bool line = may_become(bytes, first_word), binary = may_become(bytes, signature);
    if (!line && !binary) return {};
    if (bytes.size() < signature.size()) return {incomplete, shortest.size() - bytes.size()};
    return line ? read_line(bytes) : read_binary(bytes);
}

}  // namespace net
