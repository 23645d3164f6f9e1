#include "tests/support/dkim_signer.hpp"

#include "auth/signed_mail.hpp"

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

std::string DkimSigner::public_key() const {
    return base64(key_.public_key());
}

std::string DkimSigner::record(std::string_view tags) const {
    return std::string("v=DKIM1; k=") + (key_.type() == auth::KeyType::rsa ? "rsa; " : "ed25519; ") +
           std::string(tags) + (tags.empty() ? "" : "; ") + "p=" + public_key();
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
