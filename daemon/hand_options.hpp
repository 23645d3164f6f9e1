// Options of the commands that look at stored mail and change tickets by hand; see daemon/cli.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace program {

struct InteractionRaw {
    std::string id;
    bool with_trace = false;
};

struct AttachmentSave {
    std::string interaction;
    std::optional<std::string> name;
    std::optional<std::size_t> number;  // from 1 on
    std::string to = ".";
};

struct HeldList {
    std::optional<std::string> workspace;
    std::int64_t limit = 50;
    bool json = false;
};
struct HeldShow {
    std::string id;
    bool json = false;
};
struct HeldRelease {
    std::vector<std::string> ids;
    bool trust = false;
    bool trust_domain = false;
    bool json = false;
};
struct HeldDelete {
    std::vector<std::string> ids;
    bool json = false;
};
struct TrustList {
    std::optional<std::string> workspace;
    bool json = false;
};
struct TrustRemove {
    std::int64_t id = 0;
};

struct Audit {
    bool json = false;
};

struct Reprocess {
    std::optional<std::string> interaction;
    std::optional<std::string> since;
    bool dry_run = false;
    bool json = false;
};

// Without `yes` it is only said what would go.
struct Purge {
    std::string older_than;  // 90d and the like
    std::optional<std::string> workspace;
    bool yes = false;
    bool json = false;
};
struct PersonErase {
    std::string address;
    std::optional<std::string> workspace;
    bool yes = false;
    bool json = false;
};

struct PersonMarks {
    std::optional<std::string> workspace;
    bool json = false;
};
struct PersonUnmark {
    std::string address;
    std::optional<std::string> workspace;
};

struct TicketAction {
    std::string ticket;
    std::optional<std::string> workspace;
    bool json = false;
};
struct TicketStatus : TicketAction {
    std::string status;
};
struct TicketAssign : TicketAction {
    std::string agent;
};
struct TicketTag : TicketAction {
    std::vector<std::string> tags;  // each with its sign; see signed_tags()
};
struct TicketMove : TicketAction {
    std::string mailbox;
};
struct TicketMerge : TicketAction {
    std::string into;
};
struct TicketSplit : TicketAction {
    std::vector<std::string> interactions;
};

struct AgentAdd {
    std::string address;
    std::string name;
};
struct AgentList {
    bool json = false;
};
struct AgentSet {
    std::string address;
    std::string notify;  // on or off
};
struct AgentRemove {
    std::string address;
};

}  // namespace program
