// Outlook's Thread-Index (MS-OXOMSG §2.2.1.3): 22 octets that name the conversation, and 5 for each answer.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mail {

// The index of an answer to the mail that has this one (in base64, maybe folded). Of a very long one the
// beginning is kept. None where it is ill-formed.
[[nodiscard]] std::optional<std::string> child_thread_index(std::string_view parent,
                                                            std::chrono::system_clock::time_point date);

}  // namespace mail
