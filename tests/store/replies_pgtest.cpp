// What agents write: the rows, what comes back to them, and that nothing of it is lost or left behind.
#include "desk/replies.hpp"
#include "desk/ticket_actions.hpp"
#include "desk_fixture.hpp"
#include "mail/read.hpp"
#include "store/alias_store.hpp"
#include "store/audit.hpp"
#include "store/erasure.hpp"
#include "store/purge.hpp"
#include "store/sender_store.hpp"
#include "store/template_store.hpp"

#include <gmock/gmock.h>

namespace {

using namespace support;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

struct RepliesTest : DeskTest {
    void SetUp() override {
        DeskTest::SetUp();
        for (const char* name : {"Ben", "Eve"})
            ASSERT_TRUE(wait_for(
                io, store::AgentStore(daemon->pool).add(name, std::string(name) + "@agents.example")));
        take(mail_text("1@c"));
        ticket = tickets().at(0).short_id;
    }

    desk::ReplyRequest request(const std::string& text = "Hello {{person.first_name|you}}") {
        desk::ReplyRequest request;
        request.ticket = {ticket, {}};
        request.agent = "Ben";
        request.words.text = text;
        return request;
    }

    desk::Outcome<desk::Sent> reply(desk::ReplyRequest request) {
        return wait_for(io, desk::Replies(daemon->pool).reply(std::move(request)));
    }
    desk::Outcome<desk::Sent> open(desk::OpenRequest request) {
        return wait_for(io, desk::Replies(daemon->pool).open(std::move(request)));
    }
    desk::OpenRequest opening() {
        desk::OpenRequest request;
        request.workspace = "acme";
        request.agent = "Ben";
        request.sender = mail::Mailbox{"support", "acme.example"};
        request.person = "Carl <carl@client.example>";
        request.subject = "Offer for {{person.name}}";
        request.words.text = "Hello {{person.first_name}}";
        return request;
    }

    template <class Result>
    static std::string refusal(const desk::Outcome<Result>& outcome) {
        return outcome ? "done" : outcome.error().text;
    }

    template <class Action>
    desk::Outcome<desk::Done> act(Action action) {
        desk::TicketActions actions(daemon->pool);
        return wait_for(io, action(actions));
    }

    store::TicketInfo shown() {
        return wait_for(io, store::DeskStore(daemon->pool).find(ticket, std::nullopt)).at(0);
    }

    void expect_everything_holds() {
        for (const auto& check :
             wait_for(io, store::Audit(daemon->pool).run([](std::int64_t, std::int64_t) {})))
            EXPECT_EQ(check.wrong, 0) << check.name;
    }

