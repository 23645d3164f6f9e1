#include "store/settings.hpp"

#include "support/database.hpp"

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace store {
namespace {

using namespace std::chrono_literals;
using support::wait_for;

struct SettingsTest : testing::Test {
    support::Database database;
    boost::asio::io_context io;
    Pool pool{io.get_executor(), {database.conninfo(), 2, 10s}};
    SettingsStore store{pool};

    void make_desk() {
        ASSERT_TRUE(wait_for(io, store.add_workspace("acme")));
        ASSERT_TRUE(wait_for(io, store.add_domain("Acme.Example.", "acme", std::nullopt)));
        ASSERT_TRUE(wait_for(io, store.add_mailbox({.workspace = "acme",
                                                    .address = {"Support", "acme.example"},
                                                    .aliases = {{"help", "acme.example"}},
                                                    .display_name = "",
                                                    .plus_addressing = true})));
    }
    Snapshot snapshot() { return wait_for(io, store.snapshot()); }
    static void refused(const auto& outcome, const char* word) {
        ASSERT_FALSE(outcome) << word;
        EXPECT_NE(outcome.error().text.find(word), std::string::npos) << outcome.error().text;
    }
};

TEST_F(SettingsTest, WhatIsAddedIsFound) {
    make_desk();
    const Snapshot now = snapshot();
    const auto [match, id] = now.find({"HELP", "acme.example"});
    EXPECT_EQ(match, Snapshot::Match::found);
    EXPECT_EQ(now.mailboxes.at(id).address, "support@acme.example");
    EXPECT_EQ(now.mailboxes.at(id).aliases, std::vector<std::string>{"help@acme.example"});
    EXPECT_TRUE(now.mailboxes.at(id).domain_postmaster) << "the first mailbox answers for postmaster";
    EXPECT_TRUE(now.mailboxes.at(id).bare_postmaster);
    EXPECT_EQ(now.find({"postmaster", ""}).second, id);
}

TEST_F(SettingsTest, ALaterMailboxTakesNothingUnasked) {
    make_desk();
    ASSERT_TRUE(wait_for(
        io,
        store.add_mailbox(
            {.workspace = "acme", .address = {"sales", "acme.example"}, .aliases = {}, .display_name = ""})));
    EXPECT_EQ(snapshot().mailboxes.at(snapshot().find({"postmaster", "acme.example"}).second).address,
              "support@acme.example");
    ASSERT_TRUE(wait_for(io, store.add_mailbox({.workspace = "acme",
                                                .address = {"all", "acme.example"},
                                                .aliases = {},
                                                .display_name = "",
                                                .catch_all = true,
                                                .bare_postmaster = true})));
    const Snapshot now = snapshot();
    EXPECT_EQ(now.mailboxes.at(now.find({"whoever", "acme.example"}).second).address, "all@acme.example");
    EXPECT_EQ(now.mailboxes.at(now.find({"postmaster", ""}).second).address, "all@acme.example");
}

TEST_F(SettingsTest, RefusalsSayWhy) {
    make_desk();
    refused(wait_for(io, store.add_workspace("acme")), "already");
    refused(wait_for(io, store.add_workspace("")), "1 to 100");
    refused(wait_for(io, store.add_domain("acme.example", "acme", std::nullopt)), "already");
    refused(wait_for(io, store.add_domain("no domain", "acme", std::nullopt)), "no domain name");
    refused(wait_for(io, store.add_domain("b.example", "nobody", std::nullopt)), "no workspace");
    refused(wait_for(io, store.add_domain("b.example", "acme", mail::Mailbox{"x", "acme.example"})),
            "no mailbox");
    refused(
        wait_for(
            io, store.add_mailbox(
                    {.workspace = "acme", .address = {"a", "b.example"}, .aliases = {}, .display_name = ""})),
        "no domain");
    refused(wait_for(io, store.add_mailbox({.workspace = "acme",
                                            .address = {"HELP", "acme.example"},
                                            .aliases = {},
                                            .display_name = ""})),
            "already");
    refused(wait_for(io, store.remove_domain("acme.example")), "mailboxes");
    refused(wait_for(io, store.remove_domain("b.example")), "no domain");
    refused(wait_for(io, store.remove_mailbox({"nobody", "acme.example"})), "no mailbox");
    refused(wait_for(io, store.remove_workspace("acme")), "still has");
    refused(wait_for(io, store.remove_workspace("nobody")), "no workspace");
}

TEST_F(SettingsTest, AnAliasIsRemovedAlone) {
    make_desk();
    EXPECT_EQ(wait_for(io, store.remove_mailbox({"HELP", "acme.example"})).value().alias_of,
              "support@acme.example");
    EXPECT_EQ(snapshot().find({"help", "acme.example"}).first, Snapshot::Match::unknown_mailbox);
    EXPECT_EQ(snapshot().find({"support", "acme.example"}).first, Snapshot::Match::found);
    EXPECT_EQ(snapshot().find({"postmaster", ""}).first, Snapshot::Match::found);
    EXPECT_FALSE(wait_for(io, store.remove_mailbox({"support", "acme.example"})).value().alias_of);
    EXPECT_TRUE(snapshot().addresses.empty());
}

TEST_F(SettingsTest, ADomainsPostmasterCanBeAnother) {
    make_desk();
    ASSERT_TRUE(wait_for(
        io,
        store.add_mailbox(
            {.workspace = "acme", .address = {"sales", "acme.example"}, .aliases = {}, .display_name = ""})));
    ASSERT_TRUE(wait_for(io, store.set_postmaster("ACME.example", {"Sales", "acme.example"})));
    const Snapshot now = snapshot();
    EXPECT_EQ(now.mailboxes.at(now.find({"postmaster", "acme.example"}).second).address,
              "sales@acme.example");
    EXPECT_EQ(now.mailboxes.at(now.find({"postmaster", ""}).second).address, "support@acme.example")
        << "the bare one is another matter";
    refused(wait_for(io, store.set_postmaster("b.example", {"sales", "acme.example"})), "no domain");
    refused(wait_for(io, store.set_postmaster("acme.example", {"nobody", "acme.example"})), "no mailbox");
    ASSERT_TRUE(wait_for(io, store.add_workspace("other")));
    ASSERT_TRUE(wait_for(io, store.add_domain("other.example", "other", std::nullopt)));
    refused(wait_for(io, store.set_postmaster("other.example", {"sales", "acme.example"})),
            "of workspace other");
}

TEST_F(SettingsTest, WhatIsRemovedIsGone) {
    make_desk();
    ASSERT_TRUE(wait_for(io, store.remove_mailbox({"support", "acme.example"})));
    EXPECT_EQ(snapshot().find({"support", "acme.example"}).first, Snapshot::Match::unknown_mailbox);
    EXPECT_EQ(snapshot().find({"postmaster", ""}).first, Snapshot::Match::unknown_mailbox);
    ASSERT_TRUE(wait_for(io, store.remove_domain("acme.example")));
    EXPECT_EQ(snapshot().find({"support", "acme.example"}).first, Snapshot::Match::not_ours);
    ASSERT_TRUE(wait_for(io, store.remove_workspace("acme")));
    EXPECT_TRUE(wait_for(io, store.workspaces()).empty());
}

TEST_F(SettingsTest, PostmasterFallsToAMailboxThatIsLeft) {
    make_desk();
    const auto add = [&](const char* workspace, const char* local_part, const char* domain) {
        ASSERT_TRUE(wait_for(io, store.add_mailbox({.workspace = workspace,
                                                    .address = {local_part, domain},
                                                    .aliases = {},
                                                    .display_name = ""})));
    };
    ASSERT_TRUE(wait_for(io, store.add_workspace("other")));
    ASSERT_TRUE(wait_for(io, store.add_domain("other.example", "other", std::nullopt)));
    add("other", "info", "other.example");
    add("acme", "sales", "acme.example");
    add("acme", "press", "acme.example");
    const auto owner = [&](const char* domain) {
        const Snapshot now = snapshot();
        const auto [match, id] = now.find({"postmaster", domain});
        return match == Snapshot::Match::found ? now.mailboxes.at(id).address : "nobody";
    };
    ASSERT_TRUE(wait_for(io, store.remove_mailbox({"support", "acme.example"})));
    EXPECT_EQ(owner("acme.example"), "sales@acme.example");
    EXPECT_EQ(owner(""), "sales@acme.example") << "the same workspace's before an older one of another";
    ASSERT_TRUE(wait_for(io, store.remove_mailbox({"press", "acme.example"})));
    EXPECT_EQ(owner(""), "sales@acme.example");
    ASSERT_TRUE(wait_for(io, store.remove_mailbox({"sales", "acme.example"})));
    EXPECT_EQ(owner(""), "info@other.example");
    EXPECT_EQ(owner("acme.example"), "info@other.example") << "the bare one's, where the domain has none";
}

TEST_F(SettingsTest, AMissLooksOnceMore) {
    Settings settings(pool);
    wait_for(io, settings.refreshed());
    make_desk();
    EXPECT_EQ(settings.current()->find({"support", "acme.example"}).first, Snapshot::Match::not_ours);
    EXPECT_EQ(wait_for(io, settings.refreshed())->find({"support", "acme.example"}).first,
              Snapshot::Match::found);
}

TEST_F(SettingsTest, ChangesOfOthersArriveByThemselvesAndAfterAReconnect) {
    Settings settings(pool);
    boost::asio::cancellation_signal stop;
    bool ended = false;
    int lost = 0;
    boost::asio::co_spawn(
        io, settings.follow([&](const Error&) { ++lost; }),
        boost::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { ended = true; }));
    const auto knows = [&](const mail::Mailbox& address) {
        const auto until = std::chrono::steady_clock::now() + 10s;
        while (settings.current()->find(address).first != Snapshot::Match::found &&
               std::chrono::steady_clock::now() < until)
            io.run_one_for(100ms);
        return settings.current()->find(address).first == Snapshot::Match::found;
    };
    make_desk();
    EXPECT_TRUE(knows({"support", "acme.example"}));

    database.end_backends();
    ASSERT_TRUE(wait_for(
        io,
        store.add_mailbox(
            {.workspace = "acme", .address = {"sales", "acme.example"}, .aliases = {}, .display_name = ""})));
    EXPECT_TRUE(knows({"sales", "acme.example"}));
    // It may have been known by a reload that was under way.
    for (const auto until = std::chrono::steady_clock::now() + 10s;
         lost == 0 && std::chrono::steady_clock::now() < until;)
        io.run_one_for(100ms);
    EXPECT_EQ(lost, 1);

    stop.emit(boost::asio::cancellation_type::terminal);
    while (!ended) io.run_one();
}

}  // namespace
}  // namespace store
