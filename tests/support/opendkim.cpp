#include "tests/support/opendkim.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#define _Bool bool
#include <opendkim/dkim.h>
#undef _Bool

// libopendkim 2.11 gives back neither key nor digest context of an Ed25519 signature. Read by LeakSanitizer;
// our own code is watched in signatures_test, which is without libopendkim.
extern "C" const char* __lsan_default_suppressions();   // NOLINT: the sanitizer's name for it
extern "C" const char* __lsan_default_suppressions() {  // NOLINT
    return "leak:libcrypto.so\nleak:libopendkim.so";
}

namespace test {
namespace {

DKIM_CBSTAT give_key(DKIM* dkim, DKIM_SIGINFO*, u_char* buffer, std::size_t size) {
    const auto& record = *static_cast<const std::string*>(dkim_get_user_context(dkim));
    if (record.size() >= size) return DKIM_CBSTAT_ERROR;
    std::memcpy(buffer, record.c_str(), record.size() + 1);
    return DKIM_CBSTAT_CONTINUE;
}

const unsigned char* text(const char* of) {
    return reinterpret_cast<const unsigned char*>(of);
}

// It wants each field without its last line end, and the body apart.
DKIM_STAT feed(DKIM* dkim, std::string_view mail) {
    while (!mail.empty() && !mail.starts_with("\r\n")) {
        std::size_t end = mail.find("\r\n");
        while (end + 2 < mail.size() && (mail[end + 2] == ' ' || mail[end + 2] == '\t'))
            end = mail.find("\r\n", end + 2);
        std::string field(mail.substr(0, end));
        const DKIM_STAT status = dkim_header(dkim, reinterpret_cast<u_char*>(field.data()), field.size());
        if (status != DKIM_STAT_OK) return status;
        mail.remove_prefix(std::min(mail.size(), end + 2));
    }
    const DKIM_STAT status = dkim_eoh(dkim);
    if (status != DKIM_STAT_OK) return status;
    std::string body(mail.substr(std::min<std::size_t>(2, mail.size())));
    if (body.empty()) return DKIM_STAT_OK;
    return dkim_body(dkim, reinterpret_cast<u_char*>(body.data()), body.size());
}

}  // namespace

OpenDkim::OpenDkim(std::string record) : record_(std::move(record)), library_(dkim_init(nullptr, nullptr)) {
    if (library_ == nullptr) throw std::runtime_error("no libopendkim");
    dkim_set_key_lookup(static_cast<DKIM_LIB*>(library_), give_key);
}

OpenDkim::~OpenDkim() {
    dkim_close(static_cast<DKIM_LIB*>(library_));
}

std::string OpenDkim::verify(std::string_view mail) const {
    DKIM_STAT status = DKIM_STAT_OK;
    DKIM* const dkim = dkim_verify(static_cast<DKIM_LIB*>(library_), text("test"), nullptr, &status);
    if (dkim == nullptr) throw std::runtime_error("no handle of libopendkim");
    dkim_set_user_context(dkim, const_cast<std::string*>(&record_));
    status = feed(dkim, mail);
    bool testing = false;
    if (status == DKIM_STAT_OK) status = dkim_eom(dkim, &testing);
    if (status == DKIM_STAT_OK) {
        DKIM_SIGINFO** signatures = nullptr;
        int count = 0;
        if (dkim_getsiglist(dkim, &signatures, &count) != DKIM_STAT_OK || count == 0 ||
            !DKIM_SIG_CHECK(signatures[0]))
            status = DKIM_STAT_BADSIG;
    }
    dkim_free(dkim);
    switch (status) {
        case DKIM_STAT_OK:
            return "pass";
        case DKIM_STAT_BADSIG:
            return "fail";
        case DKIM_STAT_NOSIG:
            return "none";
        default:
            return "status " + std::to_string(status);
    }
}

std::string OpenDkim::sign(const std::string& mail, const std::string& private_key, const Way& way) const {
    DKIM_STAT status = DKIM_STAT_OK;
    std::string key = private_key;
    const auto how = [](bool relaxed) { return relaxed ? DKIM_CANON_RELAXED : DKIM_CANON_SIMPLE; };
    DKIM* const dkim = dkim_sign(
        static_cast<DKIM_LIB*>(library_), text("test"), nullptr, reinterpret_cast<unsigned char*>(key.data()),
        text("s1"), text("client.example"), how(way.relaxed_header), how(way.relaxed_body),
        way.ed25519 ? DKIM_SIGN_ED25519SHA256 : DKIM_SIGN_RSASHA256, way.length, &status);
    if (dkim == nullptr) throw std::runtime_error("libopendkim does not sign");
    status = feed(dkim, mail);
    u_char* field = nullptr;
    std::size_t size = 0;
    if (status == DKIM_STAT_OK) status = dkim_eom(dkim, nullptr);
    if (status == DKIM_STAT_OK)
        status = dkim_getsighdr_d(dkim, sizeof("DKIM-Signature: ") - 1, &field, &size);
    std::string out;
    if (status == DKIM_STAT_OK) out.assign(reinterpret_cast<const char*>(field), size);
    dkim_free(dkim);
    if (out.empty()) throw std::runtime_error("libopendkim does not sign: status " + std::to_string(status));
    std::string with_crlf;  // its folds may end in LF alone
    for (const char c : out) {
        if (c == '\n' && !with_crlf.ends_with('\r')) with_crlf += '\r';
        with_crlf += c;
    }
    return "DKIM-Signature: " + with_crlf + "\r\n" + mail;
}

}  // namespace test
