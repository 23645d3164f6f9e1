// The key records that a mail's signatures ask for, and whether a signature is by one of them. Each record
// is read once; of several under one name (RFC 6376 §3.6.2.2 leaves it open) the first `max_keys_per_name`
// count, and one that fits is enough: that is how keys of two types share a selector.
#pragma once

#include "auth/authentication.hpp"
#include "auth/key_record.hpp"
#include "auth/signature.hpp"
#include "net/dns.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

inline constexpr std::size_t max_keys_per_name = 4;

class KeyRing {
  public:
    // Asks for the records of these names that are not there yet, all at once.
    [[nodiscard]] boost::asio::awaitable<void> fetch(net::Resolver& resolver, std::vector<std::string> names,
                                                     std::chrono::steady_clock::time_point deadline);

    struct Finding {
        // pass, fail, policy (a key that is too short), permerror (no such key), temperror
        Result result = Result::temperror;
        std::string why = "the key was not looked up";
        bool testing = false;
    };
    [[nodiscard]] Finding check(const Claim& claim, std::string_view digest) const;

  private:
    struct Key {
        KeyRecord record;
        std::optional<PublicKey> key;
    };
    struct Answer {
        net::DnsAnswer::Status status = net::DnsAnswer::Status::failed;
        std::string why;
        std::vector<Key> keys;
    };
    static Answer read(const net::DnsAnswer& answer);
    std::map<std::string, Answer, std::less<>> answers_;
};

}  // namespace auth
