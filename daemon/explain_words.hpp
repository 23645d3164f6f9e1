// Why a mail belongs where it does, in words (`ticketgate explain`).
#pragma once

#include "threading/decision.hpp"
#include "threading/facts.hpp"

#include <string_view>

namespace program {

[[nodiscard]] std::string_view role_name(threading::Role role);   // as JSON has it
[[nodiscard]] std::string_view role_title(threading::Role role);  // the field's name
[[nodiscard]] std::string_view proof_in_words(threading::Proof proof);
[[nodiscard]] std::string_view outcome_in_words(threading::Outcome outcome);

}  // namespace program
