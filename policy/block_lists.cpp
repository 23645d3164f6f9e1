#include "policy/block_lists.hpp"

#include "mail/text.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace asio = boost::asio;

namespace policy {
namespace {

constexpr std::size_t longest_zone = 150;  // with 64 of an IPv6 address a name stays below 253

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(separator, at), text.size());
        parts.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

// 127.0.0.0/8 but for 127.255.255.0/24.
bool is_listing(const asio::ip::address& address) {
    if (!address.is_v4()) return false;
    const auto bytes = address.to_v4().to_bytes();
    return bytes[0] == 127 && !(bytes[1] == 255 && bytes[2] == 255);
}

}  // namespace

std::string check_block_list(std::string_view text) {
    const auto parts = split(text, '=');
    const std::string& zone = parts[0];
    const bool plain = std::ranges::all_of(zone, [](char c) {
        return mail::is_alpha(c) || mail::is_digit(c) || c == '-' || c == '.' || c == '_';
    });
    if (!plain || zone.size() > longest_zone || zone.find('.') == std::string::npos ||
        zone.starts_with('.') || zone.find("..") != std::string::npos)
        return "is no domain name";
    if (parts.size() > 2) return "has more than one =";
    if (parts.size() == 1) return {};
    for (const std::string& answer : split(parts[1], ',')) {
        boost::system::error_code error;
        if (!is_listing(asio::ip::make_address(answer, error)) || error)
            return "\"" + answer + "\" is no address in 127.0.0.0/8";
    }
    return {};
}

BlockLists::BlockLists(net::Resolver& resolver, std::vector<std::string> zones) : resolver_(resolver) {
    for (const std::string& zone : zones) {
        const auto parts = split(zone, '=');
        zones_.push_back({parts[0], parts.size() > 1 ? split(parts[1], ',') : std::vector<std::string>()});
    }
}

asio::awaitable<Scan> BlockLists::ask(const Zone& zone, std::string backwards,
                                      net::Clock::time_point deadline) const {
    Scan scan{.scanner = zone.name};
    const std::string name = backwards + "." + zone.name;
    const net::DnsAnswer answer = co_await resolver_.look_up(name, net::RecordType::a, deadline);
    if (answer.status == net::DnsAnswer::Status::failed) {
        scan.found = Found::away;
        scan.why = answer.why;
    }
    for (const std::string& record : answer.records) {
        const auto address = net::address_of(net::RecordType::a, record);
        if (!address || !is_listing(*address)) continue;
        if (!zone.answers.empty() && !std::ranges::count(zone.answers, address->to_string())) continue;
        scan.found = Found::listed;
        scan.symbols.push_back(address->to_string());
    }
    if (scan.found != Found::listed) co_return scan;
    const net::DnsAnswer reason = co_await resolver_.look_up(name, net::RecordType::txt, deadline);
    if (!reason.records.empty())
        if (const auto text = net::text_of(reason.records.front()))
            scan.words = mail::to_valid_utf8(mail::cut_utf8(mail::one_line(*text), 200));
    co_return scan;
}

asio::awaitable<std::vector<Scan>> BlockLists::scan(const ScanRequest& request,
                                                    net::Clock::time_point deadline) {
    std::vector<Scan> scans;
    boost::system::error_code error;
    const auto client = asio::ip::make_address(request.client_address, error);
    if (error || zones_.empty()) co_return scans;
    const std::string address = net::backwards(client);
    const auto executor = co_await asio::this_coro::executor;
    auto question = [&](const Zone& zone) {
        return asio::co_spawn(executor, ask(zone, address, deadline), asio::deferred);
    };
    std::vector<decltype(question(zones_.front()))> questions;
    for (const Zone& zone : zones_) questions.push_back(question(zone));
    auto group = asio::experimental::make_parallel_group(std::move(questions));
    auto [order, errors, answers] =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& failed : errors)
        if (failed) std::rethrow_exception(failed);
    co_return std::move(answers);
}

}  // namespace policy
