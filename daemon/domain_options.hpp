// Options of `ticketgate domain set|check|dkim` and `ticketgate address-key`; see daemon/cli.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace program {

struct DomainSet {
    std::string domain;
    std::optional<std::string> bounce_domain, reply_domain;
};
struct DomainCheckOptions {
    std::string domain;
    std::vector<std::string> addresses, mail_hosts;
    bool json = false;
};

struct DkimAdd {
    std::string domain;
    std::string algorithm = "both";
    std::optional<std::string> selector;
    bool activate = false, json = false;
};
struct DkimActivate {
    std::string domain;
    std::vector<std::string> selectors;  // none: those that have not signed yet
    bool unseen = false;                 // also where DNS does not have the record
};
struct DkimRetire {
    std::string domain, selector;
};
struct DkimList {
    std::optional<std::string> domain;
    bool json = false;
};

struct AddressKeyList {
    bool json = false;
};
struct AddressKeyRotate {};
struct AddressKeyRemove {
    std::int64_t id = 0;
};

}  // namespace program
