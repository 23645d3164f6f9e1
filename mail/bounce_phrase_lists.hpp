// The lists behind mail/bounce_phrases.hpp.
#pragma once

#include "mail/bounce_reason.hpp"

#include <span>
#include <string_view>

namespace mail {

struct BouncePhrases {
    Reason reason;
    std::string_view list;  // cut at `|` and line ends; `*` in a phrase stands for any text
};

extern const std::span<const BouncePhrases> common_phrases;
extern const std::span<const BouncePhrases> certain_phrases;  // sentences of one program, which say it all

}  // namespace mail
