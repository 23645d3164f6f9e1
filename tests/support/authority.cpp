#include "tests/support/authority.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace test {
namespace {

using File = std::unique_ptr<FILE, int (*)(FILE*)>;
File open_to_write(const std::string& path) {
    File file(std::fopen(path.c_str(), "w"), std::fclose);
    if (!file) throw std::runtime_error("cannot write " + path);
    return file;
}

template <typename T>
std::string der_of(int (*encode)(const T*, unsigned char**), const T* value) {
    unsigned char* bytes = nullptr;
    const int size = encode(value, &bytes);
    std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return der;
}

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
    if (!extension) throw std::runtime_error("no extension " + value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

X509* blank(EVP_PKEY* key, const std::string& name, long from, long until, long serial) {
    X509* made = X509_new();
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), serial);
    X509_gmtime_adj(X509_getm_notBefore(made), from);
    X509_gmtime_adj(X509_getm_notAfter(made), until);
    X509_set_pubkey(made, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return made;
}

}  // namespace

Authority::Authority() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ticketgate-ca-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    ca_file_ = folder_ + "/ca.pem";
    key_ = EVP_EC_gen("P-256");
    root_ = blank(key_, "Test authority", -7200, 7200, 1);
    X509_set_issuer_name(root_, X509_get_subject_name(root_));
    extend(root_, root_, NID_basic_constraints, "critical,CA:TRUE");
    extend(root_, root_, NID_subject_key_identifier, "hash");
    X509_sign(root_, key_, EVP_sha256());
    der_ = der_of(i2d_X509, root_);
    PEM_write_X509(open_to_write(ca_file_).get(), root_);
}

Authority::~Authority() {
    X509_free(root_);
    EVP_PKEY_free(key_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

Authority::Certificate Authority::issue(const std::vector<std::string>& names, bool expired) {
    return make(names, expired, false);
}
Authority::Certificate Authority::self_signed(const std::vector<std::string>& names) {
    return make(names, false, true);
}

Authority::Certificate Authority::make(const std::vector<std::string>& names, bool expired, bool by_itself) {
    const std::string base = folder_ + "/" + std::to_string(++issued_);
    Certificate made{base + ".pem", base + ".key", {}, {}};
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        blank(key.get(), "A server of the tests", -7200, expired ? -3600 : 3600, 1 + issued_), X509_free);
    X509* issuer = by_itself ? certificate.get() : root_;
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
    std::string all;
    for (const std::string& name : names) {
        const bool address = name.find_first_not_of("0123456789.") == std::string::npos;
        all += (all.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + name;
    }
    extend(certificate.get(), issuer, NID_subject_alt_name, all);
    X509_sign(certificate.get(), by_itself ? key.get() : key_, EVP_sha256());
    made.der = der_of(i2d_X509, certificate.get());
    made.key_der = der_of(i2d_PUBKEY, static_cast<const EVP_PKEY*>(key.get()));
    const File chain = open_to_write(made.chain_file);
    PEM_write_X509(chain.get(), certificate.get());
    if (!by_itself) PEM_write_X509(chain.get(), root_);
    PEM_write_PrivateKey(open_to_write(made.key_file).get(), key.get(), nullptr, nullptr, 0, nullptr,
                         nullptr);
    return made;
}

net::TlsaRecord tlsa(int usage, int selector, int matching, const std::string& der) {
    net::TlsaRecord record{static_cast<std::uint8_t>(usage), static_cast<std::uint8_t>(selector),
                           static_cast<std::uint8_t>(matching), der};
    if (matching == 0) return record;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    EVP_Digest(der.data(), der.size(), digest.data(), &size, matching == 1 ? EVP_sha256() : EVP_sha512(),
               nullptr);
    record.data.assign(reinterpret_cast<char*>(digest.data()), size);
    return record;
}

}  // namespace test
