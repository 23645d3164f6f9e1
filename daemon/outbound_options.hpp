// Options of the commands by which agents write, and of who and what they write as; see daemon/cli.hpp.
#pragma once

#include "daemon/hand_options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace program {

// What is to be said: a file, standard input where none is named, or a template.
struct MailText {
    std::optional<std::string> file, html, template_name;
    bool verbatim = false;
};

struct AgentsMailOptions {
    std::string agent;
    std::optional<std::string> alias;
    MailText text;
    std::vector<std::string> attach, pictures, cc;
    std::string status = "Pending";
    bool anyway = false;
    bool dry_run = false;
};

struct TicketReply : TicketAction {
    AgentsMailOptions mail;
    std::optional<std::string> sender;
    std::vector<std::string> to;
    bool quote = false;
    bool take = false;
};
struct TicketOpen {
    AgentsMailOptions mail;
    std::string workspace, person;
    std::optional<std::string> subject, sender, assignee, team;
    bool json = false;
};
struct TicketNote : TicketAction {
    std::string agent, colour;
    std::optional<std::string> file;
};
struct NoteEdit {
    std::string note;
    std::optional<std::string> file, colour;
    bool json = false;
};
struct NoteDelete {
    std::string note;
    bool json = false;
};
struct TicketTransfer : TicketAction {
    std::string agent;
    std::optional<std::string> to, team, note;
};
struct TicketDescribe : TicketAction {
    std::string description;
};
struct TicketSender : TicketAction {
    std::string sender;
};
struct TicketRevoke : TicketAction {};

struct SenderAdd {
    std::string address, workspace, name;
};
struct SenderSet {
    std::string address, name;
};
struct SenderList {
    std::optional<std::string> workspace;
    bool json = false;
};
struct SenderRemove {
    std::string address;
};

struct AliasAdd {
    std::string name, agent;
    std::optional<std::string> avatar, signature_name, signature_file, signature_html_file;
    bool is_default = false;
};
struct AliasSet {
    std::string name, agent;
    std::optional<std::string> avatar, signature_name, signature_file, signature_html_file;
};
struct AliasDefault {
    std::string name, agent;  // "none": no default
};
struct AliasList {
    std::optional<std::string> agent;
    bool json = false;
};
struct AliasRemove {
    std::string name, agent;
};

struct TemplateAdd {
    std::string name, workspace;
    std::optional<std::string> subject, file, html_file;
};
struct TemplateSet {
    std::string name, workspace;
    std::optional<std::string> subject, file, html_file;
};
struct TemplateList {
    std::optional<std::string> workspace;
    bool json = false;
};
struct TemplateShow {
    std::string name, workspace;
    bool json = false;
};
struct TemplateRemove {
    std::string name, workspace;
};
struct TemplateVariables {
    bool json = false;
};

}  // namespace program
