// net::Resolver through libunbound, which validates and caches: one context, on one io_context. Answers are
// also kept here for at most five minutes (answer_cache.hpp).
//
// libunbound works in a thread of its own and tells through a descriptor when it has something; that is
// waited for only while something is asked. All functions belong to the thread that runs the executor. Each
// look-up ends by its deadline, or when its coroutine is cancelled, whatever libunbound does later; the
// resolver may go before them. At most `in_flight` questions are with libunbound; the others wait in order,
// and fail when too many do (a burst would overrun its sockets). When `breaker_after` questions in a row got
// no answer for at least `patience`, all fail at once for `breaker_pause`; then one is let through to see.
#pragma once

#include "net/dns.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace net {

struct ResolverOptions {
    enum class Servers {
        system,      // those of /etc/resolv.conf
        forwarders,  // those below
        recursion,   // none: from the root on by itself
    };
    Servers servers = Servers::system;
    std::vector<std::string> forwarders;  // "192.0.2.1" or "192.0.2.1@5353"
    // A file of DS or DNSKEY records (Debian's dns-root-data has the root's); "": nothing is validated.
    // Servers that strip signatures make everything bogus under it.
    std::string trust_anchors;

    std::size_t in_flight = 100, waiting = 2000;
    unsigned breaker_after = 10;
    std::chrono::milliseconds patience{1000}, breaker_pause{5000};
};

struct ResolverCounts {
    std::uint64_t asked = 0;      // look-ups that were more than a look at the name
    std::uint64_t answered = 0;   // found, no_records, no_name
    std::uint64_t failed = 0;     // by the word of the resolver: SERVFAIL, bogus
    std::uint64_t timed_out = 0;  // no answer by the deadline
    std::uint64_t refused = 0;    // by us: the breaker is open, or too many wait
    std::size_t in_flight = 0, waiting = 0;
    bool breaker_open = false;
};

class UnboundResolver : public Resolver {
  public:
    // Throws std::runtime_error that says which option libunbound does not take.
    UnboundResolver(boost::asio::any_io_executor executor, const ResolverOptions& options);
    ~UnboundResolver() override;

    [[nodiscard]] boost::asio::awaitable<DnsAnswer> look_up(
        std::string name, RecordType type, std::chrono::steady_clock::time_point deadline) override;

    [[nodiscard]] ResolverCounts counts() const;

  private:
    class Context;
    std::shared_ptr<Context> context_;
};

}  // namespace net
