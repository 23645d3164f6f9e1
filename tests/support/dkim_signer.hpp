// Signs mails as tests need them: with any tags, right or wrong. Keys are made new in each run.
#pragma once

#include "auth/private_key.hpp"
#include "mail/encode.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace test {

class DkimSigner {
  public:
    explicit DkimSigner(auth::KeyType type = auth::KeyType::rsa, int bits = 2048)
        : key_(auth::PrivateKey::make(type, bits)) {}

    [[nodiscard]] const auth::PrivateKey& key() const { return key_; }

    // `v=DKIM1; k=...; TAGS; p=...`
    [[nodiscard]] std::string record(std::string_view tags = "") const;
    // The public key, base64: of a SubjectPublicKeyInfo, or the octets of an Ed25519 one.
    [[nodiscard]] std::string public_key() const;
    [[nodiscard]] std::string private_pem() const { return key_.pem(); }

    // The mail with a signature field above it. `tags` has all but bh= and b=.
    [[nodiscard]] std::string sign(const std::string& mail, const std::string& tags,
                                   const std::string& field = "DKIM-Signature") const;
    // The mail with one more ARC set above it. `chain` is cv=, `found` what the sealer says that it found.
    [[nodiscard]] std::string seal(const std::string& mail, std::size_t instance, const std::string& domain,
                                   const std::string& chain, const std::string& found = "dmarc=fail") const;

    [[nodiscard]] std::string signature(auth::Hash hash, std::string_view digest) const {
        return key_.sign(hash, digest);
    }

  private:
    auth::PrivateKey key_;
};

using mail::base64;

}  // namespace test
