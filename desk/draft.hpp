// A mail of an agent's on its way to its rows: the steps that an answer and an opened ticket share, within
// one action. Part of replies.hpp.
#pragma once

#include "desk/replies.hpp"
#include "store/outbound_rows.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace desk {

struct Speaker {
    store::AgentInfo agent;
    std::optional<store::AliasInfo> alias;
    store::SenderInfo sender;

    [[nodiscard]] const std::string& name() const { return alias ? alias->name : agent.name; }
};

class Draft {
  public:
    Draft(store::DeskAction& action, const AgentsMail& request, const store::Snapshot& settings)
        : action_(action), request_(request), settings_(settings) {}

    // What is wrong; none: it went well.
    asio::awaitable<std::optional<store::Refusal>> choose_speaker(
        store::AgentInfo agent, mail::Mailbox sender, const std::vector<store::ConversationMail>& mails);
    asio::awaitable<std::optional<store::Refusal>> choose_words(std::string workspace);
    // Whether mail to one of them came back for good.
    asio::awaitable<std::optional<store::Refusal>> ask_about(const Recipients& recipients);

    [[nodiscard]] tickets::Variables variables(const std::string& workspace, const tickets::Uuid& ticket,
                                               std::string_view person_name, std::string_view person_address,
                                               store::Timestamp now) const;

    // The mail's own id, and what it has in common with all of the ticket: its header without a subject.
    [[nodiscard]] mail::Composition composition(const Recipients& recipients, store::Timestamp now);
    [[nodiscard]] std::string ticket_message_id(const tickets::Uuid& ticket) const;
    // What the queue gets, save the thread and the mailbox; or why the mail can't be sent.
    [[nodiscard]] Outcome<store::NewOutbound> outbound(const mail::Composition& mail,
                                                       const Recipients& recipients,
                                                       const tickets::Uuid& ticket) const;

    Speaker speaker;
    Words words;
    std::string subject;  // the template's

  private:
    store::DeskAction& action_;
    const AgentsMail& request_;
    const store::Snapshot& settings_;
    tickets::Uuid id_, reply_address_;
};

// As RCPT says them.
[[nodiscard]] std::vector<std::string> shown(const std::vector<mail::Mailbox>& mailboxes);

// Mail to the desk's own domains ends here.
[[nodiscard]] std::function<bool(const mail::Mailbox&)> leads_to_us(const store::Snapshot& settings);

}  // namespace desk
