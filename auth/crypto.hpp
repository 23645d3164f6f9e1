// Digests and public keys of signatures over OpenSSL: the little of it that DKIM needs.
//
// A key of a stranger is read here, not by OpenSSL's decoders: they take any type of key, explicit curves
// among them (CVE-2022-0778 never ended). What fails leaves nothing in OpenSSL's queue of errors, which TLS
// on the same thread would take for its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_ctx_st;
struct evp_pkey_st;

namespace auth {

enum class Hash { sha1, sha256 };
enum class KeyType { rsa, ed25519 };

class Digest {
  public:
    explicit Digest(Hash hash);
    Digest(const Digest& other);  // with what it has taken so far
    Digest& operator=(const Digest&) = delete;
    ~Digest();
    void update(std::string_view bytes);
    [[nodiscard]] std::string finish();

  private:
    evp_md_ctx_st* context_;
};

[[nodiscard]] std::string digest_of(Hash hash, std::string_view bytes);

inline constexpr int min_rsa_bits = 1024;  // RFC 8301 §3.2: less proves nothing
inline constexpr int max_rsa_bits = 4096;  // and more is not worth the time

class PublicKey {
  public:
    // RSA: the DER of a SubjectPublicKeyInfo, or of a bare RSAPublicKey (RFC 6376 erratum 3017). Ed25519: its
    // 32 octets (RFC 8463 §4). Nothing for all else, and for an RSA key over `max_rsa_bits`.
    [[nodiscard]] static std::optional<PublicKey> read(KeyType type, std::string_view bytes);

    [[nodiscard]] KeyType type() const { return type_; }
    [[nodiscard]] int bits() const { return bits_; }
    // Whether `signature` is this key's over something whose digest is `digest`: PKCS#1 v1.5 for RSA, for
    // Ed25519 the digest itself is what was signed (RFC 8463 §3).
    [[nodiscard]] bool verifies(Hash hash, std::string_view digest, std::string_view signature) const;

  private:
    PublicKey(KeyType type, int bits, evp_pkey_st* key);
    KeyType type_;
    int bits_;
    std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace auth
