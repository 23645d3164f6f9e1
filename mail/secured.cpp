#include "mail/secured.hpp"

#include "mail/text.hpp"

#include <openssl/cms.h>
#include <openssl/err.h>

#include <memory>

namespace mail {
namespace {

bool has_line(std::string_view text, std::string_view line) {
    for (std::size_t at = text.find(line); at != std::string_view::npos; at = text.find(line, at + 1))
        if (at == 0 || text[at - 1] == '\n') return true;
    return false;
}

}  // namespace

bool is_smime(std::string_view type) {
    return type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime";
}

std::string_view sealing_of(const Part& part, std::string_view bytes) {
    const std::string& type = part.type.value;
    if (type == "multipart/encrypted") return "encrypted";
    if (type == "multipart/signed") return "signed";
    if (!is_smime(type)) return {};
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

std::optional<std::string> signed_content(std::string_view cms) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(cms.data());
    const std::unique_ptr<CMS_ContentInfo, decltype(&CMS_ContentInfo_free)> info(
        d2i_CMS_ContentInfo(nullptr, &bytes, static_cast<long>(cms.size())), &CMS_ContentInfo_free);
    ERR_clear_error();  // a stranger's bytes are no error of ours
    if (!info || OBJ_obj2nid(CMS_get0_type(info.get())) != NID_pkcs7_signed) return std::nullopt;
    ASN1_OCTET_STRING** const content = CMS_get0_content(info.get());
    if (content == nullptr || *content == nullptr) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(*content)),
                       static_cast<std::size_t>(ASN1_STRING_length(*content)));
}

std::string_view sealing_of_text(std::string_view text) {
    if (has_line(text, "-----BEGIN PGP MESSAGE-----")) return "encrypted";
    if (has_line(text, "-----BEGIN PGP SIGNED MESSAGE-----")) return "signed";
    return {};
}

}  // namespace mail
