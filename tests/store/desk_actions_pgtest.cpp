// What agents do with tickets, alone and beside the writers.
#include "desk/ticket_actions.hpp"
#include "desk_fixture.hpp"
#include "store/audit.hpp"

#include <gmock/gmock.h>

namespace {

using namespace support;
using testing::ElementsAre;
using testing::HasSubstr;

struct DeskActions : DeskTest {
    template <class Action>
    store::Outcome<desk::Done> act(Action action) {
        desk::TicketActions actions(daemon->pool);
        return wait_for(io, action(actions));
    }

    std::string refusal(const store::Outcome<desk::Done>& outcome) {
        return outcome ? "done: " + outcome->text : outcome.error().text;
    }

    store::TicketInfo ticket(const std::string& id) {
        const auto found = wait_for(io, store::DeskStore(daemon->pool).find(id, std::nullopt));
        EXPECT_EQ(found.size(), 1U) << id;
        return found.empty() ? store::TicketInfo{} : found.front();
    }

    // The ticket that the mail is in.
    std::string with(const std::string& message_id) {
        return database.sql("SELECT ticket_id FROM interactions WHERE message_id = '" + message_id + "'");
    }
    std::string interaction(const std::string& message_id) {
        return database.sql("SELECT id FROM interactions WHERE message_id = '" + message_id + "'");
    }

