#include "tests/support/dkim_signer.hpp"

#include "auth/signed_mail.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>

namespace test {
namespace {

void need(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    need(at != std::string::npos, "nothing to replace");
    return text.replace(at, what.size(), by);
}

}  // namespace

std::string base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    text.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                                         reinterpret_cast<const unsigned char*>(bytes.data()),
                                                         static_cast<int>(bytes.size()))));
    return text;
}

DkimSigner::DkimSigner(auth::KeyType type, int bits) : type_(type) {
    EVP_PKEY* const key = type == auth::KeyType::rsa
                              ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits))
                              : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    need(key != nullptr, "no key");
    key_ = std::shared_ptr<evp_pkey_st>(key, EVP_PKEY_free);
}

std::string DkimSigner::public_key() const {
    std::string bytes;
    if (type_ == auth::KeyType::ed25519) {
        std::size_t size = 32;
        bytes.resize(size);
        need(EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size) ==
                 1,
             "no public key");
    } else {
        unsigned char* der = nullptr;
        const int size = i2d_PUBKEY(key_.get(), &der);
        need(size > 0, "no public key");
        bytes.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
        OPENSSL_free(der);
    }
    return base64(bytes);
}

std::string DkimSigner::record(std::string_view tags) const {
    return std::string("v=DKIM1; k=") + (type_ == auth::KeyType::rsa ? "rsa; " : "ed25519; ") +
           std::string(tags) + (tags.empty() ? "" : "; ") + "p=" + public_key();
}

std::string DkimSigner::private_pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    need(PEM_write_bio_PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
         "no PEM");
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string DkimSigner::signature(auth::Hash hash, std::string_view digest) const {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(digest.data());
    std::string out(1024, '\0');
    std::size_t size = out.size();
    auto* const into = reinterpret_cast<unsigned char*>(out.data());
    if (type_ == auth::KeyType::ed25519) {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                              EVP_MD_CTX_free);
        need(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
                 EVP_DigestSign(context.get(), into, &size, bytes, digest.size()) == 1,
             "not signed");
    } else {
        const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
            EVP_PKEY_CTX_new(key_.get(), nullptr), EVP_PKEY_CTX_free);
        need(EVP_PKEY_sign_init(context.get()) == 1 &&
                 EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
                 EVP_PKEY_CTX_set_signature_md(context.get(),
                                               hash == auth::Hash::sha1 ? EVP_sha1() : EVP_sha256()) == 1 &&
                 EVP_PKEY_sign(context.get(), into, &size, bytes, digest.size()) == 1,
             "not signed");
    }
    out.resize(size);
    return out;
}

// The verifier says what is to be signed. That it is right about that, others say: the oracles, RFC 8463's
// vector, the public sets.
std::string DkimSigner::sign(const std::string& mail, const std::string& tags,
                             const std::string& field) const {
    const auto kind =
        field == "DKIM-Signature" ? auth::SignatureKind::dkim : auth::SignatureKind::arc_message;
    std::string out = field + ": " + tags + ";\r\n\tbh=BODY;\r\n\tb=SIGN\r\n" + mail;
    {
        const auth::SignedMail unsigned_mail(out);
        const auth::Claim claim = auth::read_claim(unsigned_mail.fields().front(), kind);
        const auth::Claim* const only = &claim;
        out = replaced(out, "bh=BODY", "bh=" + base64(unsigned_mail.body_digests({&only, 1}).front().digest));
    }
    const auth::SignedMail almost(out);
    const auth::Claim claim = auth::read_claim(almost.fields().front(), kind);
    return replaced(out, "b=SIGN", "b=" + base64(signature(claim.hash, almost.header_digest(claim))));
}

std::string DkimSigner::seal(const std::string& mail, std::size_t instance, const std::string& domain,
                             const std::string& chain, const std::string& found) const {
    const std::string number = "i=" + std::to_string(instance);
    const std::string where = "; a=rsa-sha256; d=" + domain + "; s=s1";
    std::string out =
        "ARC-Authentication-Results: " + number + "; mx." + domain + "; " + found + "\r\n" +
        sign(mail, number + where + "; c=relaxed/relaxed; h=from:subject", "ARC-Message-Signature");
    out = "ARC-Seal: " + number + where + "; cv=" + chain + "; b=SIGN\r\n" + out;
    // RFC 8617 §5.1.1: the sets in their order, of each its results, its message signature, its seal.
    const auth::SignedMail sealed(out);
    std::string text;
    for (std::size_t i = instance; i > 0; --i) {
        for (const char* const name : {"ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal"}) {
            const mail::Field& one = *sealed.named(name).at(i - 1);  // the newest is on top
            if (i == 1 && name == std::string_view("ARC-Seal")) {
                const auth::Claim claim = auth::read_claim(one, auth::SignatureKind::arc_seal);
                auth::append_own_field(text, one, claim.place, auth::Canonicalization::relaxed);
            } else {
                auth::append_field(text, one, auth::Canonicalization::relaxed);
            }
        }
    }
    const std::string digest = auth::digest_of(auth::Hash::sha256, text);
    return replaced(out, "b=SIGN", "b=" + base64(signature(auth::Hash::sha256, digest)));
}

}  // namespace test
