// What batches of mails become, with facts in memory: the store's part is played by the facts that stay
// from one batch to the next.
#include "intake/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace intake {
namespace {

using std::string;
using threading::Role;

std::shared_ptr<Arrival> mail(const string& id, std::vector<string> references = {},
                              const string& author = "ann@x") {
    auto arrival = std::make_shared<Arrival>();
    arrival->intake = Uuid::make(std::chrono::system_clock::now());
    arrival->parts = {{1, {10}, "support@desk"}};
    arrival->message_id = id;
    arrival->subject = "about " + id;
    arrival->incoming.self = threading::id_key(id);
    arrival->incoming.author = author;
    arrival->incoming.body_digest = "body of " + id;
    arrival->refs.emplace_back(arrival->incoming.self, Role::self);
    for (const auto& reference : references) {
        arrival->refs.emplace_back(threading::id_key(reference), Role::reference);
        arrival->incoming.parents.push_back(threading::id_key(reference));
    }
    return arrival;
}

// Keeps what the plans wrote, as the database would.
class Desk {
  public:
    store::BatchPlan take(std::vector<std::shared_ptr<const Arrival>> batch) {
        store::BatchFacts& facts = facts_;
        for (const auto& [workspace, persons] : keys_of(batch).persons)
            for (const auto& person : persons)
                facts[workspace].persons.emplace(person.address, threading::id_key(person.address));
        auto plan = intake::plan(batch, facts, now_,
                                 [this] { return Uuid::make(now_ += std::chrono::milliseconds(1)); });
        for (const auto& interaction : plan.interactions)
            interactions[interaction.message_id.value_or("")] = interaction;
        for (const auto& row : plan.dispositions) dispositions.push_back(row);
        return plan;
    }
    store::BatchPlan take(const std::shared_ptr<Arrival>& one) {
        return take(std::vector<std::shared_ptr<const Arrival>>{one});
    }

    // Which messages are together, by their ids.
    std::set<std::set<string>> partition() {
        std::map<Uuid, std::set<string>> sets;
        for (const auto& [id, interaction] : interactions)
            sets[facts_[1].threads.find(interaction.thread)].insert(id);
        std::set<std::set<string>> result;
        for (auto& entry : sets) result.insert(std::move(entry.second));
        return result;
    }

    std::map<string, store::NewInteraction> interactions;
    std::vector<store::Disposition> dispositions;

