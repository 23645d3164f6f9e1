// Whether a mail's header lets it be a bounce or a complaint at all; the text is for mail/bounce.cpp to read.
#pragma once

#include "mail/header_index.hpp"
#include "mail/kind.hpp"
#include "mail/message.hpp"

#include <string>
#include <string_view>

namespace mail {

// The text of the first field of that name; empty without one.
[[nodiscard]] std::string text_of_field(const HeaderIndex& index, std::string_view name);

enum class BounceSender {
    person,
    perhaps,  // what many programs call themselves
    daemon,
};

[[nodiscard]] BounceSender sender_of(const HeaderIndex& index, const Header& header,
                                     const Circumstances& circumstances);

// What a mailing list hands on to its members (RFC 2369) is no answer to a mail of ours, even if it was one
// to somebody's.
[[nodiscard]] bool is_from_list(const HeaderIndex& index, const Circumstances& circumstances);

// Complaints that are no reports: Hotmail's and Amazon's, Apple's wish to unsubscribe.
[[nodiscard]] bool is_complaint_mail(const HeaderIndex& index);

// fml's notices to those who may not write to a list.
[[nodiscard]] bool is_from_fml(const HeaderIndex& index, const Header& header);

}  // namespace mail
