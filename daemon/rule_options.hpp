// Options of `ticketgate rule` and `ticketgate team`; see daemon/cli.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace program {

// A rule as it is written: `if`, `if not` and what it does, or a file with all of it.
struct RuleWords {
    std::optional<std::string> name, file;
    std::vector<std::string> conditions, negated;
    bool match_case = false;
    bool accept = false, hold = false, discard = false;
    std::optional<std::string> refuse;  // code, status and words
    std::optional<std::string> assign, team, priority;
    std::vector<std::string> tags, fields;  // NAME=VALUE
    bool acknowledge = false, no_acknowledgement = false;
    bool stop = false, go_on = false;
};

struct RuleAdd {
    std::string workspace;
    std::optional<std::string> domain, mailbox;
    std::optional<std::int64_t> place;
    RuleWords words;
};
// What is not given stays; of conditions and of actions all are given, or none.
struct RuleSetOptions {
    std::int64_t id = 0;
    std::optional<std::string> domain, mailbox;
    bool whole_workspace = false;
    RuleWords words;
};
struct RuleList {
    std::optional<std::string> workspace;
    bool json = false;
};
struct RuleShow {
    std::int64_t id = 0;
    bool json = false;
};
struct RuleMove {
    std::int64_t id = 0;
    std::int64_t place = 1;
};
struct RuleEnable {
    std::int64_t id = 0;
};
struct RuleDisable {
    std::int64_t id = 0;
};
struct RuleRemove {
    std::int64_t id = 0;
};
struct RuleTest {
    std::optional<std::string> workspace;
    std::optional<std::int64_t> rule;
    std::optional<std::string> file;
    std::optional<std::string> domain, mailbox;  // of the rule in the file
    std::int64_t last = 100;
    bool json = false;
};

struct TeamAdd {
    std::string name, workspace;
};
struct TeamList {
    bool json = false;
};
struct TeamRemove {
    std::string name, workspace;
};

}  // namespace program