    void expect_everything_holds() {
        for (const auto& check :
             wait_for(io, store::Audit(daemon->pool).run([](std::int64_t, std::int64_t) {})))
            EXPECT_EQ(check.wrong, 0) << check.name;
    }
};

constexpr auto from_bob = "Bob <bob@client.example>";

TEST_F(DeskActions, AStatusIsSetAndTheTicketCountsAsActedOn) {
    take(mail_text("1@c"));
    const auto before = tickets().at(0);
    EXPECT_EQ(database.sql("SELECT acted_at IS NULL FROM tickets"), "t");
    EXPECT_TRUE(act([&](auto& desk) { return desk.set_status({"#" + before.short_id, {}}, "resolved"); }));
    const auto after = tickets().at(0);
    EXPECT_EQ(after.status, "Resolved");
    EXPECT_GT(after.updated_at, before.updated_at);
    const std::string acted = database.sql("SELECT acted_at FROM tickets");
    EXPECT_NE(acted, "");
    EXPECT_TRUE(act([&](auto& desk) { return desk.set_status({before.id.str(), "acme"}, "Pending"); }));
    EXPECT_EQ(database.sql("SELECT acted_at FROM tickets"), acted) << "the first time stays";
    EXPECT_THAT(refusal(act([&](auto& desk) {
                    return desk.set_status({before.short_id, {}}, "done");
                })),
                HasSubstr("done is no status"));
    EXPECT_THAT(refusal(act([](auto& desk) {
                    return desk.set_status({"zzzzzzzz", {}}, "open");
                })),
                HasSubstr("no ticket zzzzzzzz"));
    EXPECT_THAT(refusal(act([&](auto& desk) {
                    return desk.set_status({before.short_id, "beta"}, "open");
                })),
                HasSubstr("no ticket"));
}

TEST_F(DeskActions, AnActionKeepsMailFromMergingTheTicket) {
    take(mail_text("1@c"));
    take(mail_text("2@c"));
    EXPECT_TRUE(act([&](auto& desk) { return desk.tag({with("2@c"), {}}, {"mine"}, {}); }));
    take(mail_text("3@c", "<1@c> <2@c>"));
    EXPECT_EQ(tickets().size(), 2U);
}

TEST_F(DeskActions, ATicketIsAssignedToAnAgentAndTakenFromHim) {
    take(mail_text("1@c"));
    const std::string id = with("1@c");
    store::AgentStore agents(daemon->pool);
    EXPECT_TRUE(wait_for(io, agents.add("Ben", "ben@acme.example")));
    EXPECT_TRUE(wait_for(io, agents.add("Eva", "eva@acme.example")));
    EXPECT_FALSE(wait_for(io, agents.add("Benny", "ben@acme.example")));
    const auto assign = [&](const std::string& agent) {
        return act([&](auto& desk) { return desk.assign({id, {}}, agent); });
    };
    EXPECT_TRUE(assign("ben@acme.example"));
    EXPECT_EQ(ticket(id).assignee->name, "Ben");
    EXPECT_TRUE(assign("eva"));
    EXPECT_EQ(ticket(id).assignee->address, "eva@acme.example");
    EXPECT_THAT(refusal(assign("Jim")), HasSubstr("no agent Jim"));

    EXPECT_TRUE(wait_for(io, agents.remove("eva@acme.example")));
    EXPECT_FALSE(wait_for(io, agents.remove("eva@acme.example")));
    EXPECT_EQ(ticket(id).assignee->name, "Eva") << "whoever had it had it";
    EXPECT_EQ(wait_for(io, agents.list()).size(), 1U);
    EXPECT_THAT(refusal(assign("Eva")), HasSubstr("no agent Eva"));
    EXPECT_TRUE(wait_for(io, agents.add("ben", "ben@other.example")));
    EXPECT_THAT(refusal(assign("Ben")), HasSubstr("several agents"));
    EXPECT_TRUE(assign("none"));
    EXPECT_FALSE(ticket(id).assignee);
    EXPECT_TRUE(wait_for(io, agents.add("Eva again", "eva@acme.example"))) << "who was removed may come back";
}

TEST_F(DeskActions, TagsAreAddedAndRemoved) {
    take(mail_text("1@c"));
    const std::string id = with("1@c");
    const auto tag = [&](std::vector<std::string> add, std::vector<std::string> remove) {
        return act([&](auto& desk) { return desk.tag({id, {}}, add, remove); });
    };
    EXPECT_TRUE(tag({"new", "rücksendung", "new"}, {}));
    EXPECT_TRUE(tag({"new", "two words"}, {"rücksendung", "never there"}));
    EXPECT_THAT(ticket(id).tags, ElementsAre("new", "two words"));
    for (const std::string& bad : {std::string(), std::string("a,b"), std::string("+a"), std::string("-a"),
                                   std::string("a\nb"), std::string("\xff"), std::string(65, 'a')})
        EXPECT_THAT(refusal(tag({"good", bad}, {})), HasSubstr("is no tag"));
    EXPECT_THAT(refusal(tag({"a"}, {"a"})), HasSubstr("both"));
    EXPECT_THAT(ticket(id).tags, ElementsAre("new", "two words"));
}

TEST_F(DeskActions, ATicketMovesToAnotherMailboxOfItsWorkspace) {
    take(mail_text("1@c"));
    const std::string id = with("1@c");
    const auto move = [&](const mail::Mailbox& to) {
        return act([&](auto& desk) { return desk.move({id, {}}, to); });
    };
    EXPECT_TRUE(move({"Sales", "acme.example"}));
    EXPECT_EQ(ticket(id).mailbox, "sales@acme.example");
    EXPECT_EQ(ticket(id).email_sender, "sales@acme.example");
    EXPECT_THAT(refusal(move({"info", "beta.example"})), HasSubstr("workspace beta"));
    EXPECT_THAT(refusal(move({"nobody", "acme.example"})), HasSubstr("no mailbox"));
    EXPECT_EQ(ticket(id).mailbox, "sales@acme.example");
    take(mail_text("2@c", "<1@c>"));
    EXPECT_EQ(with("2@c"), id);
    expect_everything_holds();
}

TEST_F(DeskActions, ATicketBecomesPartOfAnotherWithAllThatItHad) {
    take(mail_text("1@c"));
    take(mail_text("2@c", "", from_bob));
    take(mail_text("3@c"));
    const auto first = ticket(with("1@c")), second = ticket(with("2@c")), third = ticket(with("3@c"));
    const auto merge = [&](const std::string& from, const std::string& into) {
        return act([&](auto& desk) { return desk.merge({from, {}}, {into, {}}); });
    };
    EXPECT_TRUE(act([&](auto& desk) { return desk.tag({first.short_id, {}}, {"a", "b"}, {}); }));
    EXPECT_TRUE(act([&](auto& desk) { return desk.tag({second.short_id, {}}, {"b", "c"}, {}); }));
    // The older becomes part of the younger, since the agent says so.
    EXPECT_TRUE(merge(first.short_id, second.short_id));
    EXPECT_EQ(ticket(first.short_id).id, second.id);
    EXPECT_EQ(ticket(second.short_id).interactions.size(), 2U);
    EXPECT_THAT(ticket(second.short_id).tags, ElementsAre("a", "b", "c"));
    EXPECT_EQ(ticket(second.short_id).person->address, "bob@client.example");
    EXPECT_EQ(database.sql("SELECT participants @> '{ann@client.example,bob@client.example}' FROM tickets "
                           "WHERE id = '" +
                           second.id.str() + "'"),
              "t");
    EXPECT_EQ(database.sql("SELECT count(*) FROM tickets WHERE acted_at IS NULL"), "1");
    EXPECT_THAT(refusal(merge(first.short_id, second.short_id)), HasSubstr("one ticket already"));
    EXPECT_THAT(refusal(merge(first.short_id, first.short_id)), HasSubstr("one ticket already"));
    // What led there leads on.
    EXPECT_TRUE(merge(second.short_id, third.short_id));
    for (const auto& id : {first.short_id, second.short_id}) EXPECT_EQ(ticket(id).id, third.id);
    take(mail_text("4@c", "<1@c>"));
    EXPECT_EQ(with("4@c"), third.id.str());
    expect_everything_holds();
}

TEST_F(DeskActions, WorkThatIsOpenStaysOpenInAMerge) {
    take(mail_text("1@c"));
    take(mail_text("2@c"));
    take(mail_text("3@c"));
    database.sql("UPDATE tickets SET status = CASE WHEN id = '" + with("1@c") +
                 "' THEN 'Pending' ELSE 'Resolved' END"
                 "::ticket_status");
    const std::string into = with("2@c"), resolved = with("3@c");
    EXPECT_TRUE(act([&](auto& desk) { return desk.merge({resolved, {}}, {into, {}}); }));
    EXPECT_EQ(ticket(into).status, "Resolved");
    EXPECT_TRUE(act([&](auto& desk) { return desk.merge({with("1@c"), {}}, {into, {}}); }));
    EXPECT_EQ(ticket(into).status, "Pending");
}

TEST_F(DeskActions, TicketsOfDifferentWorkspacesStayApart) {
    take(mail_text("1@c"));
    take(mail_text("2@c"), {other});
    EXPECT_THAT(refusal(act([&](auto& desk) {
                    return desk.merge({with("1@c"), {}}, {with("2@c"), {}});
                })),
                HasSubstr("different workspaces"));
    EXPECT_EQ(tickets().size(), 2U);
}

TEST_F(DeskActions, MailsOfATicketBecomeATicketOfTheirOwn) {
    take(mail_text("1@c"));
    take("Cc: carl@client.example\r\n" + mail_text("2@c", "<1@c>", from_bob));
    take(mail_text("3@c", "<2@c>", from_bob));
    take(mail_text("4@c", "<1@c>"));
    const auto old = tickets().at(0);
    ASSERT_EQ(old.interactions.size(), 4U);
    const auto split = [&](std::vector<std::string> ids) {
        return act([&](auto& desk) { return desk.split({old.short_id, {}}, ids); });
    };
    EXPECT_THAT(refusal(split({"x"})), HasSubstr("x is no id"));
    EXPECT_THAT(refusal(split({old.id.str()})), HasSubstr("is no interaction of"));
    EXPECT_THAT(
        refusal(split({interaction("1@c"), interaction("2@c"), interaction("3@c"), interaction("4@c")})),
        HasSubstr("without mail"));
    ASSERT_EQ(tickets().size(), 1U);

    EXPECT_TRUE(split({interaction("3@c"), interaction("2@c"), interaction("4@c")}));
    const auto fresh = ticket(with("2@c"));
    EXPECT_NE(fresh.id, old.id);
    EXPECT_EQ(fresh.interactions.size(), 3U);
    EXPECT_EQ(fresh.subject, "about 2@c");
    EXPECT_EQ(fresh.person->address, "bob@client.example");
    EXPECT_EQ(fresh.created_by->address, "bob@client.example");
    EXPECT_EQ(fresh.received, fresh.interactions[0].received);
    EXPECT_EQ(fresh.mailbox, old.mailbox);
    EXPECT_EQ(database.sql("SELECT participants FROM tickets WHERE id = '" + fresh.id.str() + "'"),
              "{bob@client.example,ann@client.example}")
        << "Carl is named by a mail that nobody vouches for";
    EXPECT_THAT(wait_for(io, store::DeskStore(daemon->pool).links(1, old.id)), ElementsAre(fresh.short_id));
    EXPECT_EQ(database.sql("SELECT count(*) FROM tickets WHERE acted_at IS NULL"), "0");
    take(mail_text("5@c", "<3@c>", from_bob));
    EXPECT_EQ(with("5@c"), fresh.id.str());
    take(mail_text("6@c", "<1@c>"));
    EXPECT_EQ(with("6@c"), old.id.str());
    expect_everything_holds();
}

TEST_F(DeskActions, WhatAMergedTicketWasLinkedWithIsShownWithTheOneThatTookIt) {
    take(mail_text("1@c"));
    take(mail_text("2@c", "<1@c>", from_bob));
    take(mail_text("3@c", "", "Carl <carl@client.example>"));
    const auto links = [&](const std::string& message) {
        return wait_for(io, store::DeskStore(daemon->pool).links(1, ticket(with(message)).id));
    };
    EXPECT_TRUE(act([&](auto& desk) { return desk.split({with("1@c"), {}}, {interaction("2@c")}); }));
    EXPECT_THAT(links("1@c"), ElementsAre(ticket(with("2@c")).short_id));
    EXPECT_THAT(links("3@c"), ElementsAre());
    EXPECT_TRUE(act([&](auto& desk) { return desk.merge({with("2@c"), {}}, {with("3@c"), {}}); }));
    EXPECT_THAT(links("1@c"), ElementsAre(ticket(with("3@c")).short_id));
    EXPECT_THAT(links("3@c"), ElementsAre(ticket(with("1@c")).short_id));
    EXPECT_TRUE(act([&](auto& desk) { return desk.merge({with("1@c"), {}}, {with("3@c"), {}}); }));
    EXPECT_THAT(links("3@c"), ElementsAre()) << "a ticket is not linked with itself";
}

TEST_F(DeskActions, AMailOfNobodyIsSplitToo) {
    take("Message-ID: <1@c>\r\nSubject: first\r\n\r\n");
    take("Message-ID: <2@c>\r\nReferences: <1@c>\r\nSubject: second\r\n\r\n");
    EXPECT_TRUE(act([&](auto& desk) { return desk.split({with("1@c"), {}}, {interaction("2@c")}); }));
    EXPECT_FALSE(ticket(with("2@c")).person);
    expect_everything_holds();
}

// Two agents merge in both directions while mail arrives for all the tickets: nobody waits in a circle.
TEST_F(DeskActions, AgentsAndWritersDoNotBlockEachOther) {
    constexpr int count = 12;
    std::vector<std::string> short_ids;
    for (int i = 0; i < count; ++i) {
        take(mail_text(std::to_string(i) + "@c"));
        short_ids.push_back(ticket(with(std::to_string(i) + "@c")).short_id);
    }
    database.sql("UPDATE tickets SET acted_at = now() WHERE short_id < 'g'");
    Daemon second(io, database.conninfo());
    wait_for(io, second.settings.refreshed());
    int open = 0, accepted = 0, failed = 0;
    for (int i = 0; i < 80; ++i) {
        ++open;
        auto& taker = i % 2 ? second : *daemon;
        const std::string ids =
            "<" + std::to_string(i % count) + "@c> <" + std::to_string((i * 7 + 3) % count) + "@c>";
        boost::asio::co_spawn(
            io,
            taker.deliver(mail_text("n" + std::to_string(i) + "@c", ids), {support}, "ann@client.example"),
            [&](std::exception_ptr error, smtp::Reply reply) {
                --open;
                accepted += !error && reply.code == 250;
            });
    }
    const auto agent = [&](store::Pool& pool, bool forward) -> boost::asio::awaitable<void> {
        desk::TicketActions actions(pool);
        for (int i = 0; i + 1 < count; ++i) {
            const auto &a = short_ids[static_cast<std::size_t>(i)],
                       &b = short_ids[static_cast<std::size_t>(i + 1)];
            desk::TicketRef from{forward ? a : b, {}}, into{forward ? b : a, {}};
            co_await actions.merge(from, into);
        }
    };
    store::Pool first_agent(io.get_executor(), {database.conninfo(), 1, 10s});
    store::Pool second_agent(io.get_executor(), {database.conninfo(), 1, 10s});
    for (const bool forward : {true, false}) {
        ++open;
        boost::asio::co_spawn(io, agent(forward ? first_agent : second_agent, forward),
                              [&](std::exception_ptr error) {
                                  --open;
                                  failed += error != nullptr;
                              });
    }
    io.restart();
    while (open > 0 && io.run_one() > 0) {
    }
    EXPECT_EQ(accepted, 80);
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(database.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"), "0");
    EXPECT_EQ(tickets().size(), 1U);
    expect_everything_holds();
}

}  // namespace
