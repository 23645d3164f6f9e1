// DNS block lists of client addresses (RFC 5782): the address backwards below the list's zone has an A record
// in 127.0.0.0/8 when it is listed, and a TXT record that says why.
//
// An answer outside of 127.0.0.0/8, or in 127.255.255.0/24 (the lists' own errors: asked too often, through a
// public resolver), is no listing: a zone that was given up and answers everything must not refuse all mail.
#pragma once

#include "net/dns.hpp"
#include "policy/scanners.hpp"

namespace policy {

class BlockLists : public Scanner {
  public:
    // `zones`: "bl.example.org", or "bl.example.org=127.0.0.2,127.0.0.4" where only those answers count.
    BlockLists(net::Resolver& resolver, std::vector<std::string> zones);
    boost::asio::awaitable<std::vector<Scan>> scan(const ScanRequest& request,
                                                   net::Clock::time_point deadline) override;

  private:
    struct Zone {
        std::string name;
        std::vector<std::string> answers;  // that count; empty: all
    };
    boost::asio::awaitable<Scan> ask(const Zone& zone, std::string backwards,
                                     net::Clock::time_point deadline) const;

    net::Resolver& resolver_;
    std::vector<Zone> zones_;
};

// What is wrong with a zone as an operator wrote it; empty: nothing.
[[nodiscard]] std::string check_block_list(std::string_view zone);

}  // namespace policy
