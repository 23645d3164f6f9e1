#include "outbound/https.hpp"

#include "mail/text.hpp"
#include "outbound/look_up.hpp"
#include "outbound/targets.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <charconv>

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace outbound {
namespace {

constexpr std::uint32_t largest_header = 16 * 1024;
constexpr std::size_t most_tries = 4;

std::string head_of(const HttpsRequest& request) {
    const HttpsUrl& url = request.url;
    const bool six = url.host.find(':') != std::string::npos;
    std::string head = request.form.empty() ? "GET " : "POST ";
    head += url.target + " HTTP/1.1\r\nHost: " + (six ? "[" + url.host + "]" : url.host);
    if (url.port != 443) head += ":" + std::to_string(url.port);
    head += "\r\nUser-Agent: ticketgate\r\nAccept: */*\r\nConnection: close\r\n";
    if (!request.form.empty())
        head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                std::to_string(request.form.size()) + "\r\n";
    return head + "\r\n";
}

HttpsAnswer answer_of(const http::response<http::string_body>& response) {
    const auto field = response[http::field::content_type];
    const std::string_view type(field.data(), field.size());
    return {.status = response.result_int(),
            .content_type = mail::lower(mail::trim(type.substr(0, type.find(';')))),
            .body = response.body()};
}

asio::awaitable<HttpsResult> converse(net::Connection& connection, const HttpsRequest& request,
                                      const net::TlsContext& roots, net::Clock::time_point deadline) {
    using enum net::Status;
    net::TlsPeer peer{.wanted = net::TlsPeer::Proof::name, .names = {request.url.host}, .tlsa = {}};
    if (const auto status = co_await connection.start_tls(roots, std::move(peer), deadline); status != ok)
        co_return status == timed_out ? "no TLS in time" : "no TLS: " + connection.tls_error();
    const std::string bytes = head_of(request) + request.form;
    if (co_await connection.write(bytes, deadline) != ok) co_return "the question could not be sent";
    http::response_parser<http::string_body> parser;
    parser.header_limit(largest_header);
    parser.body_limit(request.most);
    parser.eager(true);
    boost::system::error_code error;
    while (!parser.is_done()) {
        const net::Status status = co_await connection.fill(deadline);
        if (status == timed_out) co_return "no answer in time";
        if (status != ok) {
            parser.put_eof(error);
            if (error || !parser.is_done()) co_return "the answer was cut off";
            break;
        }
        const std::string_view read = connection.input().view();
        connection.input().consume(parser.put(asio::buffer(read.data(), read.size()), error));
        if (error == http::error::need_more) error = {};
        if (error == http::error::body_limit) co_return "the answer is too long";
        if (error) co_return "the answer is no HTTP: " + error.message();
    }
    co_return answer_of(parser.get());
}

}  // namespace

std::optional<HttpsUrl> parse_https_url(std::string_view text) {
    constexpr std::string_view scheme = "https://";
    const auto odd = [](char c) { return c <= ' ' || c > '~' || c == '#' || c == '"' || c == '\\'; };
    if (!mail::iequals(text.substr(0, scheme.size()), scheme) || std::ranges::any_of(text, odd))
        return std::nullopt;
    text.remove_prefix(scheme.size());
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    std::string_view authority = text.substr(0, end);
    HttpsUrl url;
    const std::size_t colon = authority.rfind(':');
    if (colon != std::string_view::npos && !authority.ends_with(']')) {
        const char* const last = authority.data() + authority.size();
        const auto [read, trouble] = std::from_chars(authority.data() + colon + 1, last, url.port);
        if (trouble != std::errc() || read != last || url.port == 0) return std::nullopt;
        authority = authority.substr(0, colon);
    }
    boost::system::error_code error;
    if (authority.starts_with('[') && authority.ends_with(']')) {
        url.host = asio::ip::make_address_v6(std::string(authority.substr(1, authority.size() - 2)), error)
                       .to_string();
        if (error) return std::nullopt;
    } else {
        const auto fits = [](char c) {
            return mail::is_alpha(c) || mail::is_digit(c) || c == '-' || c == '.' || c == '_';
        };
        if (!net::is_domain_name(authority) || !std::ranges::all_of(authority, fits)) return std::nullopt;
        url.host = mail::lower(authority);
    }
    if (end < text.size()) url.target = (text[end] == '?' ? "/" : "") + std::string(text.substr(end));
    return url;
}

asio::awaitable<HttpsResult> HttpsClient::ask(HttpsRequest request, net::Clock::time_point deadline) {
    const net::TlsContext roots = roots_;
    auto addresses = co_await look_up_addresses(resolver_, request.url.host, deadline);
    if (addresses.has_error()) co_return addresses.error();
    std::string why = "it has no address";
    std::size_t tries = 0;
    for (const asio::ip::address& address : *addresses) {
        const std::string_view objection = target_objection(address, allowed_);
        if (!objection.empty() && !request.anywhere) {
            why = "it has " + std::string(objection) + " address";
            continue;
        }
        if (tries++ == most_tries) break;
        // Something is left for the next address when this one is silent.
        const auto now = net::Clock::now();
        const auto connected_by = now + (deadline - now) / 2;
        const auto connection = co_await net::dial(
            co_await asio::this_coro::executor,
            {.address = address.to_string(), .port = request.url.port, .path = {}}, connected_by);
        if (connection) co_return co_await converse(*connection, request, roots, deadline);
        why = "no connection";
    }
    co_return why;
}

}  // namespace outbound
