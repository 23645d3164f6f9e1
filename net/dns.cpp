#include "net/dns.hpp"

#include <algorithm>

namespace net {
namespace {

constexpr std::size_t longest_name = 255;  // on the wire, RFC 1035 §2.3.4

unsigned char byte(std::string_view rdata, std::size_t at) {
    return static_cast<unsigned char>(rdata[at]);
}

// A name that fills `rdata` to its end. Labels hold any octet on the wire; one with a dot would read as two
// labels here, and one with a backslash as an escape, so names that have them are taken for malformed.
std::optional<std::string> name_that_is(std::string_view rdata) {
    if (rdata.size() > longest_name) return std::nullopt;
    std::string name;
    for (std::size_t at = 0; at < rdata.size();) {
        const std::size_t length = byte(rdata, at++);
        if (length == 0) return at == rdata.size() ? std::optional(name) : std::nullopt;
        if (length > 63 || length > rdata.size() - at) return std::nullopt;
        if (!name.empty()) name += '.';
        for (const char c : rdata.substr(at, length)) {
            if (c <= ' ' || c == '\x7f' || c == '.' || c == '\\') return std::nullopt;
            name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        }
        at += length;
    }
    return std::nullopt;
}

}  // namespace

bool is_domain_name(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.empty() || name.size() > 253) return false;
    std::size_t label = 0;
    for (const char c : name) {
        if (c < ' ' || c == '\x7f' || c == '\\') return false;
        label = c == '.' ? 0 : label + 1;
        if (label > 63) return false;
    }
    return !name.starts_with('.') && !name.ends_with('.') && name.find("..") == std::string_view::npos;
}

std::optional<std::string> text_of(std::string_view rdata) {
    if (rdata.empty()) return std::nullopt;
    std::string text;
    text.reserve(rdata.size());
    for (std::size_t at = 0; at < rdata.size();) {
        const std::size_t length = byte(rdata, at++);
        if (length > rdata.size() - at) return std::nullopt;
        text.append(rdata, at, length);
        at += length;
    }
    return text;
}

std::optional<boost::asio::ip::address> address_of(RecordType type, std::string_view rdata) {
    namespace ip = boost::asio::ip;
    if (type == RecordType::a && rdata.size() == 4) {
        ip::address_v4::bytes_type bytes;
        std::copy(rdata.begin(), rdata.end(), bytes.begin());
        return ip::address_v4(bytes);
    }
    if (type == RecordType::aaaa && rdata.size() == 16) {
        ip::address_v6::bytes_type bytes;
        std::copy(rdata.begin(), rdata.end(), bytes.begin());
        return ip::address_v6(bytes);
    }
    return std::nullopt;
}

std::optional<std::string> name_of(std::string_view rdata) {
    return name_that_is(rdata);
}

std::optional<MailExchanger> mail_exchanger_of(std::string_view rdata) {
    if (rdata.size() < 3) return std::nullopt;
    auto name = name_that_is(rdata.substr(2));
    if (!name) return std::nullopt;
    return MailExchanger{static_cast<std::uint16_t>(byte(rdata, 0) << 8 | byte(rdata, 1)), std::move(*name)};
}

std::optional<TlsaRecord> tlsa_of(std::string_view rdata) {
    if (rdata.size() < 4) return std::nullopt;
    const auto number = [&](std::size_t at) { return static_cast<std::uint8_t>(rdata[at]); };
    return TlsaRecord{number(0), number(1), number(2), std::string(rdata.substr(3))};
}

std::string backwards(const boost::asio::ip::address& address) {
    std::string labels;
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) labels += std::to_string(*byte) + '.';
    } else {
        const auto bytes = address.to_v6().to_bytes();
        for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
            for (const unsigned nibble : {*byte & 15U, unsigned{*byte} >> 4U}) {
                labels += "0123456789abcdef"[nibble];
                labels += '.';
            }
        }
    }
    labels.pop_back();
    return labels;
}

std::string reverse_name(const boost::asio::ip::address& address) {
    return backwards(address) + (address.is_v4() ? ".in-addr.arpa" : ".ip6.arpa");
}

}  // namespace net
