#include "intake/agent_mail.hpp"

#include <algorithm>

namespace intake {

AgentMail agent_mail(const Arrival& mail, const Part& part, const store::WorkspaceFacts& known) {
    if (!part.reply_address) return AgentMail::none;
    const auto address = known.reply_addresses.find(*part.reply_address);
    if (address == known.reply_addresses.end() || !address->second.agent) return AgentMail::none;
    const auto& agent = address->second.agent_address;
    // Whoever has seen the address, in a Cc of the agent's, could send it another signed mail of theirs
    // again.
    const bool is_to_it = std::ranges::count(mail.written_to, *part.reply_address) > 0;
    const bool agents = is_to_it && !agent.empty() && mail.incoming.author == agent && mail.one_author &&
                        mail.incoming.verdict == auth::Verdict::pass && !mail.imported;
    if (!agents) return AgentMail::by_another;
    // An absence note of theirs is filed as anybody's.
    return mail.kind.kind == mail::Kind::human ? AgentMail::said : AgentMail::none;
}

}  // namespace intake
