#include "smtp/sasl.hpp"

#include "mail/encode.hpp"
#include "mail/text.hpp"
#include "mail/transfer.hpp"
#include "smtp/reply_reader.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <charconv>
#include <new>

namespace smtp {
namespace {

constexpr std::size_t longest_challenge = 4096;

using Key = std::array<unsigned char, 32>;

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
std::string_view text_of(const Key& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

Key hmac(const Key& key, std::string_view text) {
    Key made;
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets(text), text.size(), made.data(),
              nullptr))
        throw std::bad_alloc();
    return made;
}

Key digest(const Key& key) {
    Key made;
    if (EVP_Digest(key.data(), key.size(), made.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
    return made;
}

// RFC 5802 §5.1: "=2C" for a comma, "=3D" for an equals sign.
std::string saslname(std::string_view user) {
    std::string name;
    for (const char c : user) {
        if (c == ',')
            name += "=2C";
        else if (c == '=')
            name += "=3D";
        else
            name += c;
    }
    return name;
}

// Takes "r=...," from the front, `key` being 'r'.
std::optional<std::string_view> take(std::string_view& rest, char key) {
    if (rest.size() < 2 || rest[0] != key || rest[1] != '=') return std::nullopt;
    const std::size_t comma = rest.find(',');
    const std::string_view value = rest.substr(2, comma == std::string_view::npos ? comma : comma - 2);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    return value;
}

std::string random_nonce() {
    std::array<unsigned char, 18> bytes;
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::bad_alloc();
    return mail::base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

std::optional<Sasl> Sasl::choose(const Credentials& credentials, const Offer& offer) {
    using enum Mechanism;
    // NUL and the separator of XOAUTH2 would end a field early.
    if (credentials.user.find_first_of(std::string_view("\0\1", 2)) != std::string::npos ||
        credentials.secret.find_first_of(std::string_view("\0\1", 2)) != std::string::npos)
        return std::nullopt;
    Mechanism chosen = credentials.mechanism;
    if (chosen == automatic) chosen = offer.scram_sha_256 ? scram_sha_256 : offer.plain ? plain : login;
    const bool offered = chosen == plain           ? offer.plain
                         : chosen == login         ? offer.login
                         : chosen == scram_sha_256 ? offer.scram_sha_256
                                                   : offer.xoauth2;
    if (!offered) return std::nullopt;
    return Sasl(credentials, chosen, random_nonce());
}

Sasl::Sasl(Credentials credentials, Mechanism mechanism, std::string nonce)
    : credentials_(std::move(credentials)), mechanism_(mechanism), nonce_(std::move(nonce)) {}

std::string Sasl::first() {
    switch (mechanism_) {
        case Mechanism::plain:
            return "AUTH PLAIN " + mail::base64('\0' + credentials_.user + '\0' + credentials_.secret);
        case Mechanism::scram_sha_256:
            first_bare_ = "n=" + saslname(credentials_.user) + ",r=" + nonce_;
            return "AUTH SCRAM-SHA-256 " + mail::base64("n,," + first_bare_);
        case Mechanism::xoauth2:
            return "AUTH XOAUTH2 " + mail::base64("user=" + credentials_.user + "\1auth=Bearer " +
                                                  credentials_.secret + "\1\1");
        default:
            return "AUTH LOGIN";
    }
}

std::string Sasl::answer(std::string_view challenge) {
    if (challenge.size() > longest_challenge) return give_up("the server's challenge has no end");
    const std::string server = mail::decode_base64(challenge);
    ++step_;
    switch (mechanism_) {
        case Mechanism::login:
            // What it asks for is not to be relied on; the order is.
            if (step_ <= 2) return mail::base64(step_ == 1 ? credentials_.user : credentials_.secret);
            break;
        case Mechanism::scram_sha_256:
            return scram(server);
        case Mechanism::xoauth2:
            trouble_ = safe_text(server, 500);
            if (step_ == 1) return "";  // the server's error; the refusal comes after this
            break;
        default:
            break;
    }
    return give_up("the server asks for more than the mechanism has");
}

std::string Sasl::scram(std::string_view server) {
    if (step_ == 1) return scram_proof(server);
    if (step_ > 2) return give_up("the server asks for more than the mechanism has");
    if (const auto error = take(server, 'e')) return give_up("SCRAM: " + safe_text(*error, 200));
    const auto signature = take(server, 'v');
    const std::string bytes = signature ? mail::decode_base64(*signature) : "";
    proven_ = bytes.size() == server_signature_.size() &&
              CRYPTO_memcmp(bytes.data(), server_signature_.data(), bytes.size()) == 0;
    return proven_ ? "" : give_up("SCRAM: the server does not know the password");
}

std::string Sasl::scram_proof(std::string_view server_first) {
    std::string_view rest = server_first;
    const auto nonce = take(rest, 'r'), salt64 = take(rest, 's'), count = take(rest, 'i');
    int iterations = 0;
    if (count) std::from_chars(count->data(), count->data() + count->size(), iterations);
    const std::string salt = salt64 ? mail::decode_base64(*salt64) : "";
    if (!nonce || !nonce->starts_with(nonce_) || nonce->size() == nonce_.size() || salt.empty())
        return give_up("SCRAM: the server's first message is malformed");
    if (iterations < min_iterations || iterations > max_iterations)
        return give_up("SCRAM: an iteration count of " + std::to_string(iterations));

    Key salted;
    if (PKCS5_PBKDF2_HMAC(credentials_.secret.data(), static_cast<int>(credentials_.secret.size()),
                          octets(salt), static_cast<int>(salt.size()), iterations, EVP_sha256(),
                          static_cast<int>(salted.size()), salted.data()) != 1)
        throw std::bad_alloc();
    const std::string last = "c=biws,r=" + std::string(*nonce);
    const std::string exchange = first_bare_ + ',' + std::string(server_first) + ',' + last;
    const Key client = hmac(salted, "Client Key");
    const Key signature = hmac(digest(client), exchange);
    Key proof;
    for (std::size_t i = 0; i < proof.size(); ++i) proof[i] = client[i] ^ signature[i];
    server_signature_ = text_of(hmac(hmac(salted, "Server Key"), exchange));
    return mail::base64(last + ",p=" + mail::base64(text_of(proof)));
}

std::string Sasl::give_up(std::string why) {
    trouble_ = std::move(why);
    proven_ = false;
    gave_up_ = true;
    return "*";
}

}  // namespace smtp
