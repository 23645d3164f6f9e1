// What was found out about a mail's sender, as it is kept (intake/examination.hpp), for people and for
// programs.
#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace program {

// Null when nothing was asked.
[[nodiscard]] boost::json::value evidence_as_json(const std::optional<std::string>& kept);

// "SPF pass for good.example", a line each; none for what says nothing.
[[nodiscard]] std::vector<std::string> evidence_lines(const std::optional<std::string>& kept);

}  // namespace program
