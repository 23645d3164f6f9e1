#include "desk/agent_words.hpp"

#include "mail/text.hpp"
#include "tickets/ticket.hpp"

namespace desk {
namespace {

std::string shown(std::string_view text) {
    return std::string(mail::cut_utf8(mail::one_line(text), 100));
}

// What is wrong with it, if anything.
std::string obey(std::string_view line, AgentsWords& words) {
    const auto end = line.find_first_of(" \t");
    const std::string command = mail::lower(line.substr(0, end));
    const std::string_view argument =
        end == std::string_view::npos ? std::string_view() : mail::trim(line.substr(end));
    if (command == "/note") {
        words.note = true;
        words.text = argument;
        return {};
    }
    if (command == "/resolve") {
        words.status = tickets::name(tickets::Status::resolved);
        return argument.empty() ? std::string() : "/resolve stands alone on its line";
    }
    if (command == "/status") {
        const auto status = tickets::parse_status(argument);
        if (!status) return "'" + shown(argument) + "' is no status (Open, Pending, Overdue, Resolved)";
        words.status = tickets::name(*status);
        return {};
    }
    if (command == "/assign") {
        words.assignee = argument;
        return argument.empty() ? "/assign needs the name or the address of an agent" : std::string();
    }
    return "'" + shown(command) + "' is no command (there are /note, /resolve, /status and /assign)";
}

}  // namespace

AgentsWords read_agents_words(std::string_view text, bool has_files) {
    AgentsWords words;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = mail::trim(text.substr(0, end));
        if (!line.empty() && !line.starts_with('/')) break;
        if (line.starts_with("//")) {
            text.remove_prefix(text.find('/') + 1);
            break;
        }
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (line.empty()) continue;
        words.problem = obey(line, words);
        if (!words.problem.empty()) return words;
    }
    const std::string_view rest = mail::trim(text);
    if (!words.text.empty() && !rest.empty()) words.text += '\n';
    words.text += rest;
    if (words.text.empty() && !has_files && (words.note || !words.commands()))
        words.problem = "there is nothing in it to say";
    return words;
}

}  // namespace desk
