// What strangers wrote and what the database says, as text for people.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace program {

[[nodiscard]] std::string rfc3339(std::chrono::system_clock::time_point time);

// Subjects and names come from strangers: nothing of them may move a terminal's cursor, turn the order of
// what is shown, or hide.
[[nodiscard]] std::string printable(const std::string& text);
[[nodiscard]] std::string one_line(const std::string& text);  // without line ends and tabs too

[[nodiscard]] std::string joined(const std::vector<std::string>& words);  // by ", "

// As much of a line as fits into so many columns, with "..." where something is missing.
[[nodiscard]] std::string cut(const std::string& line, std::size_t columns);
// Of standard output; none when it is no terminal, or doesn't say.
[[nodiscard]] std::optional<std::size_t> terminal_columns();

}  // namespace program
