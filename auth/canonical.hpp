// Canonical forms of header fields and bodies (RFC 6376 §3.4), from the raw bytes.
//
// Linear and total. A line ends with CRLF, or with LF alone as imported mail has it, which counts as CRLF; a
// CR that stands alone is a character like others. The body is handed on in pieces and never copied whole.
#pragma once

#include "mail/header_index.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace auth {

enum class Canonicalization { simple, relaxed };

// The field with its CRLF.
void append_field(std::string& out, const mail::Field& field, Canonicalization how);

// A signature field as it signs itself: without what stands at `value`, and without the last CRLF
// (RFC 6376 §3.7). `value` lies within the field.
void append_own_field(std::string& out, const mail::Field& field, std::string_view value,
                      Canonicalization how);

void canonical_body(std::string_view body, Canonicalization how,
                    const std::function<void(std::string_view)>& sink);

}  // namespace auth
