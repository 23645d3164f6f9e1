#include "mail/mailbox.hpp"

#include "mail/text.hpp"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uidna.h>
#include <unicode/unistr.h>

#include <array>
#include <memory>

namespace mail {
namespace {

// RFC 5321 §4.1.2 with RFC 6531 §3.3: atext, or any character outside ASCII.
bool is_atext(char c) {
    return static_cast<unsigned char>(c) >= 0x80 || is_alpha(c) || is_digit(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_dot_string(std::string_view local_part) {
    bool atom = false;
    for (const char c : local_part) {
        if (c == '.' ? !atom : !is_atext(c)) return false;
        atom = c != '.';
    }
    return atom;
}

// Lower case also outside ASCII, and composed, so that a mailbox is found in every spelling.
std::string lower_utf8(std::string_view text) {
    if (is_ascii(text)) return lower(text);
    auto lowered = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())))
                       .toLower(icu::Locale::getRoot());
    UErrorCode error = U_ZERO_ERROR;
    const auto* const nfc = icu::Normalizer2::getNFCInstance(error);
    if (U_SUCCESS(error)) {
        const auto composed = nfc->normalize(lowered, error);
        if (U_SUCCESS(error)) lowered = composed;
    }
    std::string out;
    lowered.toUTF8String(out);
    return out;
}

bool is_host_name(std::string_view name) {
    if (name.empty() || name.size() > 255) return false;
    std::size_t label = 0;
    for (std::size_t i = 0; i <= name.size(); ++i) {
        if (i == name.size() || name[i] == '.') {
            if (label == 0 || label > 63 || name[i - 1] == '-' || name[i - label] == '-') return false;
            label = 0;
        } else if (is_alpha(name[i]) || is_digit(name[i]) || name[i] == '-' || name[i] == '_') {
            ++label;  // '_' is no host name's, but real senders have it
        } else {
            return false;
        }
    }
    return true;
}

}  // namespace

std::string Mailbox::str() const {
    std::string out;
    if (is_dot_string(local_part)) {
        out = local_part;
    } else {
        out += '"';
        for (const char c : local_part) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        out += '"';
    }
    if (!domain.empty()) out.append("@").append(domain);
    return out;
}

std::string Mailbox::key() const {
    return Mailbox{lower_utf8(local_part), domain}.str();
}

Mailbox mailbox_of(std::string_view address) {
    const auto at = address.rfind('@');
    std::string_view local = address.substr(0, at);
    Mailbox mailbox;
    if (local.size() >= 2 && local.front() == '"' && local.back() == '"') {
        local = local.substr(1, local.size() - 2);
        for (std::size_t i = 0; i < local.size(); ++i) {
            if (local[i] == '\\' && i + 1 < local.size()) ++i;
            mailbox.local_part += local[i];
        }
    } else {
        mailbox.local_part = local;
    }
    if (at == std::string_view::npos) return mailbox;
    std::string_view domain = address.substr(at + 1);
    mailbox.domain = domain_to_ascii(domain);
    if (!mailbox.domain.empty()) return mailbox;
    while (domain.ends_with('.')) domain.remove_suffix(1);
    mailbox.domain = lower(domain);
    return mailbox;
}

std::string domain_to_ascii(std::string_view domain) {
    if (domain.size() > 1 && domain.back() == '.') domain.remove_suffix(1);
    // Plain names stay out of ICU; an A-label goes through it, which refuses the ill-formed (xn---).
    const std::string plain = lower(domain);
    if (is_ascii(plain) && plain.find("xn--") == std::string::npos) return is_host_name(plain) ? plain : "";
    if (domain.size() > 1000 || !is_utf8(domain)) return {};

    // UTS 46, non-transitional: straße.example and strasse.example are two domains (as browsers have it).
    static const auto idna = [] {
        UErrorCode error = U_ZERO_ERROR;
        return std::unique_ptr<UIDNA, decltype(&uidna_close)>(
            uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE |
                                UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
                            &error),
            &uidna_close);
    }();
    if (!idna) return {};
    std::array<char, 512> out{};
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode error = U_ZERO_ERROR;
    const int length = uidna_nameToASCII_UTF8(idna.get(), domain.data(), static_cast<int>(domain.size()),
                                              out.data(), static_cast<int>(out.size()), &info, &error);
    if (U_FAILURE(error) || info.errors != 0 || length <= 0) return {};
    std::string name(out.data(), static_cast<std::size_t>(length));
    return is_host_name(name) ? name : std::string();
}

}  // namespace mail
