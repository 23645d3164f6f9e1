// What strangers wrote and what the database says, as text for people.
#pragma once

#include <chrono>
#include <string>

namespace program {

[[nodiscard]] std::string rfc3339(std::chrono::system_clock::time_point time);

// Subjects and names come from strangers: nothing of them may move a terminal's cursor.
[[nodiscard]] std::string printable(const std::string& text);
[[nodiscard]] std::string one_line(const std::string& text);  // without line ends and tabs too

}  // namespace program
