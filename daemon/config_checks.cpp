#include "daemon/config_checks.hpp"

#include "daemon/config.hpp"
#include "mail/text.hpp"
#include "net/dial.hpp"
#include "net/unix_socket.hpp"
#include "policy/block_lists.hpp"
#include "store/connection.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace program {
namespace {

bool is_ipv4(const std::string& text) {
    in_addr parsed{};
    return inet_pton(AF_INET, text.c_str(), &parsed) == 1;
}

bool is_ipv6(const std::string& text) {
    in6_addr parsed{};
    return inet_pton(AF_INET6, text.c_str(), &parsed) == 1;
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
    std::uint32_t number = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return number;
}

}  // namespace

std::string check_endpoint(std::string_view text) {
    if (parse_endpoint(text)) return {};
    return "is no address with a port such as \"127.0.0.1:25\" or \"[::1]:25\"";
}

std::string check_endpoint_or_empty(std::string_view text) {
    return text.empty() ? "" : check_endpoint(text);
}

std::string check_network(std::string_view text) {
    const auto slash = text.find('/');
    const std::string address(text.substr(0, slash));
    const std::uint32_t most = is_ipv4(address) ? 32 : is_ipv6(address) ? 128 : 0;
    const auto bits = slash == std::string_view::npos ? most : parse_number(text.substr(slash + 1));
    if (most != 0 && bits && *bits <= most) return {};
    return "is no network such as \"192.0.2.0/24\" or \"2001:db8::/32\"";
}

std::string check_host_name(std::string_view text) {
    const bool fits = text.size() <= 255 && std::ranges::all_of(text, [](char c) {
                          return mail::is_alpha(c) || mail::is_digit(c) || c == '-' || c == '.';
                      });
    return fits ? "" : "is no host name (letters, digits, '-' and '.')";
}

std::string check_certificate_and_key(std::string_view text) {
    const auto blank = text.find(' ');
    const bool two = blank != std::string_view::npos && blank > 0 && blank + 1 < text.size() &&
                     text.find(' ', blank + 1) == std::string_view::npos;
    return two ? "" : "is no pair of files such as \"/etc/ticketgate/b.crt /etc/ticketgate/b.key\"";
}

std::string check_conninfo(std::string_view text) {
    if (text.starts_with("credential:")) return {};  // use_credentials() puts the file's content here
    if (text.empty()) return "must not be empty";
    const auto objection = store::conninfo_objection(std::string(text));
    return objection ? "is refused by libpq: " + *objection : "";
}

std::string check_lmtp_address(std::string_view text) {
    const auto path = socket_path(text);
    if (path && path->size() > net::longest_socket_path) return "is too long a path for a socket";
    if (path ? path->starts_with('/') : parse_endpoint(text).has_value()) return {};
    return "is neither \"unix:\" with a whole path nor an address with a port such as \"127.0.0.1:24\"";
}

std::string check_mode(std::string_view text) {
    const bool octal = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '7'; });
    const bool mode = octal && (text.size() == 3 || (text.size() == 4 && text.front() == '0'));
    return mode ? "" : "is no mode in octal such as \"0660\"";
}

std::string check_server_or_empty(std::string_view text) {
    if (text.empty() || net::parse_server_address(text)) return {};
    return "is no address with a port such as \"127.0.0.1:11333\", and no \"unix:/path\"";
}

std::string check_resolver(std::string_view text) {
    if (text == "system" || text == "off" || text == "recursion") return {};
    const std::string address(text.substr(0, text.find('@')));
    const bool has_port = address.size() < text.size();
    const auto port =
        has_port ? parse_number(text.substr(address.size() + 1)) : std::optional<std::uint32_t>(53);
    if ((is_ipv4(address) || is_ipv6(address)) && port && *port > 0 && *port < 65'536) return {};
    return "is neither \"system\", \"recursion\" nor \"off\", and no address such as \"192.0.2.1\" or "
           "\"127.0.0.1@5353\"";
}

std::string check_block_list(std::string_view text) {
    return policy::check_block_list(text);
}

std::optional<std::string> socket_path(std::string_view text) {
    constexpr std::string_view sign = "unix:";
    if (!text.starts_with(sign)) return std::nullopt;
    return std::string(text.substr(sign.size()));
}

bool is_loopback(std::string_view text) {
    return text.starts_with("127.") || text == "::1" || text == "::1/128";
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto port = parse_number(text.substr(colon + 1));
    if (!port || *port > 65'535) return std::nullopt;
    std::string address(text.substr(0, colon));
    const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
    if (bracketed) address = address.substr(1, address.size() - 2);
    if (bracketed ? !is_ipv6(address) : !is_ipv4(address)) return std::nullopt;
    return Endpoint{std::move(address), static_cast<std::uint16_t>(*port)};
}

}  // namespace program
