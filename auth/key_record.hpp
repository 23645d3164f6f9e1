// A DKIM key record as a value (RFC 6376 §3.6.1, RFC 8463 §4). Total; at most `max_key_record` octets.
#pragma once

#include "auth/crypto.hpp"

#include <string>
#include <string_view>

namespace auth {

inline constexpr std::size_t max_key_record = 4096;

struct KeyRecord {
    std::string wrong;  // why it is no key for mail, in a few words; else ""
    KeyType type = KeyType::rsa;
    bool sha1 = true, sha256 = true;  // h=: which hashes go with it
    bool testing = false;             // t=y
    bool exact_domain = false;        // t=s: i= may name no subdomain of d=
    std::string key;                  // p=, decoded; never empty where nothing is wrong
};

[[nodiscard]] KeyRecord read_key_record(std::string_view text);

}  // namespace auth
