// What an agent's mail from their own program tells the desk: lines of commands at the top, then words.
// docs/agents-by-mail.md
//
//     /note              what follows stays at the desk, and is sent to nobody
//     /resolve           the ticket is resolved
//     /status STATUS     the ticket gets that status
//     /assign AGENT      the ticket becomes theirs (`none`: nobody's)
//
// A command that is none of these, or lacks what it needs, is a problem, and then nothing of the mail is
// done. So is a mail with neither a command nor words nor files.
// `//` begins a line of words that has one slash. Pure, total and linear.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace desk {

struct AgentsWords {
    bool note = false;
    std::optional<std::string> status, assignee;
    std::string text;     // without the commands, trimmed
    std::string problem;  // in words for the agent; empty: there is none

    [[nodiscard]] bool commands() const { return note || status || assignee; }
};

// `text`: UTF-8 with LF, the agent's quotes and footer taken off (mail/reply.hpp).
[[nodiscard]] AgentsWords read_agents_words(std::string_view text, bool has_files);

}  // namespace desk
