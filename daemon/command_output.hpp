// What several commands print alike: of programs' JSON and of people's text.
#pragma once

#include "mail/message.hpp"
#include "policy/decision.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace program {

[[nodiscard]] boost::json::array texts_as_json(const std::vector<std::string>& texts);
[[nodiscard]] boost::json::value or_null(const std::optional<std::string>& text);
[[nodiscard]] boost::json::value or_null_if_empty(const std::string& text);
// What bans, rules and the like said of a mail.
[[nodiscard]] boost::json::object policy_as_json(const policy::Decision& decision);
[[nodiscard]] std::vector<std::string> evidence_lines(const policy::Decision& decision);
// Names, types and sizes, no content.
[[nodiscard]] boost::json::array attachments_as_json(const mail::Message& message);

// `Ann <ann@client.example>`, or what there is of it, on one line.
[[nodiscard]] std::string shown_sender(const std::string& name, const std::string& address);
[[nodiscard]] std::string shown_subject(const std::string& subject);
// `bounce (dsn, null_sender)`.
[[nodiscard]] std::string shown_kind(const std::string& kind, const std::vector<std::string>& reasons);
// Its text and a line for each attachment.
void print_text_of(const mail::Message& message);

}  // namespace program
