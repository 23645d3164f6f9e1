// Agents who work from their own mail program, over the database: told once, obeyed once.
#include "desk/agent_mail.hpp"
#include "desk/ticket_actions.hpp"
#include "desk_fixture.hpp"
#include "mail/read.hpp"
#include "store/removal.hpp"
#include "store/rule_store.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace {

using namespace support;
using tickets::Uuid;

struct AgentMails : DeskTest {
    std::string ticket;

    void SetUp() override {
        DeskTest::SetUp();
        take(mail_text("1@client"));
        ticket = database.sql("SELECT id FROM tickets");
        store::AgentStore agents(daemon->pool);
        ASSERT_TRUE(wait_for(io, agents.add("Ben", "ben@staff.example")));
        ASSERT_TRUE(wait_for(io, agents.add("Cleo", "cleo@staff.example")));
        ASSERT_TRUE(wait_for(io, store::AgentMails(daemon->pool).set_notifies("ben@staff.example", true)));
    }

    void assign(const std::string& agent) {
        ASSERT_TRUE(wait_for(io, desk::TicketActions(daemon->pool).assign({ticket, std::nullopt}, agent)));
    }

    desk::AgentMailReport serve() {
        const auto settings = wait_for(io, daemon->settings.refreshed());
        return wait_for(io, desk::AgentMailDesk(daemon->pool).run(settings));
    }

    // What Ben wrote to the address of a notice, as the intake stores it where he is verified. `about`: the
    // mail's id that the notice was of; '': of none.
    void say(const std::string& words, const std::string& about = "1@client") {
        const std::string id = "said" + std::to_string(++said_) + "@staff";
        take(
            "From: Ben <ben@staff.example>\r\nTo: support@acme.example\r\nSubject: Re: hello\r\nMessage-ID: "
            "<" +
            id + ">\r\n" + fields + "References: <1@client>\r\n\r\n" + words + "\r\n");
        database.sql(fmt::format(
            "WITH address AS (INSERT INTO reply_addresses (workspace_id, id, ticket_id, agent_id, "
            "interaction_id) SELECT 1, gen_random_uuid(), '{0}', (SELECT id FROM agents WHERE name = 'Ben'), "
            "(SELECT id FROM interactions WHERE message_id = '{2}') RETURNING id) "
            "UPDATE interactions SET ticket_id = '{0}', marked = false, "
            "reply_address = (SELECT id FROM address) WHERE message_id = '{1}';"
            "DELETE FROM agent_mails;"
            "INSERT INTO agent_mails (workspace_id, id, kind, ticket_id, agent_id, interaction_id) "
            "SELECT 1, gen_random_uuid(), 'said', '{0}', (SELECT id FROM agents WHERE name = 'Ben'), id "
            "FROM interactions WHERE message_id = '{1}'",
            ticket, id, about));
    }
    // Another customer, who has been written to here.
    void bring_in(const std::string& address) {
        database.sql("UPDATE tickets SET participants = participants || '{" + address + "}'::text[]");
    }
    std::string id_of(const std::string& message) {
        return database.sql("SELECT id FROM interactions WHERE message_id = '" + message + "'");
    }
    std::string recipients() {
        return database.sql(
            "SELECT string_agg(d.recipient, ' ') FROM deliveries d WHERE interaction_id IS NOT NULL");
    }
    std::string problem() {
        return database.sql(
            "SELECT text FROM ticket_events WHERE kind = 'agent_mail' ORDER BY at DESC LIMIT 1");
    }
    std::string count(const std::string& what) { return database.sql("SELECT count(*) FROM " + what); }
    std::string outbound() { return count("interactions WHERE direction = 'outbound'"); }
    std::string fields;  // more of what he says has
    int said_ = 0;
};