  private:
    store::BatchFacts facts_;
    store::Timestamp now_ = std::chrono::system_clock::now();
};

TEST(Plan, AFirstMailIsATicketOfItsAuthor) {
    Desk desk;
    const auto plan = desk.take(mail("1"));
    ASSERT_EQ(plan.tickets.size(), 1U);
    EXPECT_EQ(plan.tickets[0].subject, "about 1");
    EXPECT_EQ(plan.tickets[0].person, threading::id_key("ann@x"));
    EXPECT_EQ(plan.tickets[0].email_sender, "support@desk");
    EXPECT_EQ(plan.tickets[0].participants, std::vector<string>{"ann@x"});
    ASSERT_EQ(plan.interactions.size(), 1U);
    EXPECT_EQ(plan.interactions[0].ticket, plan.tickets[0].id);
    EXPECT_EQ(plan.interactions[0].reason, "none/none/newcomer: open");
    ASSERT_EQ(plan.dispositions.size(), 1U);
    EXPECT_EQ(plan.dispositions[0].disposition, "ticketed");
    EXPECT_EQ(plan.dispositions[0].reason, "new_ticket");
}

TEST(Plan, MailsOfOneBatchFindEachOther) {
    Desk desk;
    const auto plan = desk.take({mail("1"), mail("2", {"1"}), mail("3", {"1", "2"})});
    EXPECT_EQ(plan.tickets.size(), 1U);
    EXPECT_EQ(plan.joins.size(), 2U);
    for (const auto& interaction : plan.interactions) {
        EXPECT_EQ(interaction.ticket, plan.tickets[0].id);
        EXPECT_EQ(interaction.thread, plan.interactions[0].thread);
    }
    EXPECT_TRUE(plan.united_threads.empty()) << "nothing of it was stored before";
}

// By LMTP, where a refusal would come too late. A thread that knows it does not make it better.
TEST(Plan, WhatWouldHaveBeenRefusedIsHeldWithItsReason) {
    Desk desk;
    desk.take(mail("1"));
    for (const char* objection : {"message_size", "header_size", "hops", "bare_newline"})
        for (const auto& references : {std::vector<string>{}, {"1"}}) {
            auto arrival = mail(objection + std::to_string(references.size()), references);
            arrival->parts[0].policy = {
                .action = policy::Action::hold, .reason = objection, .evidence = "in place of a refusal"};
            const auto plan = desk.take(arrival);
            EXPECT_TRUE(plan.tickets.empty());
            EXPECT_TRUE(plan.joins.empty());
            ASSERT_EQ(plan.interactions.size(), 1U);
            EXPECT_FALSE(plan.interactions[0].ticket);
            EXPECT_TRUE(plan.interactions[0].reason.ends_with(string("; ") + objection +
                                                              ": hold (in place of a refusal)"))
                << plan.interactions[0].reason;
            ASSERT_EQ(plan.dispositions.size(), 1U);
            EXPECT_EQ(plan.dispositions[0].disposition, "held");
            EXPECT_EQ(plan.dispositions[0].reason, objection);
        }
    auto whole = mail("2");
    auto held = mail("2");
    held->parts[0].policy = {.action = policy::Action::hold, .reason = "hops"};
    desk.take(held);
    EXPECT_EQ(desk.take(whole).tickets.size(), 1U) << "what is held makes nothing a duplicate";
}

struct Fate {
    const char* kind;
    store::AutomaticMail automatic, bounces;
    const char *unknown, *known;  // disposition where no ticket knows it, and where one does
};

TEST(Plan, TheKindDecidesWhatBecomesOfAMail) {
    using enum store::AutomaticMail;
    const std::vector<Fate> fates{
        {"human", discard, discard, "ticketed", "ticketed"},
        {"list", ticket, hold, "ticketed", "ticketed"},
        {"auto_reply", ticket, hold, "ticketed", "ticketed"},
        {"out_of_office", ticket, hold, "ticketed", "ticketed"},
        {"bounce", ticket, hold, "held", "ticketed"},
        {"report", ticket, hold, "held", "ticketed"},
        {"loop", ticket, hold, "held", "held"},
        {"list", hold, ticket, "held", "ticketed"},
        {"auto_reply", discard, ticket, "discarded", "ticketed"},
        {"out_of_office", hold, ticket, "held", "ticketed"},
        {"bounce", hold, ticket, "ticketed", "ticketed"},
        {"report", ticket, discard, "discarded", "ticketed"},
        {"loop", ticket, ticket, "held", "held"},
        {"loop", ticket, discard, "discarded", "discarded"},
    };
    for (const Fate& fate : fates) {
        SCOPED_TRACE(fate.kind);
        Desk desk;
        desk.take(mail("1"));
        auto unknown = mail("2"), known = mail("3", {"1"});
        for (auto& each : {unknown, known}) {
            each->kind.kind = *::mail::kind_named(fate.kind);
            each->parts[0].automatic = fate.automatic;
            each->parts[0].bounces = fate.bounces;
        }
        const bool is_persons = std::string_view(fate.kind) == "human";
        const auto first = desk.take(unknown);
        EXPECT_EQ(first.dispositions.at(0).disposition, fate.unknown);
        if (first.dispositions.at(0).disposition != "ticketed")
            EXPECT_EQ(first.dispositions.at(0).reason, fate.kind);
        EXPECT_EQ(first.tickets.size(), first.dispositions.at(0).disposition == "ticketed" ? 1U : 0U);
        const auto second = desk.take(known);
        EXPECT_EQ(second.dispositions.at(0).disposition, fate.known);
        if (second.dispositions.at(0).disposition == "ticketed") {
            ASSERT_EQ(second.joins.size(), 1U);
            EXPECT_EQ(second.joins[0].opens, is_persons);
        } else {
            EXPECT_TRUE(second.joins.empty());
        }
        for (const auto* plan : {&first, &second})
            EXPECT_EQ(plan->interactions.size(),
                      plan->dispositions.at(0).disposition == "discarded" ? 0U : 1U);
    }
}

TEST(Plan, TheSameMailTwiceIsADuplicateInOneBatchOrTwo) {
    Desk desk;
    const auto first = mail("1");
    const auto plan = desk.take({first, mail("1")});
    EXPECT_EQ(plan.interactions.size(), 1U);
    ASSERT_EQ(plan.dispositions.size(), 2U);
    EXPECT_EQ(plan.dispositions[1].disposition, "duplicate");
    EXPECT_EQ(plan.dispositions[1].interaction, plan.interactions[0].id);
    const auto again = desk.take(mail("1"));
    EXPECT_TRUE(again.interactions.empty());
    EXPECT_EQ(again.dispositions[0].disposition, "duplicate");
}

TEST(Plan, TheSameMailToAnotherMailboxIsOneInteractionWithBoth) {
    Desk desk;
    desk.take(mail("1"));
    auto copy = mail("1");
    copy->parts = {{1, {11}, "sales@desk"}};
    const auto plan = desk.take(copy);
    EXPECT_TRUE(plan.interactions.empty());
    ASSERT_EQ(plan.dispositions.size(), 1U);
    EXPECT_EQ(plan.dispositions[0].disposition, "ticketed");
    EXPECT_EQ(plan.dispositions[0].reason, "same_mail");
    ASSERT_EQ(plan.mailboxes.size(), 1U);
    EXPECT_EQ(plan.mailboxes[0].mailbox, 11);
    EXPECT_EQ(desk.take(copy).dispositions[0].disposition, "duplicate");
}

TEST(Plan, EveryMailboxOfAMailHasOneDisposition) {
    Desk desk;
    auto to_two = mail("1");
    to_two->parts = {{1, {10, 11}, "support@desk"}, {2, {20}, "info@other"}};
    const auto plan = desk.take(to_two);
    EXPECT_EQ(plan.interactions.size(), 2U) << "one a workspace";
    EXPECT_EQ(plan.tickets.size(), 2U);
    std::set<std::pair<std::int64_t, std::int64_t>> seen;
    for (const auto& row : plan.dispositions) seen.emplace(row.workspace, row.mailbox);
    EXPECT_EQ(seen.size(), 3U);
    EXPECT_EQ(plan.dispositions.size(), 3U);
}

TEST(Plan, AnotherWorkspacesIdsMeanNothing) {
    Desk desk;
    desk.take(mail("1"));
    auto elsewhere = mail("2", {"1"});
    elsewhere->parts = {{2, {20}, "info@other"}};
    const auto plan = desk.take(elsewhere);
    EXPECT_EQ(plan.tickets.size(), 1U);
    EXPECT_TRUE(plan.joins.empty());
}

TEST(Plan, ANewcomerBringsNobodyWithHim) {
    Desk desk;
    desk.take(mail("1"));
    auto eve = mail("2", {"1"}, "eve@x");
    eve->incoming.correspondents = {"mallory@x"};
    const auto plan = desk.take(eve);
    ASSERT_EQ(plan.joins.size(), 1U);
    EXPECT_TRUE(plan.joins[0].new_participants.empty());
    EXPECT_TRUE(plan.interactions[0].marked);
    EXPECT_EQ(plan.interactions[0].reason, "stored_id/none/newcomer: join_marked");
    EXPECT_EQ(desk.take(mail("3", {"2"}, "mallory@x")).interactions[0].reason,
              "stored_id/none/newcomer: join_marked");
}

// Anybody can write in a participant's name, and themselves into the Cc; what they write then as themselves
// is verified.
TEST(Plan, WhomAParticipantsVerifiedMailNamesIsPartOfTheConversation) {
    using auth::Verdict;
    struct Row {
        Verdict verdict;
        mail::Kind kind;
        const char* author;
        bool becomes;
    };
    for (const auto& [verdict, kind, author, becomes] :
         {Row{Verdict::pass, mail::Kind::human, "ann@x", true},
          Row{Verdict::none, mail::Kind::human, "ann@x", false},
          Row{Verdict::temperror, mail::Kind::human, "ann@x", false},
          Row{Verdict::fail, mail::Kind::human, "ann@x", false},
          Row{Verdict::pass, mail::Kind::auto_reply, "ann@x", false},
          Row{Verdict::pass, mail::Kind::human, "eve@x", false}}) {
        Desk desk;
        desk.take(mail("1"));
        auto second = mail("2", {"1"}, author);
        second->incoming.correspondents = {"bob@x"};
        second->incoming.verdict = verdict;
        second->kind.kind = kind;
        second->parts[0].takes_disowned = true;
        const auto joins = desk.take(second).joins;
        ASSERT_EQ(joins.size(), 1U);
        const std::string row = std::string(auth::name(verdict)) + " " + author;
        EXPECT_EQ(joins[0].new_participants, becomes ? std::vector<string>{"bob@x"} : std::vector<string>())
            << row;
        auto bobs = mail("3", {"2"}, "bob@x");
        bobs->incoming.verdict = Verdict::pass;
        EXPECT_EQ(desk.take(bobs).interactions[0].reason,
                  becomes ? "stored_id/pass/participant: join" : "stored_id/pass/newcomer: join_marked")
            << row;
    }
}

TEST(Plan, ADisownedMailThatOpensATicketBringsItsAuthorAlone) {
    using auth::Verdict;
    for (const auto verdict : {Verdict::pass, Verdict::none, Verdict::temperror, Verdict::fail}) {
        Desk desk;
        auto first = mail("1");
        first->incoming.correspondents = {"bob@x"};
        first->incoming.verdict = verdict;
        first->parts[0].takes_disowned = true;
        EXPECT_EQ(desk.take(first).tickets.at(0).participants, verdict == Verdict::fail
                                                                   ? std::vector<string>{"ann@x"}
                                                                   : std::vector<string>({"ann@x", "bob@x"}))
            << auth::name(verdict);
    }
}

TEST(Plan, TwoTicketsOfOnePersonMergeWhenAMailConnectsThem) {
    Desk desk;
    const Uuid older = desk.take(mail("1")).tickets[0].id;
    const Uuid younger = desk.take(mail("2")).tickets[0].id;
    const auto plan = desk.take(mail("3", {"2", "1"}));
    ASSERT_EQ(plan.merges.size(), 1U);
    EXPECT_EQ(plan.merges[0].from, younger);
    EXPECT_EQ(plan.merges[0].to, older);
    EXPECT_EQ(plan.united_threads.size(), 1U);
    EXPECT_EQ(desk.take(mail("4", {"2"})).interactions[0].ticket, older) << "merged tickets are followed";
}

// Whoever opened a ticket in Ann's name, with themselves in the Cc, comes into hers by no other forgery.
TEST(Plan, AMailThatNobodyVouchesForMergesNobodyIn) {
    using auth::Verdict;
    struct Row {
        const char *first, *second;  // who is in the Cc of the tickets' first mails
        Verdict verdict;
        bool merges;
    };
    for (const auto& [first, second, verdict, merges] :
         {Row{"", "eve@x", Verdict::none, false}, Row{"eve@x", "", Verdict::none, false},
          Row{"eve@x", "", Verdict::fail, false}, Row{"", "eve@x", Verdict::pass, true},
          Row{"bob@x", "bob@x", Verdict::none, true}, Row{"", "", Verdict::temperror, true}}) {
        Desk desk;
        auto one = mail("1"), two = mail("2"), both = mail("3", {"2", "1"});
        if (*first) one->incoming.correspondents = {first};
        if (*second) two->incoming.correspondents = {second};
        const Uuid older = desk.take(one).tickets[0].id, younger = desk.take(two).tickets[0].id;
        both->incoming.verdict = verdict;
        both->parts[0].takes_disowned = true;
        const auto plan = desk.take(both);
        EXPECT_EQ(plan.merges.size(), merges ? 1U : 0U) << first << "/" << second;
        ASSERT_EQ(plan.links.size(), merges ? 0U : 1U) << first << "/" << second;
        ASSERT_EQ(plan.joins.size(), 1U);
        if (merges) continue;
        EXPECT_EQ(plan.joins[0].ticket, younger);
        EXPECT_EQ(plan.links[0].to, older);
        EXPECT_EQ(plan.united_threads.size(), 1U) << "the thread is what the ids say";
    }
}

TEST(Plan, AMailThatFailsVerificationIsHeldEverywhere) {
    Desk desk;
    auto forged = mail("1");
    forged->incoming.verdict = auth::Verdict::fail;
    forged->parts = {{1, {10, 11}, "support@desk"}};
    const auto plan = desk.take(forged);
    EXPECT_TRUE(plan.tickets.empty());
    EXPECT_EQ(plan.interactions[0].ticket, std::nullopt);
    for (const auto& row : plan.dispositions) {
        EXPECT_EQ(row.disposition, "held");
        EXPECT_EQ(row.reason, "failed_verification");
    }
    EXPECT_EQ(desk.take(mail("1")).dispositions[0].disposition, "ticketed")
        << "the genuine mail is no duplicate of it";
}

TEST(Plan, StoredThreadsThatAMailConnectsAreUnitedInTheStore) {
    store::BatchFacts facts;
    auto& known = facts[1].facts;
    for (const char* name : {"1", "2"}) {
        threading::KnownMessage message;
        message.interaction = message.thread = threading::id_key(string("stored ") + name);
        message.author = "ann@x";
        known.add(message);
        known.claim(threading::id_key(name), Role::self, message.interaction);
    }
    const auto plan = intake::plan({mail("3", {"1", "2"})}, facts, {},
                                   [] { return Uuid::make(std::chrono::system_clock::now()); });
    ASSERT_EQ(plan.united_threads.size(), 1U);
    const auto& threads = plan.united_threads[0].second;
    for (const char* name : {"stored 1", "stored 2"})
        EXPECT_TRUE(std::ranges::count(threads, threading::id_key(name))) << name;
    EXPECT_TRUE(std::ranges::count(threads, plan.interactions[0].thread))
        << "what the new row bears is among them";
}

// Whatever the order and the grouping: the same threads, every mail once, one disposition each.
TEST(Plan, ThreadsDependNeitherOnOrderNorOnGrouping) {
    std::mt19937 random(7);
    for (int round = 0; round < 60; ++round) {
        std::vector<std::shared_ptr<Arrival>> mails;
        for (int n = 0; n < 40; ++n) {
            std::vector<string> references;
            for (unsigned i = random() % 3; i > 0; --i) references.push_back(std::to_string(random() % 60));
            mails.push_back(mail(std::to_string(n), references, "person" + std::to_string(random() % 4)));
        }
        std::set<std::set<string>> expected;
        for (int order = 0; order < 4; ++order) {
            Desk desk;
            for (std::size_t at = 0; at < mails.size();) {
                std::vector<std::shared_ptr<const Arrival>> batch;
                for (std::size_t n = 1 + random() % 32; n > 0 && at < mails.size(); --n)
                    batch.push_back(mails[at++]);
                desk.take(batch);
            }
            EXPECT_EQ(desk.interactions.size(), mails.size());
            EXPECT_EQ(desk.dispositions.size(), mails.size());
            if (order == 0) expected = desk.partition();
            EXPECT_EQ(desk.partition(), expected) << "round " << round;
            std::ranges::shuffle(mails, random);
        }
    }
}

std::shared_ptr<Arrival> with_policy(std::shared_ptr<Arrival> arrival, policy::Action action) {
    auto& policy = arrival->parts[0].policy;
    policy.action = action;
    policy.reason = "rule";
    policy.evidence = "rule 7: x\nrule 8: y";
    policy.rules = {7, 8};
    policy.effects.tags = {"a"};
    policy.effects.acknowledge = false;
    return arrival;
}

TEST(Plan, WhatRulesDoIsDoneToTheTicketThatAMailOpensOrJoins) {
    Desk desk;
    const auto opened = desk.take(with_policy(mail("1"), policy::Action::accept));
    ASSERT_EQ(opened.effects.size(), 1U);
    EXPECT_EQ(opened.effects[0].ticket, opened.tickets.at(0).id);
    EXPECT_EQ(opened.effects[0].effects.tags, std::vector<string>{"a"});
    EXPECT_NE(opened.interactions.at(0).policy.value_or("").find("\"rules\":[7,8]"), string::npos);
    const auto joined = desk.take(with_policy(mail("2", {"1"}), policy::Action::accept));
    ASSERT_EQ(joined.effects.size(), 1U);
    EXPECT_EQ(joined.effects[0].ticket, opened.tickets[0].id);
    EXPECT_TRUE(desk.take(with_policy(mail("1"), policy::Action::accept)).effects.empty()) << "a duplicate";

    auto acknowledged = mail("3");
    acknowledged->parts[0].policy.effects.acknowledge = true;
    EXPECT_TRUE(desk.take(acknowledged).effects.empty()) << "nothing of it is the ticket's";
    EXPECT_EQ(desk.take(mail("4")).interactions.at(0).policy, std::nullopt);
}

TEST(Plan, OfWhatRulesHoldTheEffectsAreKeptForItsRelease) {
    Desk desk;
    const auto held = desk.take(with_policy(mail("1"), policy::Action::hold));
    EXPECT_TRUE(held.effects.empty());
    ASSERT_EQ(held.interactions.size(), 1U);
    EXPECT_EQ(held.interactions[0].reason, "none/none/newcomer: open; rule: hold (rule 7: x;rule 8: y)");
    EXPECT_NE(held.interactions[0].policy.value_or("").find("\"tags\":[\"a\"]"), string::npos);
    EXPECT_EQ(held.dispositions.at(0).reason, "rule");
    const auto gone = desk.take(with_policy(mail("2"), policy::Action::discard));
    EXPECT_TRUE(gone.interactions.empty());
    EXPECT_EQ(gone.dispositions.at(0).disposition, "discarded");
}

}  // namespace
}  // namespace intake
