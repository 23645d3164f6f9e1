#include "auth/crypto.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <array>
#include <new>
#include <stdexcept>

namespace auth {
namespace {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* one) const {
        Free(one);
    }
};
using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;

const unsigned char* octets(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Fetched once: looking an algorithm up costs more than hashing a header with it.
const EVP_MD* algorithm(Hash hash) {
    static const std::unique_ptr<EVP_MD, Freed<EVP_MD_free>> sha1(EVP_MD_fetch(nullptr, "SHA1", nullptr)),
        sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    return hash == Hash::sha1 ? sha1.get() : sha256.get();
}

// The DER value that `rest` begins with, if it has that tag (X.690 §8.1); it is taken off.
std::optional<std::string_view> take(std::string_view& rest, unsigned char tag) {
    if (rest.size() < 2 || static_cast<unsigned char>(rest[0]) != tag) return std::nullopt;
    std::size_t length = static_cast<unsigned char>(rest[1]), header = 2;
    if (length >= 0x80) {
        const std::size_t count = length & 0x7F;
        if (count == 0 || count > 3 || rest.size() < 2 + count) return std::nullopt;
        length = 0;
        for (std::size_t i = 0; i < count; ++i)
            length = (length << 8) | static_cast<unsigned char>(rest[2 + i]);
        header += count;
    }
    if (rest.size() - header < length) return std::nullopt;
    const std::string_view value = rest.substr(header, length);
    rest.remove_prefix(header + length);
    return value;
}

constexpr unsigned char der_integer = 0x02, der_bits = 0x03, der_oid = 0x06, der_sequence = 0x30;

struct RsaNumbers {
    std::string_view modulus, exponent;
};

std::optional<std::string_view> take_positive(std::string_view& rest) {
    std::optional<std::string_view> number = take(rest, der_integer);
    if (!number || number->empty() || static_cast<unsigned char>(number->front()) >= 0x80)
        return std::nullopt;
    while (!number->empty() && number->front() == '\0') number->remove_prefix(1);
    return number;
}

std::optional<RsaNumbers> read_rsa(std::string_view der) {
    std::optional<std::string_view> outer = take(der, der_sequence);
    if (!outer) return std::nullopt;
    if (std::optional<std::string_view> kind = take(*outer, der_sequence)) {
        constexpr std::string_view rsa_encryption = "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01";
        if (take(*kind, der_oid) != rsa_encryption) return std::nullopt;
        std::optional<std::string_view> bits = take(*outer, der_bits);
        if (!bits || bits->empty() || bits->front() != '\0') return std::nullopt;
        bits->remove_prefix(1);
        outer = take(*bits, der_sequence);
        if (!outer) return std::nullopt;
    }
    const std::optional<std::string_view> modulus = take_positive(*outer);
    const std::optional<std::string_view> exponent = take_positive(*outer);
    if (!modulus || !exponent) return std::nullopt;
    return RsaNumbers{*modulus, *exponent};
}

int bits_of(std::string_view number) {
    int bits = static_cast<int>(number.size()) * 8;
    if (number.empty()) return 0;
    for (unsigned char first = static_cast<unsigned char>(number.front()); first < 0x80;
         first = static_cast<unsigned char>(first << 1))
        --bits;
    return bits;
}

EVP_PKEY* rsa_key(const RsaNumbers& numbers) {
    const auto number = [](std::string_view bytes) {
        return BigNumber(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr));
    };
    const BigNumber modulus = number(numbers.modulus), exponent = number(numbers.exponent);
    const std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> build(OSSL_PARAM_BLD_new());
    if (!modulus || !exponent || !build ||
        OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        return nullptr;
    const std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>> params(OSSL_PARAM_BLD_to_param(build.get()));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        return nullptr;
    return key;
}

bool rsa_verifies(EVP_PKEY* key, Hash hash, std::string_view digest, std::string_view signature) {
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    return context && EVP_PKEY_verify_init(context.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context.get(), algorithm(hash)) == 1 &&
           EVP_PKEY_verify(context.get(), octets(signature), signature.size(), octets(digest),
                           digest.size()) == 1;
}

bool ed25519_verifies(EVP_PKEY* key, std::string_view digest, std::string_view signature) {
    const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(digest),
                            digest.size()) == 1;
}

}  // namespace

Digest::Digest(Hash hash) : context_(EVP_MD_CTX_new()) {
    if (context_ == nullptr) throw std::bad_alloc();
    if (EVP_DigestInit_ex(context_, algorithm(hash), nullptr) != 1) {
        EVP_MD_CTX_free(context_);
        throw std::runtime_error("OpenSSL has no such digest");
    }
}

Digest::Digest(const Digest& other) : context_(EVP_MD_CTX_new()) {
    if (context_ == nullptr || EVP_MD_CTX_copy_ex(context_, other.context_) != 1) {
        EVP_MD_CTX_free(context_);
        throw std::bad_alloc();
    }
}

Digest::~Digest() {
    EVP_MD_CTX_free(context_);
}

void Digest::update(std::string_view bytes) {
    EVP_DigestUpdate(context_, bytes.data(), bytes.size());
}

std::string Digest::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_, bytes.data(), &size);
    return {reinterpret_cast<const char*>(bytes.data()), size};
}

std::string digest_of(Hash hash, std::string_view bytes) {
    Digest digest(hash);
    digest.update(bytes);
    return digest.finish();
}

PublicKey::PublicKey(KeyType type, int bits, evp_pkey_st* key)
    : type_(type), bits_(bits), key_(key, EVP_PKEY_free) {}

std::optional<PublicKey> PublicKey::read(KeyType type, std::string_view bytes) {
    EVP_PKEY* key = nullptr;
    int bits = 256;
    if (type == KeyType::rsa) {
        const std::optional<RsaNumbers> numbers = read_rsa(bytes);
        if (!numbers) return std::nullopt;
        bits = bits_of(numbers->modulus);
        const int exponent_bits = bits_of(numbers->exponent);  // with e=1 everything is signed
        if (bits > max_rsa_bits || exponent_bits < 2 || exponent_bits > 64) return std::nullopt;
        key = rsa_key(*numbers);
    } else if (bytes.size() == 32) {
        key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(bytes), bytes.size());
    }
    if (key == nullptr) {
        ERR_clear_error();
        return std::nullopt;
    }
    return PublicKey(type, bits, key);
}

bool PublicKey::verifies(Hash hash, std::string_view digest, std::string_view signature) const {
    const bool good = type_ == KeyType::rsa ? rsa_verifies(key_.get(), hash, digest, signature)
                                            : ed25519_verifies(key_.get(), digest, signature);
    if (!good) ERR_clear_error();
    return good;
}

}  // namespace auth
