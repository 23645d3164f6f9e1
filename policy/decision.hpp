// What the house's rules say of one mail for one mailbox, before threads are looked at: bans, sender
// verification, domain rules and scanners each give a Decision, and the gravest stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace policy {

// What becomes of the mail. The later the graver.
enum class Action { accept, hold, discard, refuse };
[[nodiscard]] std::string_view name(Action action);

// What the sender's server reads.
struct Words {
    int code = 550;
    std::string status = "5.7.1";
    std::string text;
    bool operator==(const Words&) const = default;
};

// What a rule does to a ticket that the mail opens or joins.
struct Effects {
    std::optional<std::string> assign_agent, assign_team;  // an agent's address, a team's name
    std::optional<int> priority;                           // tickets::Priority
    std::vector<std::string> tags;
    std::vector<std::pair<std::string, std::string>> fields;  // custom field, value
    std::optional<bool> acknowledge;                          // none: as the mailbox says
    bool operator==(const Effects&) const = default;
};

struct Decision {
    Action action = Action::accept;
    // Fixed vocabulary, kept as dispositions.reason and counted: banned, dmarc, rule, spam, virus,
    // block_list, ...
    std::string reason;
    std::string evidence;  // for the desk: which ban, rule, symbol; a line each
    Words words;           // for refuse
    Effects effects;
    std::vector<std::int64_t> rules;  // domain rules that matched, in their order
};

// What is set already stays; tags add up.
void combine(Effects& effects, const Effects& other);

// What two say of one mail for one mailbox: the graver stands, of equals `decision`; what rules do to the
// ticket is kept of both, and where both set the same thing, `decision`'s.
void combine(Decision& decision, Decision other);

// What several mailboxes of a workspace say of one mail, which becomes one interaction there: the most
// welcoming stands, as with mail that no person wrote (docs/threading.md), with the effects of those that say
// the same.
[[nodiscard]] Decision most_welcoming(std::vector<Decision> decisions);

}  // namespace policy
