// Mail to the address that stood in a notice to an agent: theirs to say, and nobody else's.
// docs/agents-by-mail.md
#pragma once

#include "intake/arrival.hpp"

namespace intake {

enum class AgentMail {
    none,        // it came to no such address, or no person wrote it
    said,        // by that agent, and verified
    by_another,  // or by nobody who is known: never to be sent on
};

[[nodiscard]] AgentMail agent_mail(const Arrival& mail, const Part& part, const store::WorkspaceFacts& known);

}  // namespace intake
