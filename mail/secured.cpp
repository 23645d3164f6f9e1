#include "mail/secured.hpp"

#include "mail/text.hpp"

namespace mail {
namespace {

bool has_line(std::string_view text, std::string_view line) {
    for (std::size_t at = text.find(line); at != std::string_view::npos; at = text.find(line, at + 1))
        if (at == 0 || text[at - 1] == '\n') return true;
    return false;
}

}  // namespace

std::string_view sealing_of(const Part& part, std::string_view bytes) {
    const std::string& type = part.type.value;
    if (type == "multipart/encrypted") return "encrypted";
    if (type == "multipart/signed") return "signed";
    if (type != "application/pkcs7-mime" && type != "application/x-pkcs7-mime") return {};
    const std::string smime_type = lower(part.type.get("smime-type"));
    if (smime_type == "signed-data") return "signed";
    if (smime_type == "certs-only" || smime_type == "compressed-data") return {};
    if (!smime_type.empty()) return "encrypted";  // enveloped-data, authEnveloped-data
    // RFC 5652 §3: a ContentInfo begins with its type, 1.2.840.113549.1.7.2 for signed data.
    constexpr std::string_view pkcs7 = "\x2A\x86\x48\x86\xF7\x0D\x01\x07";
    constexpr std::size_t near = 64;
    const std::size_t at = bytes.substr(0, near).find(pkcs7);
    if (at == std::string_view::npos || at + pkcs7.size() >= bytes.size()) return "encrypted";
    return bytes[at + pkcs7.size()] == '\x02' ? "signed" : "encrypted";
}

std::string_view sealing_of_text(std::string_view text) {
    if (has_line(text, "-----BEGIN PGP MESSAGE-----")) return "encrypted";
    if (has_line(text, "-----BEGIN PGP SIGNED MESSAGE-----")) return "signed";
    return {};
}

}  // namespace mail