    std::string ticket;
};

std::string answer_to(const desk::Sent& sent, const std::string& id, bool only_the_tickets_id = false,
                      const std::string& from = "Ann <ann@client.example>") {
    const auto header = mail::read_header(sent.mail);
    return mail_text(id, "<" + (only_the_tickets_id ? header.references.front() : *header.message_id) + ">",
                     from);
}

TEST_F(RepliesTest, AReplyIsStoredAndQueued) {
    const auto sent = reply(request());
    ASSERT_TRUE(sent) << refusal(sent);
    EXPECT_THAT(sent->recipients, ElementsAre("ann@client.example"));
    const mail::Message mail = mail::read_message(sent->mail);
    EXPECT_EQ(mail.text, "Hello Ann\n");
    EXPECT_EQ(mail.header.subject, "Re: about 1@c");
    ASSERT_TRUE(mail.header.from);
    EXPECT_EQ(*mail.header.from, (mail::NamedAddress{"Ben", "support@acme.example"}));
    EXPECT_THAT(mail.header.in_reply_to, ElementsAre("1@c"));
    EXPECT_THAT(mail.header.references, SizeIs(2));
    ASSERT_THAT(mail.header.reply_to, SizeIs(1));
    EXPECT_THAT(mail.header.reply_to[0].address, testing::StartsWith("r-"));

    const auto now = shown();
    EXPECT_EQ(now.status, "Pending");
    ASSERT_TRUE(now.assignee);
    EXPECT_EQ(now.assignee->name, "Ben") << "nobody had it";
    ASSERT_THAT(now.interactions, SizeIs(2));
    const auto& stored = now.interactions[1];
    EXPECT_EQ(stored.direction, "outbound");
    EXPECT_EQ(stored.thread, now.interactions[0].thread);
    EXPECT_EQ(stored.agent->name, "Ben");
    ASSERT_THAT(stored.deliveries, SizeIs(1));
    EXPECT_EQ(stored.deliveries[0].recipient, "ann@client.example");
    EXPECT_EQ(stored.deliveries[0].state, "queued");
    EXPECT_EQ(wait_for(io, store::DeskStore(daemon->pool).raw(now.workspace_id, stored.id)), sent->mail);
    EXPECT_EQ(database.sql("SELECT concat_ws('|', destination, email_sender) FROM deliveries"),
              "client.example|support@acme.example");
    EXPECT_EQ(database.sql("SELECT count(*) FROM reply_addresses"), "1");
    EXPECT_EQ(database.sql("SELECT sum(interactions) FROM usage"), "2");
    expect_everything_holds();
}

TEST_F(RepliesTest, AnAnswerIsKnownByOurIds) {
    const auto sent = reply(request());
    ASSERT_TRUE(sent);
    take(answer_to(*sent, "2@c"));
    take(answer_to(*sent, "3@c", true));
    EXPECT_EQ(tickets().size(), 1U);
    EXPECT_EQ(database.sql("SELECT count(DISTINCT thread) FROM interactions"), "1");
    EXPECT_EQ(shown().status, "Open");
    EXPECT_EQ(
        database.sql(
            "SELECT string_agg(DISTINCT proof, ',') FROM interactions WHERE message_id IN ('2@c', '3@c')"),
        "stored_id");
    const auto again = reply(request());
    ASSERT_TRUE(again);
    const auto references = mail::read_header(again->mail).references;
    EXPECT_EQ(references.back(), "3@c");
    EXPECT_EQ(references.front(), mail::read_header(sent->mail).references.front()) << "the ticket's own";
    expect_everything_holds();
}

TEST_F(RepliesTest, OurOwnMailThatComesBackOpensNothing) {
    const auto sent = reply(request());
    ASSERT_TRUE(sent);
    take(sent->mail);
    std::string changed = sent->mail;
    changed += "and a footer\r\n";
    take(changed);
    EXPECT_EQ(tickets().size(), 1U);
    EXPECT_EQ(shown().interactions.size(), 2U);
    EXPECT_EQ(shown().status, "Pending");
    expect_everything_holds();
}

TEST_F(RepliesTest, ADryRunWritesNothing) {
    auto dry = request();
    dry.dry_run = true;
    const auto sent = reply(dry);
    ASSERT_TRUE(sent);
    EXPECT_THAT(sent->mail, HasSubstr("Hello Ann"));
    EXPECT_EQ(database.sql("SELECT count(*) FROM deliveries"), "0");
    EXPECT_EQ(shown().status, "Open");
    auto draft = opening();
    draft.dry_run = true;
    EXPECT_TRUE(open(draft));
    EXPECT_EQ(tickets().size(), 1U);
}

TEST_F(RepliesTest, ANewcomerGetsNothingUntilAnAgentNamesThem) {
    const auto sent = reply(request());
    ASSERT_TRUE(sent);
    take(answer_to(*sent, "2@c", false, "Zoe <zoe@stranger.example>"));
    const auto later = reply(request());
    ASSERT_TRUE(later);
    EXPECT_THAT(later->recipients, ElementsAre("ann@client.example"));
    auto named = request();
    named.to = {"zoe@stranger.example"};
    const auto agreed = reply(named);
    ASSERT_TRUE(agreed);
    EXPECT_THAT(mail::read_header(agreed->mail).in_reply_to, ElementsAre("2@c"))
        << "it is their mail that is answered";
    take(answer_to(*agreed, "3@c", false, "Zoe <zoe@stranger.example>"));
    const auto now = reply(request());
    ASSERT_TRUE(now);
    EXPECT_THAT(now->recipients, ElementsAre("zoe@stranger.example")) << "they speak here now";
}

TEST_F(RepliesTest, AMarkedMailDecidesNotWhereTheReplyGoes) {
    const auto forged = [](const std::string& id) {
        return "From: Ann <ann@client.example>\r\nTo: support@acme.example\r\nCc: cc@evil.example\r\n"
               "Reply-To: me@evil.example\r\nSubject: Re: x\r\nMessage-ID: <" +
               id + ">\r\nIn-Reply-To: <1@c>\r\n\r\nWrite to me.\r\n";
    };
    take(forged("2@c"));
    ASSERT_EQ(database.sql("SELECT marked FROM interactions WHERE message_id = '2@c'"), "t");
    ASSERT_EQ(database.sql("SELECT participants FROM tickets"), "{ann@client.example}");
    // As tickets are that are older than replies.
    database.sql("UPDATE tickets SET participants = participants || '{cc@evil.example}'::text[]");
    const auto sent = reply(request());
    ASSERT_TRUE(sent) << refusal(sent);
    EXPECT_THAT(mail::read_header(sent->mail).in_reply_to, ElementsAre("2@c"));
    EXPECT_THAT(sent->recipients, ElementsAre("ann@client.example"));
    EXPECT_THAT(sent->warnings, ElementsAre(HasSubstr("nobody vouches")));
    // A verified one is followed, with a warning; where nobody would read that, it is refused.
    take(forged("3@c"));
    database.sql("UPDATE interactions SET marked = false, verdict = 'pass' WHERE message_id = '3@c'");
    auto unwatched = request();
    unwatched.unwatched = true;
    unwatched.answers =
        tickets::Uuid::parse(database.sql("SELECT id FROM interactions WHERE message_id = '3@c'"));
    EXPECT_THAT(refusal(reply(unwatched)), HasSubstr("in another domain; answer at the desk"));
    const auto followed = reply(request());
    ASSERT_TRUE(followed);
    EXPECT_THAT(followed->recipients, ElementsAre("me@evil.example", "cc@evil.example"));
    EXPECT_THAT(followed->warnings, ElementsAre(HasSubstr("in another domain")));
}

TEST_F(RepliesTest, AnAddressThatMailCameBackFromIsAskedAbout) {
    database.sql(
        "INSERT INTO address_marks VALUES (1, 'ann@client.example', now(), '5.1.1', 'no such user')");
    EXPECT_THAT(refusal(reply(request())), testing::AllOf(HasSubstr("came back"), HasSubstr("no such user")));
    auto anyway = request();
    anyway.anyway = true;
    EXPECT_TRUE(reply(anyway));
}

TEST_F(RepliesTest, WhatCanNotBeSentIsRefused) {
    const auto refused = [&](auto change) {
        auto wrong = request();
        change(wrong);
        return refusal(reply(std::move(wrong)));
    };
    EXPECT_THAT(refused([](auto& r) { r.agent = "nobody"; }), HasSubstr("no agent"));
    EXPECT_THAT(refused([](auto& r) { r.alias = "x"; }), HasSubstr("no alias"));
    EXPECT_THAT(refused([](auto& r) { r.status = "x"; }), HasSubstr("no status"));
    EXPECT_THAT(refused([](auto& r) { r.words.text = "{{nobody}}"; }), HasSubstr("{{nobody}}"));
    EXPECT_THAT(refused([](auto& r) { r.words.text = " "; }), HasSubstr("says nothing"));
    EXPECT_THAT(refused([](auto& r) { r.template_name = "x"; }), HasSubstr("takes the place"));
    EXPECT_THAT(refused([](auto& r) { r.words = {}, r.template_name = "x"; }), HasSubstr("no template"));
    EXPECT_THAT(refused([](auto& r) {
                    r.sender = mail::Mailbox{"info", "beta.example"};
                }),
                HasSubstr("no email sender"));
    EXPECT_THAT(refused([](auto& r) { r.to = {"sales@acme.example"}; }), HasSubstr("loop"));
    EXPECT_THAT(refused([](auto& r) { r.cc = {"x@y.example\r\nBcc: z@y.example"}; }),
                HasSubstr("no address"));
    EXPECT_THAT(refused([](auto& r) {
                    r.files.push_back({"big", std::string(desk::max_mail_bytes, 'x'), {}, false});
                }),
                HasSubstr("bytes"));
    EXPECT_EQ(database.sql("SELECT count(*) FROM deliveries"), "0");
    EXPECT_EQ(shown().status, "Open");
}

TEST_F(RepliesTest, SendersAliasesAndTemplates) {
    store::SenderStore senders(daemon->pool);
    store::AliasStore aliases(daemon->pool);
    store::TemplateStore templates(daemon->pool);
    const mail::Mailbox billing{"billing", "acme.example"};
    ASSERT_TRUE(wait_for(io, senders.add("acme", billing, "Billing")));
    EXPECT_THAT(refusal(wait_for(io, senders.add("acme", billing, ""))), HasSubstr("already"));
    EXPECT_THAT(refusal(wait_for(io, senders.add("acme", {"a", "beta.example"}, ""))),
                HasSubstr("no domain of"));
    EXPECT_TRUE(wait_for(io, senders.set(billing, "Acme Billing")));
    EXPECT_THAT(refusal(wait_for(io, senders.set(billing, "a\nb"))), HasSubstr("one line"));
    EXPECT_THAT(wait_for(io, senders.list("acme")), SizeIs(3)) << "with two mailboxes";

    const std::int64_t ben = wait_for(io, store::AgentStore(daemon->pool).find("Ben")).at(0).id;
    ASSERT_TRUE(wait_for(
        io, aliases.add(ben, "Benny", {.signature_name = "Benny", .signature_text = "{{sender.name}}"})));
    ASSERT_TRUE(wait_for(io, aliases.add(ben, "Mr. Ben", {})));
    EXPECT_THAT(refusal(wait_for(io, aliases.add(ben, "Benny", {}))), HasSubstr("already"));
    EXPECT_THAT(refusal(wait_for(io, aliases.set(ben, "Benny", {.signature_text = "{{x}}"}))),
                HasSubstr("{{x}}"));
    EXPECT_TRUE(wait_for(io, aliases.set(ben, "Benny", {.signature_html = "<b>{{sender.name}}</b>"})));
    EXPECT_TRUE(wait_for(io, aliases.make_default(ben, "Benny")));
    EXPECT_TRUE(wait_for(io, aliases.make_default(ben, "Mr. Ben"))) << "one at a time";
    EXPECT_TRUE(wait_for(io, aliases.make_default(ben, "Benny")));
    EXPECT_THAT(refusal(wait_for(io, aliases.make_default(ben, "x"))), HasSubstr("no alias"));

    ASSERT_TRUE(wait_for(
        io, templates.add({"acme", "hi", "Welcome {{person.name}}", "Dear {{person.name|friend}}", ""})));
    EXPECT_THAT(refusal(wait_for(io, templates.add({"acme", "hi", "", "x", ""}))), HasSubstr("already"));
    EXPECT_THAT(refusal(wait_for(io, templates.add({"acme", "no", "", "{{secret}}", ""}))),
                HasSubstr("{{secret}}"));
    EXPECT_THAT(refusal(wait_for(io, templates.add({"nope", "no", "", "x", ""}))), HasSubstr("no workspace"));
    EXPECT_TRUE(wait_for(io, templates.set("acme", "hi", {.html = "<p>Dear {{person.name|friend}}</p>"})));
    EXPECT_THAT(wait_for(io, templates.list("acme", std::nullopt)), SizeIs(1));

    EXPECT_TRUE(act([&](auto& actions) { return actions.set_sender({ticket, {}}, billing); }));
    auto by_template = request();
    by_template.words = {};
    by_template.template_name = "hi";
    const auto sent = reply(by_template);
    ASSERT_TRUE(sent) << refusal(sent);
    const auto mail = mail::read_message(sent->mail);
    EXPECT_EQ(*mail.header.from, (mail::NamedAddress{"Benny", "billing@acme.example"}));
    EXPECT_EQ(mail.text, "Dear Ann\n\n-- \nBenny\nAcme Billing\n");
    EXPECT_THAT(mail.html, HasSubstr("<b>Acme Billing</b>"));
    EXPECT_EQ(shown().interactions[1].alias, "Benny");

    EXPECT_TRUE(wait_for(io, aliases.make_default(ben, std::nullopt)));
    const auto again = reply(request());
    ASSERT_TRUE(again);
    EXPECT_EQ(mail::read_header(again->mail).from->name, "Benny") << "the last one in this ticket";
    EXPECT_TRUE(wait_for(io, aliases.remove(ben, "Benny")));
    EXPECT_EQ(shown().interactions[1].alias, "Benny") << "mails keep it";
    const auto later = reply(request());
    ASSERT_TRUE(later);
    EXPECT_EQ(mail::read_header(later->mail).from->name, "Ben");
    EXPECT_TRUE(wait_for(io, templates.remove("acme", "hi")));
    EXPECT_FALSE(wait_for(io, templates.remove("acme", "hi")));
    EXPECT_TRUE(wait_for(io, senders.remove(billing)));
    EXPECT_THAT(refusal(reply(request())), HasSubstr("no email sender"));
}

TEST_F(RepliesTest, ATicketIsOpenedOutward) {
    ASSERT_TRUE(wait_for(io, store::RuleStore(daemon->pool).add_team("acme", "Sales")));
    auto request = opening();
    request.team = "Sales";
    const auto sent = open(request);
    ASSERT_TRUE(sent) << refusal(sent);
    auto opened =
        wait_for(io, store::DeskStore(daemon->pool).find(sent->ticket.ticket.str(), std::nullopt)).at(0);
    EXPECT_EQ(opened.subject, "Offer for Carl");
    EXPECT_EQ(opened.status, "Pending");
    EXPECT_EQ(opened.team, "Sales");
    EXPECT_FALSE(opened.assignee) << "it is the team's";
    EXPECT_EQ(opened.opened_by->name, "Ben");
    EXPECT_FALSE(opened.created_by);
    EXPECT_EQ(opened.person->address, "carl@client.example");
    EXPECT_EQ(opened.mailbox, "support@acme.example");
    EXPECT_EQ(mail::read_message(sent->mail).text, "Hello Carl\n");

    take(answer_to(*sent, "9@c", false, "Carl <carl@client.example>"));
    opened = wait_for(io, store::DeskStore(daemon->pool).find(sent->ticket.ticket.str(), std::nullopt)).at(0);
    EXPECT_THAT(opened.interactions, SizeIs(2));
    EXPECT_EQ(opened.status, "Open");
    EXPECT_EQ(opened.interactions[1].thread, opened.interactions[0].thread);

    auto wrong = opening();
    wrong.person = "support@acme.example";
    EXPECT_THAT(refusal(open(wrong)), HasSubstr("loop"));
    wrong = opening();
    wrong.subject = "a\r\nBcc: x@y.example";
    EXPECT_THAT(refusal(open(wrong)), HasSubstr("line end"));
    wrong = opening();
    wrong.team = "Nobody";
    EXPECT_THAT(refusal(open(wrong)), HasSubstr("no team"));
    wrong = opening();
    wrong.sender.reset();
    EXPECT_THAT(refusal(open(wrong)), HasSubstr("--sender"));
    ASSERT_TRUE(
        wait_for(io, store::SenderStore(daemon->pool).add("beta", {"sales", "beta.example"}, "Sales")));
    database.sql("UPDATE mailboxes SET removed_at = now() WHERE address = 'info@beta.example'");
    wrong = opening();
    wrong.workspace = "beta";
    wrong.sender = mail::Mailbox{"sales", "beta.example"};
    EXPECT_THAT(refusal(open(wrong)), HasSubstr("add one with: ticketgate mailbox add"));
    EXPECT_EQ(tickets().size(), 2U);
    expect_everything_holds();
}

TEST_F(RepliesTest, NotesTransfersAndDescriptions) {
    ASSERT_TRUE(wait_for(io, store::RuleStore(daemon->pool).add_team("acme", "Sales")));
    EXPECT_TRUE(act([&](auto& actions) { return actions.note({ticket, {}}, "Ben", "look", "yellow"); }));
    EXPECT_THAT(refusal(act([&](auto& actions) {
                    return actions.note({ticket, {}}, "Ben", " ", "");
                })),
                HasSubstr("no note"));
    EXPECT_THAT(refusal(act([&](auto& actions) {
                    return actions.note({ticket, {}}, "Ben", "x", "#12");
                })),
                HasSubstr("colour"));
    auto now = shown();
    ASSERT_THAT(now.notes, SizeIs(1));
    const std::string note = now.notes[0].id.str();
    EXPECT_TRUE(act([&](auto& actions) { return actions.edit_note(note, "look again", std::nullopt); }));
    now = shown();
    EXPECT_EQ(now.notes[0].text, "look again");
    EXPECT_EQ(now.notes[0].colour, "yellow");
    EXPECT_GE(now.notes[0].updated, now.notes[0].created);
    EXPECT_TRUE(act([&](auto& actions) {
        return actions.transfer({ticket, {}}, "Ben", "Eve", "Sales", "yours");
    }));
    now = shown();
    EXPECT_EQ(now.assignee->name, "Eve");
    EXPECT_EQ(now.team, "Sales");
    EXPECT_THAT(now.notes, SizeIs(2));
    ASSERT_THAT(now.events, SizeIs(1));
    EXPECT_EQ(now.events[0].text, "Ben gave it to Eve of Sales");
    EXPECT_THAT(refusal(act([&](auto& actions) {
                    return actions.transfer({ticket, {}}, "Ben", {}, "None", "");
                })),
                HasSubstr("no team"));
    EXPECT_THAT(refusal(act([&](auto& actions) {
                    return actions.transfer({ticket, {}}, "Ben", {}, {}, "");
                })),
                HasSubstr("to whom"));
    EXPECT_TRUE(act([&](auto& actions) { return actions.describe({ticket, {}}, "a refund"); }));
    EXPECT_EQ(shown().description, "a refund");
    EXPECT_TRUE(act([&](auto& actions) { return actions.delete_note(note); }));
    EXPECT_FALSE(act([&](auto& actions) { return actions.delete_note(note); }));
    EXPECT_THAT(shown().notes, SizeIs(1));
    EXPECT_THAT(refusal(act([&](auto& actions) {
                    return actions.set_sender({ticket, {}}, mail::Mailbox{"info", "beta.example"});
                })),
                HasSubstr("no email sender"));
}

TEST_F(RepliesTest, AMergeTakesEverythingAlong) {
    ASSERT_TRUE(reply(request()));
    ASSERT_TRUE(act([&](auto& actions) { return actions.transfer({ticket, {}}, "Ben", "Eve", {}, "note"); }));
    ASSERT_TRUE(act([&](auto& actions) { return actions.describe({ticket, {}}, "a refund"); }));
    take(mail_text("2@c", "", "Bob <bob@client.example>"));
    const std::string other = database.sql(
        "SELECT short_id FROM tickets t JOIN interactions i ON i.ticket_id = t.id WHERE message_id = '2@c'");
    ASSERT_TRUE(act([&](auto& actions) { return actions.merge({ticket, {}}, {other, {}}); }));
    const auto now = shown();
    EXPECT_EQ(now.short_id, other);
    const auto led_to = [&] {
        return database.sql(
            "SELECT coalesce(t.merged_into, t.id) FROM reply_addresses r JOIN tickets t ON t.id = "
            "r.ticket_id");
    };
    EXPECT_EQ(led_to(), now.id.str());
    EXPECT_THAT(now.interactions, SizeIs(3));
    EXPECT_THAT(now.notes, SizeIs(1));
    EXPECT_THAT(now.events, SizeIs(1));
    EXPECT_EQ(now.description, "a refund");
    expect_everything_holds();
    ASSERT_TRUE(act([&](auto& actions) {
        return actions.split({ticket, {}},
                             {database.sql("SELECT id FROM interactions WHERE direction = 'outbound'")});
    }));
    const auto split =
        database.sql("SELECT participants FROM tickets WHERE merged_into IS NULL ORDER BY id DESC LIMIT 1");
    EXPECT_EQ(split, "{ann@client.example}") << "and not the desk's own address";
    EXPECT_EQ(led_to(), database.sql("SELECT ticket_id FROM interactions WHERE direction = 'outbound'"))
        << "its address goes with it, though it was made in a ticket that was merged";
    EXPECT_NE(led_to(), now.id.str());
    expect_everything_holds();
}

TEST_F(RepliesTest, ErasureTakesWhatWasWrittenToThem) {
    auto both = request();
    both.cc = {"bob@client.example"};
    ASSERT_TRUE(reply(both));
    ASSERT_TRUE(reply(request()));
    ASSERT_TRUE(act([&](auto& actions) { return actions.note({ticket, {}}, "Ben", "x", ""); }));
    database.sql(
        "INSERT INTO address_marks VALUES (1, 'ann@client.example', now(), '5.1.1', 'no such user')");
    database.sql(
        "INSERT INTO ticket_events SELECT 1, gen_random_uuid(), id, now(), 'bounced', "
        "(SELECT id FROM deliveries WHERE recipient_key = 'ann@client.example' LIMIT 1), 'x' FROM tickets");
    const auto report = wait_for(io, store::Erasure(daemon->pool, "ann@client.example", false)
                                         .run({1}, [](std::int64_t, std::int64_t) {}));
    EXPECT_EQ(report.mails, 2) << "hers, and what she alone got";
    EXPECT_EQ(database.sql("SELECT string_agg(recipient_key, ',') FROM deliveries"), "bob@client.example");
    EXPECT_EQ(database.sql("SELECT count(*) FROM address_marks"), "0");
    EXPECT_EQ(database.sql("SELECT count(*) FROM ticket_events"), "0");
    EXPECT_EQ(
        database.sql("SELECT count(*) FROM interactions WHERE 'ann@client.example' = ANY (correspondents)"),
        "0");
    expect_everything_holds();
    wait_for(io, store::Purge(daemon->pool, std::chrono::system_clock::now() + std::chrono::hours(1))
                     .run({1}, [](const store::PurgeCounts&) {}));
    for (const char* table : {"tickets", "interactions", "deliveries", "notes", "ticket_events",
                              "reply_addresses", "raw_chunks", "message_refs"})
        EXPECT_EQ(database.sql(std::string("SELECT count(*) FROM ") + table), "0") << table;
    expect_everything_holds();
}

TEST_F(RepliesTest, TwoAgentsAtOnceBothWrite) {
    const auto both = [this]() -> boost::asio::awaitable<int> {
        auto executor = co_await boost::asio::this_coro::executor;
        int done = 0;
        std::vector<desk::ReplyRequest> requests{request("one"), request("two")};
        requests[1].agent = "Eve";
        auto write = [&](desk::ReplyRequest request) -> boost::asio::awaitable<void> {
            const auto sent = co_await desk::Replies(daemon->pool).reply(std::move(request));
            EXPECT_TRUE(sent);
            ++done;
        };
        for (auto& each : requests)
            boost::asio::co_spawn(executor, write(each),
                                  [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
        while (done < 2) co_await boost::asio::post(executor, boost::asio::use_awaitable);
        co_return done;
    };
    EXPECT_EQ(wait_for(io, both()), 2);
    EXPECT_EQ(database.sql("SELECT count(*) FROM deliveries"), "2");
    EXPECT_EQ(shown().assignee->name, shown().interactions[1].agent->name) << "whoever was first has it";
    expect_everything_holds();
}

}  // namespace
