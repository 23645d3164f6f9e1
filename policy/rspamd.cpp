#include "policy/rspamd.hpp"

#include "mail/text.hpp"

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json.hpp>

#include <algorithm>

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;

namespace policy {
namespace {

constexpr std::size_t longest_answer = 1024 * 1024;
constexpr std::size_t most_symbols = 200;
constexpr std::size_t longest_text = 200;

Scan away(std::string why) {
    return {.scanner = "rspamd", .found = Found::away, .why = std::move(why)};
}

std::string bounded(std::string_view text) {
    return mail::to_valid_utf8(mail::cut_utf8(mail::one_line(text), longest_text));
}

void field(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out.append(name).append(": ");
    for (const char c : value.substr(0, 1000)) out += mail::is_control(c) ? '?' : c;
    out += "\r\n";
}

std::optional<double> number(const json::object& object, std::string_view name) {
    const json::value* const found = object.if_contains(name);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    return found->to_number<double>();
}

std::vector<std::string> symbols_of(const json::object& answer) {
    std::vector<std::string> symbols;
    const json::value* const found = answer.if_contains("symbols");
    if (found == nullptr || !found->is_object()) return symbols;
    for (const auto& [name, symbol] : found->get_object()) {
        if (symbols.size() == most_symbols) break;
        const auto score = symbol.is_object() ? number(symbol.get_object(), "score") : std::nullopt;
        symbols.push_back(fmt::format("{}({:.2f})", bounded(name), score.value_or(0)));
    }
    std::ranges::sort(symbols);
    return symbols;
}

Found found_by(std::string_view action) {
    if (action == "no action") return Found::nothing;
    if (action == "add header" || action == "rewrite subject" || action == "quarantine") return Found::spam;
    if (action == "soft reject" || action == "greylist") return Found::defer;
    if (action == "reject" || action == "discard") return Found::refuse;
    return Found::away;
}

asio::awaitable<Scan> ask(asio::any_io_executor executor, net::ServerAddress server, std::string head,
                          std::string_view raw, net::Clock::time_point deadline) {
    using enum net::Status;
    const auto connection = co_await net::dial(std::move(executor), std::move(server), deadline);
    if (!connection) co_return away("no connection");
    if (co_await connection->write(head, deadline) != ok || co_await connection->write(raw, deadline) != ok)
        co_return away("the mail could not be sent");
    http::response_parser<http::string_body> parser;
    parser.header_limit(16 * 1024);
    parser.body_limit(longest_answer);
    parser.eager(true);
    boost::system::error_code error;
    while (!parser.is_done()) {
        const net::Status status = co_await connection->fill(deadline);
        if (status == timed_out) co_return away("no answer in time");
        if (status != ok) {
            parser.put_eof(error);
            if (error || !parser.is_done()) co_return away("the answer was cut off");
            break;
        }
        // A head that is not whole yet stays in the buffer until it is.
        const std::string_view bytes = connection->input().view();
        connection->input().consume(parser.put(asio::buffer(bytes.data(), bytes.size()), error));
        if (error == http::error::need_more) error = {};
        if (error) co_return away("the answer is no HTTP: " + error.message());
    }
    if (parser.get().result_int() != 200)
        co_return away(fmt::format("it answers {}", parser.get().result_int()));
    co_return read_rspamd(parser.get().body());
}

}  // namespace

std::string rspamd_request(const ScanRequest& request, std::string_view password) {
    std::string out = "POST /checkv2 HTTP/1.1\r\nHost: rspamd\r\nConnection: close\r\n";
    field(out, "Content-Length", std::to_string(request.raw.size()));
    field(out, "IP", request.client_address);
    field(out, "Helo", request.helo);
    field(out, "From", request.reverse_path.empty() ? "<>" : request.reverse_path);
    for (const std::string& recipient : request.recipients) field(out, "Rcpt", recipient);
    field(out, "Queue-Id", request.id);
    field(out, "Password", password);
    return out + "\r\n";
}

Scan read_rspamd(std::string_view text) {
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = 16;
    const json::value answer = json::parse({text.data(), text.size()}, error, {}, options);
    if (error || !answer.is_object()) return away("the answer is no JSON object");
    const json::object& object = answer.get_object();
    const json::value* const action = object.if_contains("action");
    if (action == nullptr || !action->is_string()) {
        const json::value* const said = object.if_contains("error");
        return away(said != nullptr && said->is_string() ? bounded(said->get_string())
                                                         : "the answer has no action");
    }
    Scan scan{.scanner = "rspamd", .found = found_by(action->get_string())};
    if (scan.found == Found::away) return away("an unknown action: " + bounded(action->get_string()));
    scan.score = number(object, "score");
    scan.required = number(object, "required_score");
    scan.symbols = symbols_of(object);
    if (const json::value* const messages = object.if_contains("messages");
        messages && messages->is_object()) {
        const json::value* const words = messages->get_object().if_contains("smtp_message");
        if (words != nullptr && words->is_string()) scan.words = bounded(words->get_string());
    }
    return scan;
}

asio::awaitable<std::vector<Scan>> Rspamd::scan(const ScanRequest& request, net::Clock::time_point deadline) {
    std::vector<Scan> scans;
    scans.push_back(
        co_await ask(executor_, server_, rspamd_request(request, password_), request.raw, deadline));
    co_return scans;
}

}  // namespace policy
