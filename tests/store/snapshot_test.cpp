// Whose recipient is it? One line a case.
#include "store/settings.hpp"

#include <gtest/gtest.h>

namespace store {
namespace {

using Match = Snapshot::Match;

Snapshot desk() {
    Snapshot snapshot;
    const auto mailbox = [&](std::int64_t id, const std::string& address, bool plus) {
        snapshot.mailboxes[{1, id}] = {.id = {1, id},
                                       .workspace_name = "w",
                                       .address = address,
                                       .display_name = "",
                                       .plus_addressing = plus,
                                       .aliases = {}};
        snapshot.addresses[address] = {1, id};
    };
    mailbox(1, "support@desk.example", true);
    mailbox(2, "sales@desk.example", false);
    mailbox(3, "all@catch.example", false);
    snapshot.addresses["help@desk.example"] = {1, 1};
    snapshot.domains["desk.example"] = {"desk.example", "w", MailboxId{1, 2}, {}};
    snapshot.domains["catch.example"] = {"catch.example", "w", {}, MailboxId{1, 3}};
    snapshot.postmaster = MailboxId{1, 1};
    return snapshot;
}

struct Case {
    const char *local, *domain;
    Match match;
    std::int64_t mailbox;
};

TEST(Snapshot, FindsTheMailboxOfARecipient) {
    const Snapshot snapshot = desk();
    for (const auto& [local, domain, match, mailbox] : std::initializer_list<Case>{
             {"support", "desk.example", Match::found, 1},
             {"SUPPORT", "desk.example", Match::found, 1},
             {"help", "desk.example", Match::found, 1},
             {"support+order-7", "desk.example", Match::found, 1},
             {"help+x", "desk.example", Match::found, 1},
             {"sales+x", "desk.example", Match::unknown_mailbox, 0},
             {"+x", "desk.example", Match::unknown_mailbox, 0},
             {"nobody", "desk.example", Match::unknown_mailbox, 0},
             {"", "desk.example", Match::unknown_mailbox, 0},
             {"postmaster", "desk.example", Match::found, 2},
             {"PostMaster", "desk.example", Match::found, 2},
             {"postmasters", "desk.example", Match::unknown_mailbox, 0},
             {"postmaster", "catch.example", Match::found, 1},
             {"anything", "catch.example", Match::found, 3},
             {"postmaster", "", Match::found, 1},
             {"support", "", Match::unknown_mailbox, 0},
             {"support", "other.example", Match::not_ours, 0},
             {"support", "sub.desk.example", Match::not_ours, 0},
             {"postmaster", "other.example", Match::not_ours, 0},
             {"support", "[127.0.0.1]", Match::not_ours, 0},
         }) {
        const auto [found, id] = snapshot.find({local, domain});
        EXPECT_EQ(found, match) << local << "@" << domain;
        if (match == Match::found) EXPECT_EQ(id.mailbox, mailbox) << local << "@" << domain;
    }
}

TEST(Snapshot, AnAddressWhoseMailboxIsMissingEndsNoSession) {
    Snapshot snapshot = desk();
    snapshot.addresses["late@desk.example"] = {1, 9};
    EXPECT_EQ(snapshot.find({"late+x", "desk.example"}).first, Match::unknown_mailbox);
}

TEST(Snapshot, AnEmptyInstallationKnowsNobody) {
    EXPECT_EQ(Snapshot().find({"postmaster", ""}).first, Match::unknown_mailbox);
    EXPECT_EQ(Snapshot().find({"a", "b.example"}).first, Match::not_ours);
}

}  // namespace
}  // namespace store
