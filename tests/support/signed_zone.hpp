// The zone signed.example, signed by ldns-signzone and served by nsd on a port of its own.
#pragma once

#include "net/unbound_resolver.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace test {

class SignedZone {
  public:
    // `records` as in a zone file, below the SOA and NS; sets the test down as failed when a tool is missing.
    explicit SignedZone(const std::string& records);
    ~SignedZone();
    SignedZone(const SignedZone&) = delete;
    SignedZone& operator=(const SignedZone&) = delete;

    // In the zone's folder, where `anchor` is the trust anchor.
    [[nodiscard]] int shell(const std::string& command) const;
    // For a resolver that asks it, and trusts the zone's keys, or those in another file of the folder.
    [[nodiscard]] net::ResolverOptions options(const std::string& anchor = "anchor") const;
    // One look-up by a resolver of its own, that waits until nsd listens.
    [[nodiscard]] net::DnsAnswer look_up(const std::string& name, net::RecordType type,
                                         const std::string& anchor = "anchor") const;

  private:
    std::string folder_;
    std::uint16_t port_ = 0;
    pid_t server_ = 0;
};

}  // namespace test
