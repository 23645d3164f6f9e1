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
    ASSERT_EQ(explained.decision.tried.size(), 2U);
    EXPECT_EQ(explained.decision.tried[0].ticket, first_ticket);
    EXPECT_EQ(explained.decision.tried[0].author, threading::Author::participant);
    EXPECT_EQ(explained.decision.tried[0].outcome, threading::Outcome::join_marked);
    EXPECT_EQ(explained.decision.tried[1].ticket, second_ticket);
    EXPECT_EQ(explained.decision.tried[1].author, threading::Author::newcomer);
    EXPECT_EQ(explained.decision.links, std::vector<Uuid>{second_ticket});
    EXPECT_EQ(explained.threads.size(), 2U) << "they would become one";
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
    EXPECT_TRUE(explained.decision.tried.empty());
    EXPECT_TRUE(explained.threads.empty());
    EXPECT_EQ(explained.decision.row, "none/none/newcomer: open");
}

TEST(NamedIds, AreShownWithWhatTheyAreKnownAs) {
    mail::Header header;
    header.message_id = "3@c";
    header.in_reply_to = {"1@c"};
    header.references = {"0@c", "1@c"};
    auto facts = desk();
    const auto ids = named_ids(header, facts[1].facts, {});
    ASSERT_EQ(ids.size(), 3U);
    EXPECT_EQ(ids[0].id, "3@c");
    EXPECT_TRUE(ids[0].known.empty());
    EXPECT_EQ(ids[1].role, Role::in_reply_to);
    ASSERT_EQ(ids[1].known.size(), 1U);
    EXPECT_EQ(ids[1].known[0].role, Role::self);
    EXPECT_EQ(ids[1].known[0].ticket, first_ticket);
    EXPECT_EQ(ids[2].id, "0@c");
    EXPECT_EQ(ids[2].known.at(0).role, Role::reference);
    EXPECT_TRUE(named_ids(header, facts[1].facts, first)[1].known.empty())
        << "a mail is no evidence of itself";
}

}  // namespace
}  // namespace intake
