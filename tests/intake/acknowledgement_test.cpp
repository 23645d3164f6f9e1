// Who is answered: every condition, each missing once; and what the plan makes of it.
#include "intake/acknowledgement.hpp"

#include "intake/plan.hpp"
#include "mail/read.hpp"
#include "tickets/ticket.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace intake {
namespace {

using std::string;

store::AcknowledgementWords words() {
    return {*tickets::Template::parse("We have it [{{ticket.short_id}}]"),
            *tickets::Template::parse("Hello {{person.name|there}}, \"{{ticket.subject}}\" is here.\n"),
            {},
            {}};
}

store::Snapshot settings() {
    store::Snapshot settings;
    settings.installation = "1f2e";
    settings.domains.emplace("desk.example", store::DomainInfo{"desk.example", "demo", {}, {}});
    for (const auto& [id, name] : {std::pair<std::int64_t, const char*>{10, "support"}, {11, "sales"}}) {
        store::MailboxInfo info{.id = {1, id}, .workspace_name = "demo"};
        info.address = string(name) + "@desk.example";
        info.display_name = "Acme";
        info.acknowledges = id == 10;
        if (id == 10) info.acknowledgement = std::make_shared<const store::AcknowledgementWords>(words());
        settings.addresses.emplace(info.address, info.id);
        settings.mailboxes.emplace(info.id, info);
    }
    return settings;
}

std::shared_ptr<Arrival> mail(const string& id = "1@client.example") {
    auto arrival = std::make_shared<Arrival>();
    arrival->intake = Uuid::make(std::chrono::system_clock::now());
    arrival->parts = {{1, {10}, "support@desk.example"}};
    arrival->message_id = id;
    arrival->subject = "printer";
    arrival->author_name = "Ann";
    arrival->reverse_path = "Ann@client.example";
    arrival->incoming.self = threading::id_key(id);
    arrival->incoming.author = "ann@client.example";
    arrival->incoming.body_digest = "body of " + id;
    arrival->incoming.verdict = auth::Verdict::pass;
    arrival->refs.emplace_back(arrival->incoming.self, threading::Role::self);
    return arrival;
}

struct Case {
    const char* why;
    std::function<void(Arrival&, store::Snapshot&)> change;
};

void author(Arrival& mail, const string& address) {
    mail.reverse_path = address;
    mail.incoming.author = mail::mailbox_of(address).key();
}

TEST(Acknowledgement, EachConditionIsNeeded) {
    const std::vector<Case> cases{
        {"", [](Arrival&, store::Snapshot&) {}},
        {"no_template",
         [](Arrival& mail, store::Snapshot&) {
             mail.parts[0].mailboxes = {11, 10};
         }},
        {"no_template",
         [](Arrival& mail, store::Snapshot&) {
             mail.parts[0].mailboxes = {11};
             mail.parts[0].policy.effects.acknowledge = true;
         }},
        {"off",
         [](Arrival&, store::Snapshot& desk) {
             desk.mailboxes.at({1, 10}).acknowledges = false;
         }},
        {"off", [](Arrival& mail, store::Snapshot&) { mail.parts[0].policy.effects.acknowledge = false; }},
        {"",
         [](Arrival& mail, store::Snapshot& desk) {
             desk.mailboxes.at({1, 10}).acknowledges = false;
             mail.parts[0].policy.effects.acknowledge = true;
         }},
        {"imported", [](Arrival& mail, store::Snapshot&) { mail.imported = true; }},
        {"kept_back",
         [](Arrival& mail, store::Snapshot&) { mail.parts[0].policy.action = policy::Action::hold; }},
        {"weak_signals",
         [](Arrival& mail, store::Snapshot&) { mail.kind.reasons = {"x_auto_response_suppress"}; }},
        {"null_reverse_path", [](Arrival& mail, store::Snapshot&) { mail.reverse_path.clear(); }},
        {"other_reverse_path",
         [](Arrival& mail, store::Snapshot&) { mail.reverse_path = "bounce@client.example"; }},
        {"other_reverse_path",
         [](Arrival& mail, store::Snapshot&) { mail.incoming.author = "victim@other.example"; }},
        {"other_reverse_path", [](Arrival& mail, store::Snapshot&) { mail.incoming.author.clear(); }},
        {"address", [](Arrival& mail, store::Snapshot&) { author(mail, "jörg@client.example"); }},
        {"no_person", [](Arrival& mail, store::Snapshot&) { author(mail, "postmaster@client.example"); }},
        {"no_person", [](Arrival& mail, store::Snapshot&) { author(mail, "no-reply@client.example"); }},
        {"no_person", [](Arrival& mail, store::Snapshot&) { author(mail, "mailer-daemon@client.example"); }},
        {"own_address", [](Arrival& mail, store::Snapshot&) { author(mail, "support@desk.example"); }},
        {"own_address", [](Arrival& mail, store::Snapshot&) { author(mail, "nobody@desk.example"); }},
        {"postmaster", [](Arrival& mail, store::Snapshot&) { mail.parts[0].postmasters = {10}; }},
    };
    for (const auto& [why, change] : cases)
        // A rule that asks for it changes whether it is wanted, and never whether it is safe.
        for (const bool asked : {false, true}) {
            auto arrival = mail();
            auto desk = settings();
            change(*arrival, desk);
            if (asked && !arrival->parts[0].policy.effects.acknowledge)
                arrival->parts[0].policy.effects.acknowledge = true;
            const string expected =
                asked && string(why) == "off" && arrival->parts[0].policy.effects.acknowledge == true ? ""
                                                                                                      : why;
            EXPECT_EQ(why_not_acknowledged(*arrival, arrival->parts[0], desk), expected) << why;
            apply_acknowledgements(*arrival, desk);
            EXPECT_EQ(arrival->parts[0].acknowledgement.has_value(), expected.empty()) << why;
        }
}

TEST(Acknowledgement, OnlyPeopleWhomSomebodyVouchesFor) {
    using enum ::mail::Kind;
    for (const auto kind : {auto_reply, out_of_office, bounce, list, loop, report}) {
        auto arrival = mail();
        arrival->kind.kind = kind;
        EXPECT_EQ(why_not_acknowledged(*arrival, arrival->parts[0], settings()), "kind");
    }
    for (const auto verdict : {auth::Verdict::none, auth::Verdict::temperror, auth::Verdict::fail}) {
        auto arrival = mail();
        arrival->incoming.verdict = verdict;
        EXPECT_EQ(why_not_acknowledged(*arrival, arrival->parts[0], settings()), "unverified");
    }
}

class Desk {
  public:
    store::BatchPlan take(std::vector<std::shared_ptr<const Arrival>> batch, store::Limits limits = {}) {
        for (const auto& [workspace, persons] : keys_of(batch).persons)
            for (const auto& person : persons)
                facts[workspace].persons.emplace(person.address, threading::id_key(person.address));
        return plan(
            batch, facts, now, [this] { return Uuid::make(now += std::chrono::milliseconds(1)); }, limits);
    }

