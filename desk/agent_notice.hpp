// The mail that tells an agent of a ticket that is theirs, or that what they wrote was not done. Pure.
//
// It is from the ticket's mailbox and the null reverse-path, says that a machine sent it (RFC 3834) and holds
// no links; what is answered to it comes to an address that names the agent and the ticket.
// docs/agents-by-mail.md
#pragma once

#include "mail/message.hpp"
#include "store/agent_mails.hpp"
#include "store/settings.hpp"

#include <optional>
#include <string>

namespace desk {

// `mail`: what the ticket's person wrote, if there is one; `problem`: in words, if it is about that.
[[nodiscard]] store::Outcome<store::NewNotice> agent_notice(
    const store::AgentTask& task, const store::NoticeFacts& facts, const std::optional<mail::Message>& mail,
    const std::string& problem, const store::Snapshot& settings, store::Timestamp now);

}  // namespace desk
