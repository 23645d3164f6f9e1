// A DNS in memory, without sockets: names and types mapped to answers, and the ways in which DNS goes wrong.
//
// A name that was given something, or that lies above one that was, exists (`no_records` for other types);
// all others are `no_name`. CNAMEs are followed as a resolver does, at most 8. Names are compared in any
// case.
#pragma once

#include "net/dns.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

// RDATA, as it is on the wire.
std::string name_rdata(std::string_view name);
std::string text_rdata(const std::vector<std::string>& strings);
std::string address_rdata(const std::string& address);
std::string mx_rdata(std::uint16_t preference, std::string_view name);

class FakeDns : public net::Resolver {
  public:
    FakeDns& txt(const std::string& name, const std::string& text);  // in strings of 255 octets
    FakeDns& a(const std::string& name,
               const std::string& address);  // an A or AAAA record, as the address is
    FakeDns& mx(const std::string& name, std::uint16_t preference, const std::string& exchanger);
    FakeDns& ptr(const std::string& address, const std::string& name);  // under in-addr.arpa or ip6.arpa
    FakeDns& cname(const std::string& name, const std::string& target);
    FakeDns& record(const std::string& name, net::RecordType type, std::string rdata);
    FakeDns& exists(const std::string& name);
    void forget(const std::string& name);

    FakeDns& fails(const std::string& name);  // SERVFAIL for every type
    FakeDns& fails(const std::string& name, net::RecordType type);
    FakeDns& silent(const std::string& name);  // `failed` when the deadline has come, or release() was called
    FakeDns& slow(const std::string& name, std::chrono::milliseconds time);
    FakeDns& secure(const std::string& name);
    void release();  // what silent() names hold back fails now

    boost::asio::awaitable<net::DnsAnswer> look_up(std::string name, net::RecordType type,
                                                   std::chrono::steady_clock::time_point deadline) override;

    std::vector<std::string> asked;  // "TXT example.com", in order
    [[nodiscard]] std::size_t queries() const { return asked.size(); }

  private:
    struct Name {
        std::map<net::RecordType, std::vector<std::string>> records;
        std::set<net::RecordType> failing;
        std::string cname;
        bool fails = false, silent = false, secure = false;
        std::chrono::milliseconds delay{0};
    };
    Name& at(const std::string& name);

    std::map<std::string, Name> names_;
    std::set<boost::asio::steady_timer*> waiting_;
};

// Runs a coroutine to its end on a context of its own.
template <typename T>
T run(boost::asio::awaitable<T> work) {
    boost::asio::io_context context(1);
    auto result = boost::asio::co_spawn(context, std::move(work), boost::asio::use_future);
    context.run();
    return result.get();
}

inline std::chrono::steady_clock::time_point soon(std::chrono::milliseconds in = std::chrono::seconds(5)) {
    return std::chrono::steady_clock::now() + in;
}

}  // namespace test
