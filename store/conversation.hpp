// What is known of a ticket before an agent's mail is written, read within a desk's action (under its lock).
#pragma once

#include "store/alias_store.hpp"
#include "store/desk_actions.hpp"
#include "store/desk_store.hpp"
#include "store/template_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace store {

struct ConversationMail {
    tickets::Uuid id;
    bool outbound = false;
    std::optional<std::string> message_id;
    std::string author;  // address key
    std::string kind;
    tickets::Uuid thread;
    std::optional<std::int64_t> agent, alias;
    bool marked = false;                           // nobody vouches for its author, or they are new
    std::vector<std::string> correspondents = {};  // address keys
};

struct Conversation {
    std::string workspace, subject, status, email_sender;
    std::int64_t mailbox = 0;
    std::optional<std::int64_t> assignee;
    std::vector<std::string> participants;  // address keys
    std::optional<PersonInfo> person;
    std::vector<ConversationMail> mails;  // the newest first, at most 200
};

struct SenderInfo {
    std::string address, name;
};

struct MarkedAddress {
    std::string address;
    Timestamp since;
    std::string reply;
};

asio::awaitable<Conversation> read_conversation(DeskAction& action, tickets::Uuid ticket);
asio::awaitable<std::string> read_raw(DeskAction& action, tickets::Uuid interaction);
// None: the workspace may not write from there.
asio::awaitable<std::optional<SenderInfo>> find_sender(DeskAction& action, std::string address_key);
asio::awaitable<std::vector<MarkedAddress>> marks_among(DeskAction& action, std::vector<std::string> keys);
asio::awaitable<std::optional<std::string>> person_called(DeskAction& action, std::string address_key);
asio::awaitable<std::optional<std::int64_t>> find_team(DeskAction& action, std::string team);
// The mailbox that a ticket belongs to which is opened with a mail from there. None: the workspace has none.
asio::awaitable<std::optional<std::int64_t>> mailbox_of_sender(DeskAction& action, mail::Mailbox sender);
asio::awaitable<std::vector<AliasInfo>> aliases_of(DeskAction& action, std::int64_t agent);
asio::awaitable<std::optional<TemplateSource>> find_template(DeskAction& action, std::string workspace,
                                                             std::string name);

}  // namespace store