TEST_F(AgentMails, WhoeverGetsATicketIsToldOnceAndOfWhatItsPersonWritesThen) {
    assign("Ben");
    assign("Ben");
    EXPECT_EQ(count("agent_mails"), "1");
    EXPECT_EQ(serve().told, 1U);
    EXPECT_EQ(count("agent_mails"), "0");
    EXPECT_EQ(count("reply_addresses WHERE agent_id IS NOT NULL AND ticket_id = '" + ticket + "'"), "1");
    EXPECT_EQ(
        count("deliveries WHERE outbox_id IS NOT NULL AND recipient = 'ben@staff.example' AND email_sender = "
              "'support@acme.example' AND state = 'queued'"),
        "1");
    const auto mail = mail::read_message(
        database.sql("SELECT convert_from(message, 'UTF8') FROM outbox WHERE kind = 'notification'"));
    EXPECT_THAT(mail.text, testing::HasSubstr("body of 1@client"));

    take(mail_text("2@client", "<1@client>"));
    EXPECT_EQ(serve().told, 1U);
    EXPECT_EQ(serve().told, 0U);
    assign("Cleo");
    take(mail_text("3@client", "<1@client>"));
    EXPECT_EQ(serve().told, 0U) << "she does not want to hear of it";
}

TEST_F(AgentMails, ARuleThatGivesATicketTellsToo) {
    policy::Rule rule;
    rule.name = "to Ben";
    rule.actions = {.effects = {.assign_agent = "ben@staff.example"}};
    store::RuleStore rules(daemon->pool);
    ASSERT_TRUE(wait_for(io, rules.add("acme", {}, rule, std::nullopt)));
    wait_for(io, daemon->settings.refreshed());
    take("From: Ann <ann@client.example>\r\nSubject: hello\r\nMessage-ID: <9@client>\r\n\r\nx\r\n");
    EXPECT_EQ(count("agent_mails WHERE kind = 'notice' AND interaction_id IS NOT NULL"), "1");
    EXPECT_EQ(serve().told, 1U);
}

TEST_F(AgentMails, WhatAnAgentSaysIsSentOnce) {
    say("Switch it off.");
    const auto report = serve();
    EXPECT_EQ(report.obeyed, 1U);
    EXPECT_EQ(report.refused, 0U);
    EXPECT_EQ(outbound(), "1");
    EXPECT_EQ(database.sql("SELECT recipient FROM deliveries"), "ann@client.example");
    EXPECT_EQ(database.sql("SELECT status FROM tickets"), "Pending");
    EXPECT_EQ(count("agent_mails"), "0");
    EXPECT_EQ(serve().obeyed, 0U);
    EXPECT_EQ(outbound(), "1");
}

// It ends while it sends: nothing of it is there, the task waits, and then it is done once.
TEST_F(AgentMails, WhoEndsInBetweenLeavesEitherBothOrNeither) {
    say("Switch it off.");
    database.sql(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON deliveries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        "EXECUTE FUNCTION die()");
    EXPECT_THROW(serve(), store::Error);
    EXPECT_EQ(outbound(), "0");
    EXPECT_EQ(count("agent_mails"), "1");
    database.sql("DROP TRIGGER die ON deliveries");
    EXPECT_EQ(serve().obeyed, 0U) << "not yet";
    database.sql("UPDATE agent_mails SET next_attempt = now()");
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(outbound(), "1");
}

TEST_F(AgentMails, OfTwoDaemonsOneDoesIt) {
    assign("Ben");
    store::AgentMails tasks(daemon->pool);
    const auto claimed = wait_for(io, tasks.claim(10));
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_TRUE(wait_for(io, tasks.claim(10)).empty());
    database.sql("UPDATE agent_mails SET next_attempt = now()");  // as if the first one slept for long
    EXPECT_EQ(serve().told, 1U);
    EXPECT_FALSE(
        wait_for(io, tasks.send(claimed[0], {.reply_address = Uuid::make(std::chrono::system_clock::now()),
                                             .mailbox = support.destination.mailbox,
                                             .message = "x",
                                             .event = "x"})));
    EXPECT_EQ(count("outbox"), "1");
    EXPECT_EQ(count("reply_addresses"), "1");
    EXPECT_EQ(count("ticket_events"), "0");
}