    store::BatchFacts facts;
    store::Timestamp now = std::chrono::system_clock::now();
};

TEST(Acknowledgement, OfANewTicketIsQueued) {
    Desk desk;
    auto arrival = mail();
    apply_acknowledgements(*arrival, settings());
    const auto plan = desk.take({arrival});
    ASSERT_EQ(plan.acknowledgements.size(), 1U);
    const auto& queued = plan.acknowledgements[0];
    EXPECT_EQ(queued.recipient, "ann@client.example");
    EXPECT_EQ(queued.mailbox, 10);
    EXPECT_EQ(queued.interaction, plan.interactions.at(0).id);
    const auto header = ::mail::read_header(queued.message);
    const string number = tickets::short_id(plan.tickets.at(0).id);
    EXPECT_EQ(header.subject, "We have it [" + number + "]");
    EXPECT_EQ(header.from->address, "support@desk.example");
    EXPECT_EQ(header.from->name, "Acme");
    ASSERT_EQ(header.to.size(), 1U);
    EXPECT_EQ(header.to[0].address, "Ann@client.example");
    EXPECT_EQ(header.in_reply_to, std::vector<string>{"1@client.example"});
    EXPECT_EQ(::mail::read_message(queued.message).text, "Hello Ann, \"printer\" is here.\n");
    ASSERT_TRUE(header.message_id);
    EXPECT_EQ(plan.interactions[0].answer, threading::id_key(*header.message_id));
    EXPECT_EQ(::mail::read_kind(queued.message, header, {.reverse_path = "", .installation = "1f2e"}).kind,
              ::mail::Kind::loop);
}

TEST(Acknowledgement, OnlyWhatOpensATicketIsAnswered) {
    Desk desk;
    desk.take({mail()});
    auto reply = mail("2@client.example");
    reply->incoming.parents = {threading::id_key("1@client.example")};
    reply->refs.emplace_back(threading::id_key("1@client.example"), threading::Role::in_reply_to);
    auto again = mail();
    for (auto& each : {reply, again}) {
        apply_acknowledgements(*each, settings());
        ASSERT_TRUE(each->parts[0].acknowledgement);
        EXPECT_TRUE(desk.take({each}).acknowledgements.empty());
    }
    EXPECT_FALSE(bare(*again).parts[0].acknowledgement) << "nobody could read whose it is";
}

TEST(Floods, WhatIsTooMuchForOneMailboxIsHeld) {
    Desk desk;
    const store::Limits limits{.tickets_per_hour = 3};
    std::vector<std::shared_ptr<const Arrival>> batch;
    for (int i = 0; i < 5; ++i) batch.push_back(mail(std::to_string(i) + "@client.example"));
    auto other_mailbox = mail("5@client.example"), other_author = mail("6@client.example"),
         imported = mail("7@client.example"), joins = mail("8@client.example");
    other_mailbox->parts[0].mailboxes = {11};
    other_author->incoming.author = "bob@client.example";
    imported->imported = true;
    joins->incoming.parents = {threading::id_key("0@client.example")};
    for (const auto& each : {other_mailbox, other_author, imported, joins}) batch.push_back(each);
    EXPECT_EQ(keys_of(batch, limits).openers.at(1).size(), 3U);
    EXPECT_TRUE(keys_of(batch).openers.empty());
    const auto plan = desk.take(batch, limits);
    EXPECT_EQ(plan.interactions.size(), 9U) << "nothing is lost";
    string found;
    for (const auto& row : plan.dispositions)
        found += row.disposition == "held" ? row.reason == "flood" ? 'f' : '?' : 't';
    EXPECT_EQ(found, "tttfftttt");
    EXPECT_EQ(plan.interactions[3].reason,
              "none/pass/newcomer: open; flood: hold (3 tickets within an hour)");
    EXPECT_FALSE(plan.interactions[3].ticket);
}

TEST(Floods, TicketsThatAreThereCount) {
    Desk desk;
    desk.facts[1].opened[{"ann@client.example", 10}] = 3;
    auto arrival = mail();
    apply_acknowledgements(*arrival, settings());
    const auto plan = desk.take({arrival}, {.tickets_per_hour = 3});
    EXPECT_EQ(plan.dispositions.at(0).reason, "flood");
    EXPECT_TRUE(plan.acknowledgements.empty());
    EXPECT_TRUE(plan.tickets.empty());
    EXPECT_EQ(desk.take({mail("2@client.example")}).tickets.size(), 1U) << "no limit";
}

}  // namespace
}  // namespace intake
