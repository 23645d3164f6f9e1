#include "auth/dkim_sign.hpp"

#include "auth/signed_mail.hpp"
#include "mail/encode.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace auth {
namespace {

// What a reader is shown and what an answer goes by. Each is named once more than it occurs.
constexpr std::array<std::string_view, 12> sealed_fields = {
    "From",       "To",          "Cc",         "Reply-To",     "Subject",      "Date",
    "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"};
// Relays add these of their own accord, so they are signed where they are, and no more than that.
constexpr std::array<std::string_view, 2> other_fields = {"Sender", "Auto-Submitted"};

constexpr std::size_t line_size = 76;

// One field that grows by words, and is folded before a line gets too long.
class FoldedField {
  public:
    explicit FoldedField(std::string& out) : out_(out), line_(out.size()) {}

    // A fold may stand in front of it, or a blank.
    void word(std::string_view text) {
        if (out_.size() + 1 + text.size() - line_ > line_size)
            fold();
        else
            out_ += ' ';
        out_ += text;
    }
    // A fold may stand anywhere in it, and no blank (base64: RFC 6376 §3.5).
    void anywhere(std::string_view text) {
        while (!text.empty()) {
            std::size_t room = line_ + line_size - std::min(out_.size(), line_ + line_size);
            if (room == 0) {
                fold();
                room = line_size - 1;
            }
            out_ += text.substr(0, room);
            text.remove_prefix(std::min(room, text.size()));
        }
    }
    // A fold may stand in front of it.
    void joined(std::string_view text) {
        if (out_.size() + text.size() - line_ > line_size) fold();
        out_ += text;
    }

  private:
    void fold() {
        out_ += "\r\n\t";
        line_ = out_.size() - 1;
    }
    std::string& out_;
    std::size_t line_;
};

std::vector<std::string_view> signed_names(const SignedMail& mail) {
    std::vector<std::string_view> names;
    for (const std::string_view name : sealed_fields)
        names.insert(names.end(), mail.named(name).size() + 1, name);
    for (const std::string_view name : other_fields) names.insert(names.end(), mail.named(name).size(), name);
    return names;
}

}  // namespace

std::string dkim_record_name(std::string_view domain, std::string_view selector) {
    return std::string(selector) + "._domainkey." + std::string(domain);
}

std::string dkim_record(const PrivateKey& key) {
    return std::string("v=DKIM1; k=") + (key.type() == KeyType::rsa ? "rsa" : "ed25519") +
           "; p=" + mail::base64(key.public_key());
}

std::string sign_all(std::span<const std::shared_ptr<const DkimKey>> keys, std::string_view mail,
                     std::chrono::system_clock::time_point now) {
    if (keys.empty()) return {};
    const SignedMail signed_mail(mail);
    if (signed_mail.too_large()) throw std::runtime_error("a header too large to be signed");

    mail::Field own;
    Claim claim;
    claim.field = &own;
    claim.header = claim.body = Canonicalization::relaxed;
    claim.names = signed_names(signed_mail);
    const Claim* const only = &claim;
    const std::string body_hash = mail::base64(signed_mail.body_digests({&only, 1}).front().digest);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());

    std::string out;
    for (const auto& key : keys) {
        const std::size_t begin = out.size();
        constexpr std::string_view name = "DKIM-Signature";
        FoldedField field(out);
        field.joined(name);
        field.joined(":");
        field.word("v=1;");
        field.word(key->key.type() == KeyType::rsa ? "a=rsa-sha256;" : "a=ed25519-sha256;");
        field.word("c=relaxed/relaxed;");
        field.word("d=" + key->domain + ";");
        field.word("s=" + key->selector + ";");
        field.word("t=" + std::to_string(seconds.count()) + ";");
        for (std::size_t i = 0; i < claim.names.size(); ++i) {
            const std::string text = (i == 0 ? "h=" : ":") + std::string(claim.names[i]);
            if (i == 0)
                field.word(text);
            else
                field.joined(text);
        }
        field.joined(";");
        field.word("bh=");
        field.anywhere(body_hash);
        field.joined(";");
        field.word("b=");
        // What is signed ends here: the value of b= is taken for empty (RFC 6376 §3.7).
        own.line = std::string_view(out).substr(begin);
        own.name = own.line.substr(0, name.size());
        own.value = own.line.substr(name.size() + 1);
        claim.place = own.line.substr(own.line.size());
        const std::string signature = key->key.sign(Hash::sha256, signed_mail.header_digest(claim));
        field.anywhere(mail::base64(signature));
        out += "\r\n";
    }
    return out;
}

}  // namespace auth