TEST_F(AgentMails, CommandsAreObeyedInOneActionWithTheReply) {
    assign("Ben");
    serve();
    say("/resolve\r\n/assign cleo@staff.example\r\n\r\nThat was it.");
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(
        database.sql(
            "SELECT concat_ws('|', t.status, a.name) FROM tickets t JOIN agents a ON a.id = t.assignee"),
        "Resolved|Cleo");
    EXPECT_EQ(outbound(), "1");
    say("/note she called");
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(database.sql("SELECT n.text || ' ' || a.name FROM notes n JOIN agents a ON a.id = n.agent_id"),
              "she called Ben");
    say("/status open");
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(database.sql("SELECT status FROM tickets"), "Open");
    EXPECT_EQ(outbound(), "1");
}

TEST_F(AgentMails, WhatCanNotBeDoneIsToldAndNothingOfItIsDone) {
    for (const char* words : {"/close\r\n\r\nBye.", "/assign nobody\r\n\r\nBye.", ""}) {
        say(words);
        const auto report = serve();
        EXPECT_EQ(report.refused, 1U) << words;
        EXPECT_EQ(report.told, 1U) << words;
        EXPECT_EQ(outbound(), "0");
        EXPECT_EQ(count("agent_mails"), "0");
    }
    EXPECT_EQ(count("ticket_events WHERE kind = 'agent_mail'"), "3");
    // An address that mail came back from is asked about, and nobody can answer by mail.
    database.sql("INSERT INTO address_marks VALUES (1, 'ann@client.example', now(), '5.1.1', 'gone', NULL)");
    say("Hello?");
    EXPECT_EQ(serve().refused, 1U);
    EXPECT_EQ(outbound(), "0");
    EXPECT_THAT(database.sql("SELECT text FROM ticket_events ORDER BY at DESC LIMIT 1"),
                testing::HasSubstr("mail to ann@client.example came back for good"));
}

// With a file, and the signature of a program that signs all it sends.
std::string with_file(const std::string& words) {
    return "--b\r\nContent-Type: text/plain\r\n\r\n" + words +
           "\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; "
           "filename=manual.pdf\r\n\r\n%PDF-1.7\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n"
           "Content-Disposition: attachment; filename=smime.p7s\r\n\r\nx\r\n--b--";
}

TEST_F(AgentMails, FilesWithoutWordsAreSentToo) {
    fields = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    for (const char* words : {"", "/resolve"}) {
        say(with_file(words));
        EXPECT_EQ(serve().obeyed, 1U) << words;
    }
    EXPECT_EQ(outbound(), "2");
    EXPECT_EQ(database.sql("SELECT status FROM tickets"), "Resolved");
    const auto shown = wait_for(io, store::DeskStore(daemon->pool).find(ticket, std::nullopt));
    for (const auto& each : shown.at(0).interactions) {
        if (each.direction != "outbound") continue;
        const auto sent =
            mail::read_message(wait_for(io, store::DeskStore(daemon->pool).raw(1, each.id)).value());
        ASSERT_EQ(sent.attachments.size(), 1U);
        EXPECT_EQ(sent.attachments[0].name, "manual.pdf");
    }
    const auto note = [&] {
        return database.sql("SELECT n.text FROM notes n ORDER BY n.created_at DESC LIMIT 1");
    };
    const auto place = [&] {
        return "1 file stays with the mail: ticketgate attachment save " +
               database.sql(
                   "SELECT id FROM interactions WHERE message_id LIKE 'said%' ORDER BY id DESC LIMIT 1");
    };
    say(with_file("/note the manual"));
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(note(), "the manual\n\n" + place());
    say(with_file("/note"));
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(note(), place());
    EXPECT_EQ(outbound(), "2") << "a note is sent to nobody";
}

TEST_F(AgentMails, AReplyIsDivertedToNoOtherDomainUnseen) {
    take(
        "From: Ann <ann@client.example>\r\nReply-To: ann@other.example\r\nSubject: Re: hello\r\n"
        "Message-ID: <2@client>\r\nIn-Reply-To: <1@client>\r\n\r\nx\r\n");
    database.sql("UPDATE interactions SET marked = false, verdict = 'pass'");
    say("Switch it off.", "2@client");
    EXPECT_EQ(serve().refused, 1U);
    EXPECT_EQ(outbound(), "0");
    EXPECT_THAT(problem(), testing::HasSubstr("ann@other.example"));
}

