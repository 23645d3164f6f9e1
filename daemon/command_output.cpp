#include "daemon/command_output.hpp"

#include "daemon/terminal_text.hpp"
#include "policy/rule_text.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <iostream>
#include <sstream>

namespace program {

namespace json = boost::json;

json::array texts_as_json(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

json::value or_null(const std::optional<std::string>& text) {
    return text ? json::value(*text) : json::value();
}

json::value or_null_if_empty(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

json::object policy_as_json(const policy::Decision& decision) {
    return {{"rules", json::array(decision.rules.begin(), decision.rules.end())},
            {"evidence", texts_as_json(evidence_lines(decision))},
            {"effects", or_null_if_empty(policy::describe(decision.effects))}};
}

std::vector<std::string> evidence_lines(const policy::Decision& decision) {
    std::vector<std::string> lines;
    std::istringstream text(decision.evidence);
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

json::array attachments_as_json(const mail::Message& message) {
    json::array attachments;
    for (const auto& attachment : message.attachments)
        attachments.push_back(json::object{
            {"name", attachment.name}, {"type", attachment.type}, {"size", attachment.content.size()}});
    return attachments;
}

std::string shown_sender(const std::string& name, const std::string& address) {
    if (address.empty()) return "Unknown";
    return one_line(name.empty() ? address : name + " <" + address + ">");
}

std::string shown_subject(const std::string& subject) {
    return subject.empty() ? "(no subject)" : one_line(subject);
}

std::string shown_kind(const std::string& kind, const std::vector<std::string>& reasons) {
    return reasons.empty() ? kind : kind + " (" + joined(reasons) + ")";
}

void print_text_of(const mail::Message& message) {
    std::cout << printable(message.text);
    if (!message.text.ends_with('\n')) std::cout << '\n';
    if (message.too_complex) std::cout << "(too complex to be read; the raw mail is kept)\n";
    for (const auto& attachment : message.attachments)
        std::cout << fmt::format("  [{}, {}, {} bytes]\n",
                                 attachment.name.empty() ? "attachment" : one_line(attachment.name),
                                 attachment.type, attachment.content.size());
}

}  // namespace program
