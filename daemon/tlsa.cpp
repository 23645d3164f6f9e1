#include "daemon/tlsa.hpp"

#include "auth/crypto.hpp"
#include "mail/sha256.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

namespace program {
namespace {

template <class T>
std::string der(T* value, int (*write)(const T*, unsigned char**)) {
    unsigned char* bytes = nullptr;
    const int size = write(value, &bytes);
    if (size <= 0) return {};
    std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return text;
}

std::string sha512(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha512(), nullptr);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace

std::optional<OwnCertificate> OwnCertificate::read(const std::string& file) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_file(file.c_str(), "r"), BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr, X509_free);
    ERR_clear_error();
    if (!certificate) return std::nullopt;
    OwnCertificate own;
    own.whole_ = der<X509>(certificate.get(), i2d_X509);
    own.key_ = der<X509_PUBKEY>(X509_get_X509_PUBKEY(certificate.get()), i2d_X509_PUBKEY);
    return own;
}

std::string OwnCertificate::record() const {
    return "3 1 1 " + mail::hex(mail::sha256(key_));
}

OwnCertificate::Match OwnCertificate::matches(const net::TlsaRecord& record) const {
    if (record.usage == 0 || record.usage == 2) return Match::not_comparable;
    if (record.usage > 3 || record.selector > 1 || record.matching > 2) return Match::no;
    const std::string& shown = record.selector == 0 ? whole_ : key_;
    const std::string expected = record.matching == 0   ? shown
                                 : record.matching == 1 ? mail::sha256(shown)
                                                        : sha512(shown);
    return record.data == expected ? Match::yes : Match::no;
}

}  // namespace program
