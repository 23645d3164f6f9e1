#include "policy/clamav.hpp"

#include "mail/text.hpp"

#include <array>

namespace asio = boost::asio;

namespace policy {
namespace {

constexpr std::size_t piece = 128 * 1024;
constexpr std::size_t longest_line = 4 * 1024;

std::array<char, 4> length_of(std::size_t size) {
    return {static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8),
            static_cast<char>(size)};
}

Scan away(std::string why) {
    return {.scanner = "clamav", .found = Found::away, .why = std::move(why)};
}

asio::awaitable<bool> send(net::Connection& connection, std::string_view raw,
                           net::Clock::time_point deadline) {
    using enum net::Status;
    if (co_await connection.write(std::string_view("zINSTREAM\0", 10), deadline) != ok) co_return false;
    for (; !raw.empty(); raw.remove_prefix(std::min(piece, raw.size()))) {
        const std::string_view part = raw.substr(0, piece);
        const auto length = length_of(part.size());
        if (co_await connection.write({length.data(), length.size()}, deadline) != ok ||
            co_await connection.write(part, deadline) != ok)
            co_return false;
    }
    const auto end = length_of(0);
    co_return co_await connection.write({end.data(), end.size()}, deadline) == ok;
}

asio::awaitable<Scan> ask(asio::any_io_executor executor, net::ServerAddress server, std::string_view raw,
                          net::Clock::time_point deadline) {
    const auto connection = co_await net::dial(std::move(executor), std::move(server), deadline);
    if (!connection) co_return away("no connection");
    // It may answer before it has read all ("size limit exceeded") and close: then that answer counts.
    const bool sent = co_await send(*connection, raw, deadline);
    std::string line;
    while (line.find('\0') == std::string::npos && line.size() < longest_line) {
        const net::Status status = co_await connection->fill(deadline);
        if (status == net::Status::timed_out) co_return away("no answer in time");
        if (status != net::Status::ok) break;
        line += connection->input().view();
        connection->input().consume(connection->input().view().size());
    }
    if (line.empty()) co_return away(sent ? "no answer" : "the connection broke");
    co_return read_clamav(std::string_view(line).substr(0, line.find('\0')));
}

}  // namespace

Scan read_clamav(std::string_view line) {
    line = mail::trim(line.substr(0, longest_line));
    constexpr std::string_view prefix = "stream: ", found = " FOUND";
    if (line == "stream: OK") return {.scanner = "clamav"};
    if (line.starts_with(prefix) && line.ends_with(found) && line.size() > prefix.size() + found.size()) {
        line.remove_prefix(prefix.size());
        line.remove_suffix(found.size());
        return {.scanner = "clamav",
                .found = Found::virus,
                .symbols = {mail::to_valid_utf8(mail::cut_utf8(mail::one_line(line), 200))}};
    }
    return away(mail::to_valid_utf8(mail::cut_utf8(mail::one_line(line), 200)));
}

asio::awaitable<std::vector<Scan>> ClamAv::scan(const ScanRequest& request, net::Clock::time_point deadline) {
    std::vector<Scan> scans;
    scans.push_back(co_await ask(executor_, server_, request.raw, deadline));
    co_return scans;
}

}  // namespace policy
