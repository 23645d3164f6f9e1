#include "auth/private_key.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>

namespace auth {
namespace {

void need(bool holds, const char* what) {
    if (holds) return;
    ERR_clear_error();
    throw std::runtime_error(std::string("OpenSSL: ") + what);
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

}  // namespace

PrivateKey PrivateKey::make(KeyType type, int bits) {
    const std::shared_ptr<EVP_PKEY> key(
        type == KeyType::rsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits))
                             : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"),
        EVP_PKEY_free);
    const Bio out(BIO_new(BIO_s_mem()), BIO_free);
    need(key && out &&
             PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
         "no key is made");
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {type, std::string(text, static_cast<std::size_t>(size)), key};
}

std::optional<PrivateKey> PrivateKey::read(std::string_view pem) {
    if (pem.size() > max_pem) return std::nullopt;
    const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    // Without a function that says there is no pass phrase, OpenSSL would ask for one at the terminal.
    const auto no_phrase = [](char*, int, int, void*) { return 0; };
    const std::shared_ptr<EVP_PKEY> key(
        in ? PEM_read_bio_PrivateKey(in.get(), nullptr, no_phrase, nullptr) : nullptr, EVP_PKEY_free);
    ERR_clear_error();
    if (!key) return std::nullopt;
    KeyType type = KeyType::rsa;
    if (EVP_PKEY_is_a(key.get(), "ED25519") == 1)
        type = KeyType::ed25519;
    else if (EVP_PKEY_is_a(key.get(), "RSA") != 1 || EVP_PKEY_get_bits(key.get()) < min_rsa_bits ||
             EVP_PKEY_get_bits(key.get()) > max_rsa_bits)
        return std::nullopt;
    return PrivateKey(type, std::string(pem), key);
}

std::string PrivateKey::public_key() const {
    if (type_ == KeyType::ed25519) {
        std::string bytes(32, '\0');
        std::size_t size = bytes.size();
        need(EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size) ==
                 1,
             "no public key");
        return bytes;
    }
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &der);
    need(size > 0, "no public key");
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

std::string PrivateKey::sign(Hash hash, std::string_view digest) const {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(digest.data());
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
    std::size_t size = signature.size();
    auto* const into = reinterpret_cast<unsigned char*>(signature.data());
    bool done = false;
    if (type_ == KeyType::ed25519) {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                              EVP_MD_CTX_free);
        done = context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
               EVP_DigestSign(context.get(), into, &size, bytes, digest.size()) == 1;
    } else {
        const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
            EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr), EVP_PKEY_CTX_free);
        done = context && EVP_PKEY_sign_init(context.get()) == 1 &&
               EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
               EVP_PKEY_CTX_set_signature_md(context.get(), hash == Hash::sha1 ? EVP_sha1() : EVP_sha256()) ==
                   1 &&
               EVP_PKEY_sign(context.get(), into, &size, bytes, digest.size()) == 1;
    }
    need(done, "nothing is signed");
    signature.resize(size);
    return signature;
}

}  // namespace auth
