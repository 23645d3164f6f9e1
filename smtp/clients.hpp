// What each client has done of late, by its address and by its network, and whether that is too much.
//
// An address is an IPv4 address or an IPv6 /64, since one customer has as many addresses as that holds; a
// network is an IPv4 /24 or an IPv6 /48, and may do `network_factor` times what an address may. What is
// counted by time leaks away evenly (a leaky bucket), so that nobody is shut out for longer than it takes to
// become slow enough. No I/O. Memory is bounded: records of clients that are quiet for an hour go, and in a
// flood those of clients without an open session, the limit on all sessions being what holds then.
#pragma once

#include "net/connection.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace smtp {

struct ClientLimits {  // of an address; 0: no limit
    std::size_t sessions = 50;
    std::size_t connections_per_minute = 3'000;
    std::size_t messages_per_minute = 6'000;
    std::size_t commands_per_minute = 100'000;
    std::size_t errors_per_hour = 2'000;
    std::size_t refused_recipients_per_hour = 500;
    std::size_t network_factor = 4;
};

class Clients {
    struct Record;
    struct Bucket;

  public:
    using Time = net::Clock::time_point;

    // One session of a client, for as long as it is open. One that is default-made counts for nobody.
    class Session {
      public:
        Session() = default;
        Session(Session&&) noexcept = default;
        Session& operator=(Session&&) = delete;
        ~Session();

        // False when it is one too many.
        [[nodiscard]] bool message(Time now);
        [[nodiscard]] bool command(Time now);
        void error(Time now);
        void refused_recipient(Time now);

      private:
        friend Clients;
        ClientLimits limits_;
        std::shared_ptr<Record> address_, network_;
    };

    struct Admission {
        std::string_view limit;  // what speaks against it; empty: nothing
        Session session;
    };
    [[nodiscard]] Admission admit(std::string_view address, const ClientLimits& limits, Time now);

    [[nodiscard]] std::size_t size() const { return records_.size(); }

  private:
    static bool add(Bucket& bucket, std::size_t limit, std::chrono::minutes period, Time now);
    static bool full(const Bucket& bucket, std::size_t limit, std::chrono::minutes period, Time now);
    static bool both(Session& session, Bucket Record::*bucket, std::size_t limit, std::chrono::minutes period,
                     Time now);
    std::shared_ptr<Record> record(const std::string& key, Time now);
    void forget(Time now);

    std::unordered_map<std::string, std::shared_ptr<Record>> records_;
    std::size_t forget_at_ = 20'000;
};

}  // namespace smtp
