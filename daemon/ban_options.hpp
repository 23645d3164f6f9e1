// Options of the commands about bans; see daemon/cli.hpp. docs/policy.md says what they mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace program {

// Whose bans, rules or reasons: a workspace's, or the installation's.
struct BanOwner {
    std::optional<std::string> workspace;
    bool installation = false;
};

struct BanAdd {
    BanOwner owner;
    std::optional<std::string> person, address, domain, network;  // one of them
    bool subdomains = false, plus = false;
    std::string reason;
    std::optional<std::string> length;  // none: as the ban rules say
    std::string effect = "refuse";
    bool json = false;
};
struct BanList {
    BanOwner owner;
    bool all = false;  // those too that are over
    std::int64_t limit = 100;
    bool json = false;
};
struct BanShow {
    std::string id;
    bool json = false;
};
struct BanLift {
    std::string id;
};
struct BanHistory {
    BanOwner owner;
    std::string subject;
    std::int64_t limit = 100;
    bool json = false;
};
struct BanWordsCommand {
    BanOwner owner;
    std::optional<std::string> text;  // none: show them
    bool json = false;
};

struct BanRuleAdd {
    BanOwner owner;
    int offences = 0;
    std::string length;
};
struct BanRuleList {
    BanOwner owner;
    bool json = false;
};
struct BanRuleRemove {
    BanOwner owner;
    int offences = 0;
};

struct BanReasonAdd {
    BanOwner owner;
    std::string reason;
};
struct BanReasonList {
    BanOwner owner;
    bool json = false;
};
struct BanReasonRemove {
    BanOwner owner;
    std::string reason;
};

}  // namespace program
