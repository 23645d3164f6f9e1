// From raw bytes to mail::Header and mail::Message.
//
// Input is anything a stranger sent: both functions are total (they never throw for what the bytes
// hold), linear in the size of the input, and bounded: header block 256 KB, depth 30, parts 1,000.
// What is past a bound is left out and named in `warnings`. A leading mbox `From ` line, a BOM and
// blank lines before the header are skipped; LF alone ends a line too. RFC 5322, 2045-2047, 2231, 6532.
#pragma once

#include "mail/kind.hpp"
#include "mail/message.hpp"

#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] Header read_header(std::string_view raw);
[[nodiscard]] Message read_message(std::string_view raw, const Circumstances& circumstances = {});

// Offset of the body's first byte: behind the empty line that ends the header block, else raw.size().
[[nodiscard]] std::size_t body_offset(std::string_view raw);

// SHA-256 (32 bytes) of the body: what makes two mails with one Message-ID the same mail.
[[nodiscard]] std::string body_digest(std::string_view raw);

// SHA-256 (32 bytes) over everything but trace fields (Received, Return-Path, Delivered-To,
// X-Received, Authentication-Results, ARC-*) and the reverse-path: identity of a mail without Message-ID.
[[nodiscard]] std::string digest_without_trace(std::string_view raw, std::string_view reverse_path);

}  // namespace mail
