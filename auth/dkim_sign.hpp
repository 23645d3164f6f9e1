// Our own DKIM signatures (RFC 6376, RFC 8463): rsa-sha256 and ed25519-sha256, relaxed/relaxed.
//
// Signed are the fields that readers see and answers go by, each once more than it occurs, so that nobody
// between us and the reader adds a second one (RFC 6376 §8.15), and the whole body. A key is read once and
// then shared; any number of threads may sign with it.
#pragma once

#include "auth/private_key.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace auth {

struct DkimKey {
    std::string domain;    // d=, lower case, A-labels
    std::string selector;  // s=
    PrivateKey key;
};

// The name and the text of the TXT record that lets others verify what the key signs.
[[nodiscard]] std::string dkim_record_name(std::string_view domain, std::string_view selector);
[[nodiscard]] std::string dkim_record(const PrivateKey& key);

// `DKIM-Signature: ...\r\n` by each key, the first key's on top: what is to be said before `mail`, which is
// the whole of it as it travels. No keys: nothing. The body is hashed once for all of them. Throws
// std::runtime_error where OpenSSL fails (memory), and where the header is over mail::max_header_bytes, of
// which not every field can be known.
[[nodiscard]] std::string sign_all(std::span<const std::shared_ptr<const DkimKey>> keys,
                                   std::string_view mail, std::chrono::system_clock::time_point now);

}  // namespace auth
