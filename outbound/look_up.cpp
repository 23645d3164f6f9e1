#include "outbound/look_up.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace asio = boost::asio;

namespace outbound {

asio::awaitable<AddressAnswers> ask_addresses(net::Resolver& resolver, std::string name,
                                              std::chrono::steady_clock::time_point deadline) {
    using namespace asio::experimental::awaitable_operators;
    AddressAnswers answers;
    std::tie(answers.ipv4, answers.ipv6) = co_await (resolver.look_up(name, net::RecordType::a, deadline) &&
                                                     resolver.look_up(name, net::RecordType::aaaa, deadline));
    co_return answers;
}

asio::awaitable<boost::system::result<std::vector<asio::ip::address>, std::string>> look_up_addresses(
    net::Resolver* resolver, std::string name, std::chrono::steady_clock::time_point deadline) {
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(name, no_address);
    if (!no_address) co_return std::vector{address};
    if (resolver == nullptr) co_return "no name server may be asked for " + name;
    const AddressAnswers answers = co_await ask_addresses(*resolver, name, deadline);
    auto addresses = addresses_of(answers.ipv6, answers.ipv4);
    if (!addresses.empty()) co_return addresses;
    for (const auto* answer : {&answers.ipv4, &answers.ipv6})
        if (answer->status == net::DnsAnswer::Status::failed)
            co_return "the addresses of " + name + " can't be had: " + answer->why;
    co_return name + " has no address";
}

std::vector<asio::ip::address> addresses_of(const net::DnsAnswer& first, const net::DnsAnswer& second) {
    std::vector<asio::ip::address> addresses;
    for (const net::DnsAnswer* answer : {&first, &second})
        for (const std::string& record : answer->records) {
            const auto type = record.size() == 4 ? net::RecordType::a : net::RecordType::aaaa;
            if (const auto address = net::address_of(type, record)) addresses.push_back(*address);
        }
    return addresses;
}

}  // namespace outbound
