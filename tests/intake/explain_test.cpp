#include "intake/explain.hpp"

#include <gtest/gtest.h>

namespace intake {
namespace {

using threading::id_key;
using threading::Role;

const Uuid first = id_key("first interaction"), second = id_key("second interaction");
const Uuid first_ticket = id_key("first ticket"), second_ticket = id_key("second ticket");

// Two tickets of two mails: 1@c and 2@c.
store::BatchFacts desk() {
    store::BatchFacts facts;
    auto& known = facts[1].facts;
    known.add({.interaction = first,
               .ticket = first_ticket,
               .thread = first,
               .author = "ann@x",
               .correspondents = {},
               .body_digest = "1",
               .mailboxes = {10}});
    known.add({.interaction = second,
               .ticket = second_ticket,
               .thread = second,
               .author = "bob@x",
               .correspondents = {},
               .body_digest = "2",
               .mailboxes = {10}});
    known.add({first_ticket, "ann@x", {"ann@x"}, {}, false}, "aaaaaaaa");
    known.add({second_ticket, "bob@x", {"bob@x"}, {}, false}, "bbbbbbbb");
    known.claim(id_key("1@c"), Role::self, first);
    known.claim(id_key("0@c"), Role::reference, first);
    known.claim(id_key("2@c"), Role::self, second);
    return facts;
}

std::shared_ptr<Arrival> mail(const std::string& id, const std::vector<std::string>& parents,
                              const std::string& body = "new") {
    auto arrival = std::make_shared<Arrival>();
    arrival->parts = {{1, {10}, "support@desk"}};
    arrival->incoming.self = id_key(id);
    arrival->incoming.author = "ann@x";
    arrival->incoming.body_digest = body;
    for (const auto& parent : parents) arrival->incoming.parents.push_back(id_key(parent));
    return arrival;
}

TEST(Explain, EveryCandidateIsNamedWithItsCell) {
    const auto explained = explain(mail("3@c", {"1@c", "2@c"}), desk());
    EXPECT_EQ(explained.disposition, "ticketed");
    EXPECT_EQ(explained.reason, "stored_id");
    EXPECT_EQ(explained.ticket, first_ticket);
    EXPECT_FALSE(explained.opens_ticket);
    ASSERT_EQ(explained.tried.size(), 2U);
    EXPECT_EQ(explained.tried[0].ticket, first_ticket);
    EXPECT_EQ(explained.tried[0].author, threading::Author::participant);
    EXPECT_EQ(explained.tried[0].outcome, threading::Outcome::join_marked);
    EXPECT_EQ(explained.tried[1].ticket, second_ticket);
    EXPECT_EQ(explained.tried[1].author, threading::Author::newcomer);
    EXPECT_EQ(explained.links, std::vector<Uuid>{second_ticket});
    EXPECT_EQ(explained.threads.size(), 2U) << "they would become one";
}

TEST(Explain, TheAddressOfOursThatItCameToIsACandidate) {
    auto facts = desk();
    const Uuid address = id_key("a reply address");
    const auto answer = mail("3@c", {"1@c"});
    answer->parts.front().reply_address = address;
    facts[1].reply_addresses[address] = {.ticket = second_ticket, .agent = {}, .agent_address = {}};
    auto explained = explain(answer, facts);
    EXPECT_EQ(explained.row, "signed_address/none/newcomer: join_marked");
    EXPECT_EQ(explained.ticket, second_ticket);
    ASSERT_EQ(explained.tried.size(), 2U);
    EXPECT_EQ(explained.tried[0].ticket, second_ticket);
    EXPECT_EQ(explained.tried[0].proof, threading::Proof::signed_address);
    EXPECT_EQ(explained.tried[0].outcome, threading::Outcome::join_marked);

    facts[1].reply_addresses[address].agent = 7;
    facts[1].reply_addresses[address].agent_address = "ann@x";
    answer->incoming.verdict = auth::Verdict::pass;
    answer->one_author = true;
    answer->written_to = {address};
    explained = explain(answer, facts);
    EXPECT_EQ(explained.row, "signed_address/pass/agent: join");
    EXPECT_EQ(explained.tried.at(0).author, threading::Author::agent);
}

TEST(Explain, ADisownedMailIsTriedAsItWouldBeWritten) {
    const auto disowned = mail("3@c", {"1@c"});
    disowned->incoming.verdict = auth::Verdict::fail;
    EXPECT_EQ(explain(disowned, desk()).tried.at(0).outcome, threading::Outcome::hold);
    disowned->parts.front().takes_disowned = true;
    const auto explained = explain(disowned, desk());
    EXPECT_EQ(explained.row, "stored_id/none/participant: join_marked");
    EXPECT_EQ(explained.tried.at(0).outcome, threading::Outcome::join_marked);
}

TEST(Explain, LimitsAndAnswersAreThoseOfTheWriters) {
    auto facts = desk();
    facts[1].opened[{"ann@x", 10}] = 5;
    const auto fresh = mail("9@c", {});
    EXPECT_EQ(explain(fresh, facts, {.tickets_per_hour = 5}).reason, "flood");
    EXPECT_EQ(explain(fresh, facts, {.tickets_per_hour = 6}).reason, "new_ticket");
    EXPECT_FALSE(explain(fresh, facts).acknowledged);
    auto words = std::make_shared<store::AcknowledgementWords>(store::AcknowledgementWords{
        tickets::Template::parse("s").value(), tickets::Template::parse("t").value(), "s", "t"});
    fresh->parts.front().acknowledgement = Acknowledgement{.words = words,
                                                           .from = {"support", "desk"},
                                                           .from_name = "",
                                                           .to = {"ann", "x"},
                                                           .installation = "i"};
    EXPECT_TRUE(explain(fresh, facts).acknowledged);
    EXPECT_FALSE(explain(fresh, facts, {.tickets_per_hour = 5}).acknowledged) << "it is held";
}

TEST(Explain, AMailThatIsHereAlreadyIsADuplicate) {
    const auto explained = explain(mail("1@c", {}, "1"), desk());
    EXPECT_EQ(explained.same_mail, first);
    EXPECT_EQ(explained.disposition, "duplicate");
    EXPECT_FALSE(explained.opens_ticket);
}

TEST(Explain, WhatNothingTiesToATicketOpensOne) {
    const auto explained = explain(mail("9@c", {"8@c"}), desk());
    EXPECT_TRUE(explained.opens_ticket);
    EXPECT_EQ(explained.ticket, std::nullopt);
    EXPECT_TRUE(explained.tried.empty());
    EXPECT_TRUE(explained.threads.empty());
    EXPECT_EQ(explained.row, "none/none/newcomer: open");
}

TEST(Explain, SaysWhatWouldBeWrittenAndNotWhatTheTableAloneSays) {
    auto loop = mail("3@c", {"1@c", "2@c"});
    loop->kind.kind = mail::Kind::loop;
    auto explained = explain(loop, desk());
    EXPECT_EQ(explained.disposition, "held");
    EXPECT_EQ(explained.reason, "loop");
    EXPECT_EQ(explained.ticket, std::nullopt);
    EXPECT_FALSE(explained.marked);
    EXPECT_EQ(explained.row, "stored_id/none/participant: join_marked; loop: hold");
    EXPECT_TRUE(explained.links.empty());
    EXPECT_EQ(explained.tried.size(), 2U);

    loop->parts.front().bounces = store::AutomaticMail::discard;
    explained = explain(loop, desk());
    EXPECT_EQ(explained.disposition, "discarded");
    EXPECT_EQ(explained.row, "") << "nothing of it is kept";
}

TEST(NamedIds, StandOnceEachWithTheirClosestRole) {
    mail::Header header;
    header.message_id = "3@c";
    header.in_reply_to = {"1@c"};
    header.references = {"0@c", "3@c", "1@c", "2@c"};
    header.in_reply_to_tokens = {"1@c", "ann@c"};
    std::vector<std::pair<std::string, Role>> ids;
    for (const auto& [id, role] : named_ids(header, "9@c")) ids.emplace_back(id, role);
    const std::vector<std::pair<std::string, Role>> expected{
        {"3@c", Role::self},      {"9@c", Role::in_reply_to}, {"1@c", Role::in_reply_to},
        {"2@c", Role::reference}, {"0@c", Role::reference},   {"ann@c", Role::mention}};
    EXPECT_EQ(ids, expected);
}

TEST(KnownIds, AreShownWithWhatTheyAreKnownAs) {
    auto facts = desk();
    const std::vector<NamedId> named{
        {"3@c", Role::self}, {"1@c", Role::in_reply_to}, {"0@c", Role::reference}};
    const auto ids = known_ids(named, facts[1].facts, {});
    ASSERT_EQ(ids.size(), 3U);
    EXPECT_TRUE(ids[0].known.empty());
    ASSERT_EQ(ids[1].known.size(), 1U);
    EXPECT_EQ(ids[1].known[0].role, Role::self);
    EXPECT_EQ(ids[1].known[0].ticket, first_ticket);
    EXPECT_EQ(ids[2].known.at(0).role, Role::reference);
    EXPECT_TRUE(known_ids(named, facts[1].facts, first)[1].known.empty())
        << "a mail is no evidence of itself";
}

}  // namespace
}  // namespace intake
