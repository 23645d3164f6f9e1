// What the fuzz targets hold their results to. A check that fails ends the program, which is a finding.
#pragma once

#include "mail/message.hpp"
#include "mail/text.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace fuzz {

inline std::string_view view(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

inline void check(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: %s\n", what);
    std::abort();
}

// What mail/message.hpp promises of every string: PostgreSQL takes it.
inline void check_text(std::string_view text) {
    check(mail::is_utf8(text), "a result is no UTF-8");
    check(text.find('\0') == std::string_view::npos, "a result holds NUL");
}

inline void check_addresses(const std::vector<mail::NamedAddress>& addresses) {
    for (const mail::NamedAddress& one : addresses) {
        check_text(one.name);
        check_text(one.address);
    }
}

inline void check_header(const mail::Header& header) {
    check_text(header.subject);
    for (const auto* list : {&header.from_all, &header.to, &header.cc, &header.reply_to})
        check_addresses(*list);
    for (const auto* list :
         {&header.in_reply_to, &header.in_reply_to_tokens, &header.references, &header.warnings})
        for (const std::string& one : *list) check_text(one);
    check_text(header.date.value_or(""));
    check_text(header.message_id.value_or(""));
}

inline void check_message(const mail::Message& message) {
    check_header(message.header);
    for (const std::string* text :
         {&message.text, &message.html, &message.reply_text, &message.quoted_text, &message.signature})
        check_text(*text);
    for (const mail::Attachment& one : message.attachments) {
        check_text(one.name);
        check_text(one.type);
        check_text(one.content_id);
    }
    for (const std::string& reason : message.kind_reasons) check_text(reason);
    if (!message.bounce) return;
    check_text(message.bounce->original_message_id.value_or(""));
    for (const mail::BouncedRecipient& one : message.bounce->recipients)
        for (const std::string* text : {&one.address, &one.status, &one.smtp_reply, &one.reason})
            check_text(*text);
}

}  // namespace fuzz
