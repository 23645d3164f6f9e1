// The command line as values: which command, with which options.
//
// read_command_line() promises either a command to carry out or what to print and the status to end
// with (help and version: 0; misuse: 2, with a message for standard error). It touches no file.
// What the options mean is said once, in the help texts of cli.cpp.
#pragma once

#include "daemon/ban_options.hpp"
#include "daemon/domain_options.hpp"
#include "daemon/hand_options.hpp"
#include "daemon/outbound_options.hpp"
#include "daemon/queue_options.hpp"
#include "daemon/rule_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace program {

struct Serve {
    std::string config_file;  // to be read again at SIGHUP
};
struct Migrate {};
struct ReloadService {};

struct ConfigCheck {};
struct ConfigPrint {};
struct ConfigSample {
    bool markdown = false;  // docs/configuration.md instead of TOML
};

struct WorkspaceAdd {
    std::string name;
};
struct WorkspaceList {
    bool json = false;
};
struct WorkspaceSet {
    std::string name;
    std::int64_t held_days = 0;
};
struct WorkspaceRemove {
    std::string name;
};

struct DomainAdd {
    std::string domain;
    std::string workspace;
    std::optional<std::string> postmaster;  // an existing mailbox; none: the domain's first one
};
struct DomainList {
    bool json = false;
};
struct DomainPostmaster {
    std::string domain;
    std::string mailbox;
};
struct DomainRemove {
    std::string domain;
};

struct MailboxAdd {
    std::string address;
    std::string workspace;
    std::string display_name;
    std::vector<std::string> aliases;
    bool plus = false;        // takes local+anything@domain too
    bool catch_all = false;   // takes what no other mailbox of the domain takes
    bool postmaster = false;  // takes mail for the bare <postmaster>
    std::string automatic = "ticket", bounces = "hold";
};
struct MailboxSet {
    std::string address;
    std::optional<std::string> automatic, bounces, unverified;  // none: as it is
    std::optional<std::string> owner;                           // empty: nobody
};
struct MailboxAcknowledge {
    std::string address;
    std::optional<std::string> subject, file;  // none: as they are
    bool off = false;
};
struct MailboxList {
    bool json = false;
};
struct MailboxRemove {
    std::string address;
};

struct TicketList {
    std::optional<std::string> workspace;
    std::optional<std::string> status;
    std::int64_t limit = 50;
    bool json = false;
};
struct TicketShow {
    std::string id;  // id or short id
    std::optional<std::string> workspace;
    bool json = false;
};

struct Parse {
    std::vector<std::string> paths;
    bool jsonl = false;                    // one line a mail; otherwise indented for people
    std::optional<std::string> mail_from;  // of the envelope; "" and "<>" are the null reverse-path
};

struct ExportTickets {
    bool jsonl = true;  // the only format, to be asked for by name
    std::optional<std::string> workspace;
};

struct Import {
    std::string source;  // an mbox, a maildir or a folder
    std::string to;
    bool received_from_headers = false;
};

// A mail in a file, or one that is stored.
struct Explain {
    std::string file, to;
    std::string mail_from, client, helo;
    std::string interaction;
    bool json = false;
};

using Command = std::variant<
    Serve, Migrate, ReloadService, ConfigCheck, ConfigPrint, ConfigSample, WorkspaceAdd, WorkspaceList,
    WorkspaceSet, WorkspaceRemove, DomainAdd, DomainList, DomainPostmaster, DomainRemove, MailboxAdd,
    MailboxSet, MailboxAcknowledge, MailboxList, MailboxRemove, TicketList, TicketShow, Parse, ExportTickets,
    Import, InteractionRaw, AttachmentSave, Audit, HeldList, HeldShow, HeldRelease, HeldDelete, TrustList,
    TrustRemove, Explain, Reprocess, TicketStatus, TicketAssign, TicketTag, TicketMove, TicketMerge,
    TicketSplit, AgentAdd, AgentList, AgentRemove, Purge, PersonErase, BanAdd, BanList, BanShow, BanLift,
    BanHistory, BanWordsCommand, BanRuleAdd, BanRuleList, BanRuleRemove, BanReasonAdd, BanReasonList,
    BanReasonRemove, RuleAdd, RuleSetOptions, RuleList, RuleShow, RuleMove, RuleEnable, RuleDisable,
    RuleRemove, RuleTest, TeamAdd, TeamList, TeamRemove, TicketReply, TicketOpen, TicketNote, NoteEdit,
    NoteDelete, TicketTransfer, TicketDescribe, TicketSender, TicketRevoke, SenderAdd, SenderSet, SenderList,
    SenderRemove, AliasAdd, AliasSet, AliasDefault, AliasList, AliasRemove, TemplateAdd, TemplateSet,
    TemplateList, TemplateShow, TemplateRemove, TemplateVariables, DomainSet, DomainCheckOptions, DkimAdd,
    DkimActivate, DkimRetire, DkimList, AddressKeyList, AddressKeyRotate, AddressKeyRemove, QueueList,
    QueueShow, QueueChange, AgentSet, PersonMarks, PersonUnmark>;

struct CommandLine {
    std::string config_file;
    Command command;
};

struct NothingToDo {
    int status = 0;
    std::string output;  // for standard output
    std::string error;   // for standard error
};

[[nodiscard]] std::variant<CommandLine, NothingToDo> read_command_line(int argc, const char* const* argv);

}  // namespace program