TEST_F(AgentMails, AReplyNeverGoesToWhatAnAgentWroteToTheDesk) {
    bring_in("ben@staff.example");
    say("Switch it off.");
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(recipients(), "ann@client.example");
}

// Who writes between the notice and the answer gets nothing of it.
TEST_F(AgentMails, AnAnswerGoesToWhomTheNoticeWasAbout) {
    assign("Ben");
    EXPECT_EQ(serve().told, 1U);
    EXPECT_EQ(database.sql("SELECT interaction_id FROM reply_addresses"), id_of("1@client"));
    bring_in("bob@client.example");
    take(mail_text("2@bob", "<1@client>", "Bob <bob@client.example>"));
    say("Switch it off.");
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(recipients(), "ann@client.example");
    const std::string sent = database.sql(
        "SELECT concat_ws('|', subject, correspondents, (SELECT count(*) FROM message_refs r WHERE "
        "r.interaction_id = i.id)) FROM interactions i WHERE direction = 'outbound'");
    EXPECT_THAT(sent, testing::StartsWith("Re: about 1@client|{ann@client.example}"));
    const auto raw = wait_for(
        io,
        store::DeskStore(daemon->pool)
            .raw(1, *Uuid::parse(database.sql("SELECT id FROM interactions WHERE direction = 'outbound'"))));
    const auto header = mail::read_header(raw.value());
    EXPECT_THAT(header.in_reply_to, testing::ElementsAre("1@client"));
    EXPECT_EQ(testing::PrintToString(header.references).find("2@bob"), std::string::npos);
}

TEST_F(AgentMails, ANewcomersMailIsAnsweredAtTheDeskAlone) {
    take(mail_text("2@eve", "<1@client>", "Eve <eve@other.example>"));
    say("The password is swordfish.", "2@eve");
    EXPECT_EQ(serve().refused, 1U);
    EXPECT_EQ(outbound(), "0");
    EXPECT_THAT(problem(), testing::HasSubstr("eve@other.example is no participant of the ticket"));
    // The word of it is answered to the same mail: once the desk agrees, it goes there.
    EXPECT_EQ(database.sql("SELECT interaction_id FROM reply_addresses ORDER BY created_at DESC LIMIT 1"),
              id_of("2@eve"));
    bring_in("eve@other.example");
    say("Hello.", "2@eve");
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(recipients(), "eve@other.example");
}

TEST_F(AgentMails, AMailThatHasGoneIsNotAnsweredToAnotherPerson) {
    take(mail_text("2@client", "<1@client>"));
    say("Switch it off.");
    const auto erase = [&]() -> boost::asio::awaitable<void> {
        auto gone = co_await store::Removal::begin(daemon->pool, 1, {*Uuid::parse(ticket)});
        gone.remove_mails({*Uuid::parse(id_of("1@client"))});
        co_await gone.commit();
    };
    wait_for(io, erase());
    EXPECT_EQ(serve().refused, 1U);
    EXPECT_EQ(outbound(), "0");
    EXPECT_THAT(problem(), testing::HasSubstr("is not in the ticket any more"));
}

TEST_F(AgentMails, ANoticeOfAMailThatWasSplitOffLeadsToItsTicket) {
    take(mail_text("2@client", "<1@client>"));
    take(mail_text("3@client", "<1@client>"));
    assign("Ben");  // who reads the newest
    EXPECT_EQ(serve().told, 1U);
    say("Switch it off.", "2@client");
    const auto split = [&](const std::string& message) {
        return wait_for(io,
                        desk::TicketActions(daemon->pool).split({ticket, std::nullopt}, {id_of(message)}));
    };
    const auto leads_to = [&](const std::string& message) {
        return database.sql(
            "SELECT string_agg(DISTINCT ticket_id::text, ' ') FROM reply_addresses WHERE interaction_id = '" +
            id_of(message) + "'");
    };
    const auto ticket_of = [&](const std::string& message) {
        return database.sql("SELECT ticket_id FROM interactions WHERE message_id = '" + message + "'");
    };
    ASSERT_TRUE(split("3@client"));
    EXPECT_EQ(leads_to("3@client"), ticket_of("3@client"));
    EXPECT_NE(leads_to("3@client"), ticket);
    EXPECT_EQ(leads_to("2@client"), ticket) << "the others stay";
    // His answer was on its way when that mail went too: he is asked for it again, where it is now.
    ASSERT_TRUE(split("2@client"));
    EXPECT_EQ(serve().refused, 1U);
    EXPECT_EQ(outbound(), "0");
    EXPECT_THAT(problem(), testing::HasSubstr("is not in the ticket any more"));
    EXPECT_EQ(leads_to("2@client"), ticket_of("2@client"));
}

