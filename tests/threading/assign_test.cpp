// One line of thought a test: which ticket a mail speaks in, seen from facts that are written down here.
#include "threading/assign.hpp"

#include <gtest/gtest.h>

namespace threading {
namespace {

using namespace std::chrono_literals;
using std::string;

const std::chrono::system_clock::time_point noon{1'700'000'000s};

Uuid ticket_id(const string& name) {
    return id_key("ticket " + name);
}

// A desk with tickets and mails by name; `mail` stores one that its author wrote into `ticket`.
struct Desk {
    Facts facts;

    void ticket(const string& name, std::vector<string> participants, bool acted = false,
                std::chrono::seconds age = 0s) {
        KnownTicket ticket{ticket_id(name), participants.empty() ? "" : participants.front(), participants,
                           noon - age, acted};
        facts.add(std::move(ticket), "short" + name);
    }
    void mail(const string& id, const string& author, std::optional<string> in_ticket,
              std::vector<string> to = {}, std::vector<string> references = {}) {
        const Uuid interaction = id_key("interaction " + id);
        KnownMessage message;
        message.interaction = message.thread = interaction;
        if (in_ticket) message.ticket = ticket_id(*in_ticket);
        message.author = author;
        message.correspondents = std::move(to);
        message.body_digest = "body of " + id;
        message.mailboxes = {1};
        facts.add(std::move(message));
        facts.claim(id_key(id), Role::self, interaction);
        for (const auto& reference : references) facts.claim(id_key(reference), Role::reference, interaction);
    }
};

Incoming from(const string& author, const string& id, std::vector<string> parents = {},
              std::vector<string> to = {}) {
    Incoming mail;
    mail.interaction = id_key("interaction " + id);
    mail.self = id_key(id);
    for (const auto& parent : parents) mail.parents.push_back(id_key(parent));
    mail.author = author;
    mail.correspondents = std::move(to);
    mail.body_digest = "body of " + id;
    return mail;
}

TEST(Assign, WithoutAnyProofOpensATicket) {
    const Decision decision = assign(from("ann", "1"), Facts());
    EXPECT_EQ(decision.outcome, Outcome::open);
    EXPECT_EQ(decision.row, "none/none/newcomer: open");
    EXPECT_TRUE(decision.links.empty());
}

TEST(Assign, AnAnswerToAStoredMailJoinsItsTicket) {
    Desk desk;
    desk.ticket("T", {"ann"});
    desk.mail("1", "ann", "T");
    const Decision decision = assign(from("ann", "2", {"1"}), desk.facts);
    EXPECT_EQ(decision.outcome, Outcome::join_marked);
    EXPECT_EQ(decision.ticket, ticket_id("T"));
    EXPECT_EQ(decision.proof, Proof::stored_id);
}

TEST(Assign, AVerifiedParticipantJoinsUnmarked) {
    Desk desk;
    desk.ticket("T", {"ann"});
    desk.mail("1", "ann", "T");
    Incoming mail = from("ann", "2", {"1"});
    mail.verdict = auth::Verdict::pass;
    EXPECT_EQ(assign(mail, desk.facts).outcome, Outcome::join);
}

TEST(Assign, WhatFailsVerificationIsHeldAndJoinsNothing) {
    Desk desk;
    desk.ticket("T", {"ann"});
    desk.mail("1", "ann", "T");
    Incoming mail = from("ann", "2", {"1"});
    mail.verdict = auth::Verdict::fail;
    const Decision decision = assign(mail, desk.facts);
    EXPECT_EQ(decision.outcome, Outcome::hold);
    EXPECT_EQ(decision.ticket, std::nullopt);
    EXPECT_TRUE(decision.merges.empty());
}

TEST(Assign, ASignedAddressIsStrongerThanAnyId) {
    Desk desk;
    desk.ticket("T", {"ann"});
    desk.ticket("U", {"ann"});
    desk.mail("1", "ann", "T");
    Incoming mail = from("ann", "2", {"1"});
    mail.signed_ticket = ticket_id("U");
    EXPECT_EQ(assign(mail, desk.facts).ticket, ticket_id("U"));
}

TEST(Assign, TheNearerParentDecides) {
    Desk desk;
    desk.ticket("T", {"ann"});
    desk.ticket("U", {"bob", "ann"});
    desk.mail("1", "ann", "T");
    desk.mail("2", "bob", "U");
    const Decision decision = assign(from("ann", "3", {"2", "1"}), desk.facts);
    EXPECT_EQ(decision.ticket, ticket_id("U"));
    EXPECT_EQ(decision.links, std::vector<Uuid>{ticket_id("T")});
    EXPECT_TRUE(decision.merges.empty()) << "two persons started them";
}

TEST(Assign, TwoTicketsOfOnePersonBecomeOne) {
    Desk desk;
    desk.ticket("old", {"ann"}, true, 60s);
    desk.ticket("young", {"ann"}, false, 30s);
    desk.mail("1", "ann", "old");
    desk.mail("2", "ann", "young");
    const Decision decision = assign(from("ann", "3", {"2", "1"}), desk.facts);
    EXPECT_EQ(decision.ticket, ticket_id("young"));
    ASSERT_EQ(decision.merges.size(), 1U);
    EXPECT_EQ(decision.merges[0].younger, ticket_id("young"));
    EXPECT_EQ(decision.merges[0].older, ticket_id("old"));
}

TEST(Assign, ATicketThatTheDeskWorkedOnDisappearsIntoNoOther) {
    Desk desk;
    desk.ticket("old", {"ann"}, false, 60s);
    desk.ticket("young", {"ann"}, true, 30s);
    desk.mail("1", "ann", "old");
    desk.mail("2", "ann", "young");
    const Decision decision = assign(from("ann", "3", {"2", "1"}), desk.facts);
    EXPECT_TRUE(decision.merges.empty());
    EXPECT_EQ(decision.links, std::vector<Uuid>{ticket_id("old")});
}

TEST(Assign, ANewcomerMergesNothing) {
    Desk desk;
    desk.ticket("old", {"ann"}, false, 60s);
    desk.ticket("young", {"ann"}, false, 30s);
    desk.mail("1", "ann", "old");
    desk.mail("2", "ann", "young");
    const Decision decision = assign(from("eve", "3", {"2", "1"}), desk.facts);
    EXPECT_EQ(decision.outcome, Outcome::join_marked);
    EXPECT_TRUE(decision.merges.empty());
}

TEST(Assign, ASiblingOfOneAuthorJoinsThroughTheMissingParent) {
    Desk desk;
    desk.ticket("T", {"ann"});
    desk.mail("2", "ann", "T", {}, {"missing"});
    const Decision decision = assign(from("ann", "3", {"missing"}), desk.facts);
    EXPECT_EQ(decision.ticket, ticket_id("T"));
    EXPECT_EQ(decision.proof, Proof::claimed_id);
}

TEST(Assign, AStrangersClaimOnAMissingParentIsNoTie) {
    Desk desk;
    desk.ticket("T", {"bob"});
    desk.mail("2", "bob", "T", {}, {"missing"});
    EXPECT_EQ(assign(from("ann", "3", {"missing"}), desk.facts).outcome, Outcome::open);
}

TEST(Assign, TheOriginalThatArrivesAfterItsAnswerJoinsIt) {
    Desk desk;
    desk.ticket("T", {"bob", "ann"});
    desk.mail("2", "bob", "T", {"ann"}, {"1"});
    EXPECT_EQ(assign(from("ann", "1", {}, {"bob"}), desk.facts).ticket, ticket_id("T"));
}

// The attacker guesses the id of the victim's next mail and names it, with the victim in his own Cc.
TEST(Assign, APlantedIdCatchesNobodysFirstMail) {
    Desk desk;
    desk.ticket("trap", {"eve", "ann"});
    desk.mail("bait", "eve", "trap", {"ann"}, {"ann's next id"});
    const Decision decision = assign(from("ann", "ann's next id"), desk.facts);
    EXPECT_EQ(decision.outcome, Outcome::open);
    EXPECT_EQ(decision.ticket, std::nullopt);
}

TEST(Assign, APlantedIdCatchesNobodysAnswerToAMailThatWeNeverSaw) {
    Desk desk;
    desk.ticket("trap", {"eve", "ann"});
    desk.mail("bait", "eve", "trap", {"ann"}, {"seen elsewhere"});
    EXPECT_EQ(assign(from("ann", "2", {"seen elsewhere"}, {"bob"}), desk.facts).outcome, Outcome::open);
}

TEST(Assign, AReusedMessageIdLinksAndJoinsNothing) {
    Desk desk;
    desk.ticket("T", {"ann"});
    desk.mail("1", "ann", "T");
    Incoming mail = from("ann", "1");
    mail.body_digest = "another body";
    const Decision decision = assign(mail, desk.facts);
    EXPECT_EQ(decision.outcome, Outcome::link);
    EXPECT_EQ(decision.links, std::vector<Uuid>{ticket_id("T")});
}

TEST(Assign, AnIdTakenByAStrangersMailTooLeadsToTheAuthorsOwnTicket) {
    Desk desk;
    desk.ticket("trap", {"eve"});
    desk.ticket("T", {"ann"});
    desk.mail("bait", "eve", "trap");
    desk.facts.claim(id_key("1"), Role::self, id_key("interaction bait"));
    desk.mail("1", "ann", "T");
    const Decision decision = assign(from("ann", "2", {"1"}), desk.facts);
    EXPECT_EQ(decision.ticket, ticket_id("T"));
    EXPECT_EQ(decision.author, Author::participant);
    EXPECT_EQ(decision.links, std::vector<Uuid>{ticket_id("trap")});
}

TEST(Assign, AShortIdInTheSubjectLinksWithoutVerification) {
    Desk desk;
    desk.ticket("T", {"ann"});
    Incoming mail = from("ann", "2");
    mail.short_ids = {"shortT"};
    EXPECT_EQ(assign(mail, desk.facts).outcome, Outcome::link);
    mail.verdict = auth::Verdict::pass;
    EXPECT_EQ(assign(mail, desk.facts).outcome, Outcome::join);
    mail.author = "eve";
    EXPECT_EQ(assign(mail, desk.facts).outcome, Outcome::link);
}

TEST(Assign, AHeldMailLendsItsIdToNobody) {
    Desk desk;
    desk.mail("1", "ann", std::nullopt);
    EXPECT_EQ(assign(from("ann", "2", {"1"}), desk.facts).outcome, Outcome::open);
}

TEST(Assign, AMailWithoutAuthorIsANewcomerEverywhere) {
    Desk desk;
    desk.ticket("T", {});
    desk.mail("1", "", "T");
    EXPECT_EQ(assign(from("", "2", {"1"}), desk.facts).author, Author::newcomer);
    EXPECT_EQ(assign(from("", "3", {"missing"}), desk.facts).outcome, Outcome::open);
}

TEST(FindSameMail, NeedsIdAndBody) {
    Desk desk;
    desk.ticket("T", {"ann"});
    desk.mail("1", "ann", "T");
    EXPECT_NE(find_same_mail(from("ann", "1"), desk.facts), nullptr);
    EXPECT_EQ(find_same_mail(from("ann", "2"), desk.facts), nullptr);
    Incoming other = from("ann", "1");
    other.body_digest = "another";
    EXPECT_EQ(find_same_mail(other, desk.facts), nullptr);
}

TEST(FindSameMail, AHeldForgeryMakesTheGenuineMailNoDuplicate) {
    Desk desk;
    desk.mail("1", "ann", std::nullopt);
    EXPECT_EQ(find_same_mail(from("ann", "1"), desk.facts), nullptr);
}

TEST(FindSameMail, AnUnverifiedCopyDoesNotStandForAVerifiedMail) {
    Desk desk;
    desk.ticket("T", {"ann"});
    desk.mail("1", "ann", "T");
    Incoming mail = from("ann", "1");
    mail.verdict = auth::Verdict::pass;
    EXPECT_EQ(find_same_mail(mail, desk.facts), nullptr);
}

TEST(Connect, AnAddressInInReplyToBindsThreadsAndProvesNothing) {
    Desk desk;
    desk.ticket("T", {"ann"});
    desk.mail("1", "ann", "T");
    desk.facts.claim(id_key("joe@x.example"), Role::mention, id_key("interaction 1"));
    Incoming mail = from("ann", "2");
    mail.mentions = {id_key("joe@x.example")};
    EXPECT_EQ(assign(mail, desk.facts).outcome, Outcome::open);
    ThreadSets threads;
    connect(mail, mail.interaction, desk.facts, threads);
    EXPECT_EQ(threads.find(mail.interaction), threads.find(id_key("interaction 1")));
    mail.parents = {id_key("joe@x.example")};
    EXPECT_EQ(assign(mail, desk.facts).outcome, Outcome::open)
        << "nor where another reader takes it for an id";
}

TEST(Connect, EveryIdThatIsNamedBindsTheThread) {
    Desk desk;
    desk.mail("1", "ann", std::nullopt);
    desk.mail("2", "bob", std::nullopt, {}, {"missing"});
    desk.mail("3", "cid", std::nullopt);
    ThreadSets threads;
    const Incoming mail = from("dan", "4", {"1", "missing"});
    connect(mail, mail.interaction, desk.facts, threads);
    EXPECT_EQ(threads.find(id_key("interaction 1")), threads.find(id_key("interaction 2")));
    EXPECT_EQ(threads.find(id_key("interaction 1")), threads.find(mail.interaction));
    EXPECT_NE(threads.find(id_key("interaction 3")), threads.find(mail.interaction));
}

}  // namespace
}  // namespace threading