// Its author is where mail ends: nobody else of the ticket gets the answer in their place.
TEST_F(AgentMails, AnAnswerThatCanGoToNobodyGoesToNobodyElse) {
    bring_in("sales@acme.example");
    take(mail_text("2@acme", "<1@client>", "Sales <sales@acme.example>"));
    say("Who is this Ann?", "2@acme");
    EXPECT_EQ(serve().refused, 1U);
    EXPECT_EQ(outbound(), "0");
}

TEST_F(AgentMails, ANoticeOfNoMailAnswersOursAndElseTheTicketsPerson) {
    bring_in("bob@client.example");
    take(mail_text("2@bob", "<1@client>", "Bob <bob@client.example>"));
    say("Hello.", "");
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(recipients(), "ann@client.example") << "whose ticket it is";
    take(mail_text("3@bob", "<1@client>", "Bob <bob@client.example>"));
    say("Hello?", "");
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(recipients(), "ann@client.example ann@client.example") << "to whom we wrote";
}

TEST_F(AgentMails, WhoIsGivenATicketByAnotherAgentsMailReadsTheCustomers) {
    ASSERT_TRUE(wait_for(io, store::AgentMails(daemon->pool).set_notifies("cleo@staff.example", true)));
    say("/assign Cleo");
    EXPECT_EQ(serve().obeyed, 1U);
    EXPECT_EQ(serve().told, 1U);
    EXPECT_EQ(
        database.sql("SELECT r.interaction_id FROM reply_addresses r JOIN agents a ON a.id = r.agent_id "
                     "WHERE a.name = 'Cleo'"),
        id_of("1@client"));
}

TEST_F(AgentMails, OfAnAgentWhoHasGoneAndATicketThatGoesNothingIsLeft) {
    assign("Ben");
    wait_for(io, store::AgentStore(daemon->pool).remove("ben@staff.example"));
    EXPECT_EQ(serve().told, 0U);
    EXPECT_EQ(count("agent_mails"), "0");
    EXPECT_EQ(count("outbox"), "0");
    say("Bye.");
    const auto removal = [&]() -> boost::asio::awaitable<void> {
        auto gone = co_await store::Removal::begin(daemon->pool, 1, {*Uuid::parse(ticket)});
        const auto mails = co_await gone.mails_of({*Uuid::parse(ticket)}, std::nullopt);
        std::vector<Uuid> ids;
        for (const auto& mail : mails) ids.push_back(mail.id);
        gone.remove_mails(ids);
        gone.remove_tickets({*Uuid::parse(ticket)});
        co_await gone.commit();
    };
    wait_for(io, removal());
    EXPECT_EQ(count("agent_mails"), "0");
    EXPECT_EQ(count("tickets"), "0");
}

// What the writers leave for agents, from facts that they verified.
TEST_F(AgentMails, ABatchLeavesWhatIsToBeDone) {
    const std::string mail = database.sql("SELECT id FROM interactions");
    const auto agent = std::stoll(database.sql("SELECT id FROM agents WHERE name = 'Ben'"));
    std::vector<store::Query> queries;
    queries.push_back(store::obey_agents({{1, *Uuid::parse(ticket), *Uuid::parse(mail), agent}}));
    wait_for(io, daemon->pool.run(std::move(queries)));
    EXPECT_EQ(database.sql("SELECT concat_ws('|', kind, agent_id) FROM agent_mails"),
              "said|" + std::to_string(agent));
}

}  // namespace
