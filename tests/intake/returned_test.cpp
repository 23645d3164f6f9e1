// What comes to addresses that we signed, and what bounces say of deliveries: the plan over facts in memory.
#include "intake/bounces.hpp"
#include "intake/plan.hpp"
#include "intake/signed_recipient.hpp"

#include <gtest/gtest.h>

namespace intake {
namespace {

using std::string;

const Uuid ticket = threading::id_key("a ticket"), other = threading::id_key("another ticket");
const Uuid address = threading::id_key("a reply address"), notice = threading::id_key("a notice's address");
const Uuid delivery = threading::id_key("a delivery");
constexpr std::int64_t ben = 7;

store::Snapshot settings() {
    store::Snapshot snapshot;
    snapshot.domains["desk.example"] = {.name = "desk.example", .workspace_name = "w", .workspace = 1};
    snapshot.domains["elsewhere.example"] = {
        .name = "elsewhere.example", .workspace_name = "v", .workspace = 2};
    snapshot.mailboxes[{1, 10}] = {.id = {1, 10}, .workspace_name = "w", .address = "support@desk.example"};
    snapshot.addresses["support@desk.example"] = {1, 10};
    snapshot.address_keys = auth::AddressKeys({{1, string(32, 'k')}});
    return snapshot;
}

string signed_for(auth::AddressPurpose purpose, const Uuid& id) {
    return settings().address_keys.sign(purpose, 1, id.bytes);
}

Arrival prepared(const string& raw, const string& local_part, const string& reverse_path = "") {
    smtp::ReceivedMessage message;
    message.reverse_path = reverse_path;
    message.recipients = {{{local_part, "desk.example"}, {1, 10}}};
    message.raw = raw;
    message.received_at = std::chrono::system_clock::now();
    return prepare(message, settings(), "mx.desk.example", Uuid::make(message.received_at));
}

struct Desk {
    store::BatchFacts facts;
    Desk() {
        auto& known = facts[1];
        for (const auto& [id, short_id] : {std::pair(ticket, "aaaaaaaa"), std::pair(other, "bbbbbbbb")})
            known.facts.add(
                threading::KnownTicket{.id = id,
                                       .starter = id == ticket ? "ann@x.example" : "bob@x.example",
                                       .participants = {"ann@x.example"}},
                short_id);
        known.reply_addresses[address] = {ticket, std::nullopt, ""};
        known.reply_addresses[notice] = {ticket, ben, "ben@desk.example"};
        known.deliveries[delivery] = ticket;
        threading::KnownMessage message{.interaction = threading::id_key("stored"), .ticket = other};
        message.author = "ann@x.example";
        known.facts.add(message);
        known.facts.claim(threading::id_key("1@x.example"), threading::Role::self, message.interaction);
    }
    store::BatchPlan take(Arrival mail) {
        return plan({std::make_shared<const Arrival>(std::move(mail))}, facts,
                    std::chrono::system_clock::now(),
                    [] { return Uuid::make(std::chrono::system_clock::now()); });
    }
};

string letter(const string& from, const string& more = "") {
    return "From: " + from + "\r\nSubject: Re: hello\r\nMessage-ID: <new@x.example>\r\n" + more +
           "\r\nThanks.\r\n";
}

string report(const string& fields, const string& original = "ours@desk.example") {
    return "From: MAILER-DAEMON@client.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
           "--b\r\n\r\nNot delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
           "Reporting-MTA: dns; mx.client.example\r\n\r\n" +
           fields +
           "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: support@desk.example\r\nMessage-ID: <" +
           original + ">\r\n\r\nHello\r\n--b--\r\n";
}

string failed(const string& recipient, const string& status, const string& words) {
    return "Final-Recipient: rfc822; " + recipient + "\r\nAction: failed\r\nStatus: " + status +
           "\r\nDiagnostic-Code: smtp; " + words + "\r\n";
}

TEST(SignedRecipient, IsReadOfDomainsOfOursAlone) {
    using Verdict = auth::AddressReading::Verdict;
    const string reply = signed_for(auth::AddressPurpose::reply, address);
    const auto verdict = [](const string& local_part, const string& domain) {
        return read_signed({local_part, domain}, settings()).reading.verdict;
    };
    EXPECT_EQ(verdict(reply, "desk.example"), Verdict::genuine);
    EXPECT_EQ(verdict(reply, "elsewhere.example"), Verdict::forged) << "of another workspace";
    EXPECT_EQ(verdict(reply, "x.example"), Verdict::not_one);
    EXPECT_EQ(verdict("support", "desk.example"), Verdict::not_one);
    string forged = reply;
    forged.back() = forged.back() == 'a' ? 'b' : 'a';
    EXPECT_EQ(verdict(forged, "desk.example"), Verdict::forged);
    auto with_mailbox = settings();
    with_mailbox.addresses[forged + "@desk.example"] = {1, 10};
    EXPECT_EQ(read_signed({forged, "desk.example"}, with_mailbox).reading.verdict, Verdict::not_one);
}

TEST(SignedRecipient, IsNoCorrespondent) {
    const string to = signed_for(auth::AddressPurpose::reply, address);
    const Arrival mail =
        prepared(letter("ann@x.example", "To: " + to + "@desk.example, bob@x.example\r\n"), to);
    EXPECT_EQ(mail.incoming.correspondents, std::vector<string>{"bob@x.example"});
    EXPECT_EQ(mail.parts.at(0).reply_address, address);
    EXPECT_EQ(mail.parts.at(0).delivery, std::nullopt);
}

TEST(Returned, TheTicketOfAReplyAddressWinsOverIds) {
    Desk desk;
    const auto plan = desk.take(prepared(letter("ann@x.example", "In-Reply-To: <1@x.example>\r\n"),
                                         signed_for(auth::AddressPurpose::reply, address), "ann@x.example"));
    ASSERT_EQ(plan.joins.size(), 1U);
    EXPECT_EQ(plan.joins[0].ticket, ticket);
    EXPECT_TRUE(plan.joins[0].opens);
    EXPECT_EQ(plan.interactions.at(0).reason, "signed_address/none/participant: join_marked");
    EXPECT_EQ(plan.interactions[0].reply_address, address);
    EXPECT_EQ(plan.dispositions.at(0).reason, "signed_address");
    ASSERT_EQ(plan.links.size(), 1U);
    EXPECT_EQ(plan.links[0].to, other);
    ASSERT_EQ(plan.for_assignees.size(), 1U);
    EXPECT_EQ(plan.for_assignees[0].ticket, ticket);
}

TEST(Returned, MergedTicketsAreFollowed) {
    Desk desk;
    desk.facts[1].facts.merge(ticket, other);
    const auto plan = desk.take(
        prepared(letter("ann@x.example"), signed_for(auth::AddressPurpose::reply, address), "ann@x.example"));
    EXPECT_EQ(plan.interactions.at(0).ticket, other);
}

TEST(Returned, ARowThatWasRevokedSinceLeadsNowhere) {
    Desk desk;
    desk.facts[1].reply_addresses.clear();
    const auto plan = desk.take(
        prepared(letter("ann@x.example"), signed_for(auth::AddressPurpose::reply, address), "ann@x.example"));
    EXPECT_EQ(plan.tickets.size(), 1U);
}

struct Said {
    const char* from;
    string extra;
    auth::Verdict verdict;
    const char *disposition, *reason;
    std::size_t obeyed;
};

TEST(Returned, WhatComesToANoticesAddressIsTheAgentsToSay) {
    using enum auth::Verdict;
    const string to = "To: <" + signed_for(auth::AddressPurpose::reply, notice) + "@desk.example>\r\n";
    const string away = to + "Auto-Submitted: auto-replied\r\n";
    const string twice = to + "To: <ann@x.example>\r\n";
    const string copy = "Cc" + to.substr(2), another = "To: <friend@x.example>\r\n";
    for (const Said& each : std::vector<Said>{
             {"Ben <ben@desk.example>", to, pass, "ticketed", "signed_address", 1},
             {"Ben <BEN@DESK.example>", to, pass, "ticketed", "signed_address", 1},
             {"Ben <ben@desk.example>", to, none, "held", "agent_address", 0},
             {"Ben <ben@desk.example>", to, temperror, "held", "agent_address", 0},
             {"Ben <ben@desk.example>", to, fail, "held", "agent_address", 0},
             {"ann@x.example", to, pass, "held", "agent_address", 0},
             {"ben@desk.example, ann@x.example", to, pass, "held", "agent_address", 0},
             {"ben@desk.example", away, pass, "ticketed", "signed_address", 0},
             {"ann@x.example", away, pass, "held", "agent_address", 0},
             // Signed mail of theirs that was meant for others, sent again.
             {"Ben <ben@desk.example>", another, pass, "held", "agent_address", 0},
             {"Ben <ben@desk.example>", "", pass, "held", "agent_address", 0},
             {"Ben <ben@desk.example>", twice, pass, "held", "agent_address", 0},
             {"Ben <ben@desk.example>", copy, pass, "held", "agent_address", 0},
         }) {
        Desk desk;
        Arrival mail = prepared(letter(each.from, each.extra),
                                signed_for(auth::AddressPurpose::reply, notice), "ben@desk.example");
        mail.incoming.verdict = each.verdict;
        const auto plan = desk.take(std::move(mail));
        EXPECT_EQ(plan.dispositions.at(0).disposition, each.disposition) << each.from << each.extra;
        EXPECT_EQ(plan.dispositions[0].reason, each.reason) << each.from;
        EXPECT_TRUE(plan.for_assignees.empty());
        ASSERT_EQ(plan.by_agents.size(), each.obeyed) << each.from;
        if (each.obeyed == 0) continue;
        EXPECT_EQ(plan.by_agents[0].agent, ben);
        EXPECT_EQ(plan.by_agents[0].ticket, ticket);
        EXPECT_FALSE(plan.joins.at(0).opens) << "an agent's word is no customer's";
        EXPECT_TRUE(plan.joins[0].new_participants.empty());
        EXPECT_EQ(plan.interactions.at(0).reason, "signed_address/pass/agent: join");
    }
}

TEST(Returned, OfAnAgentWhoHasGoneNothingIsTaken) {
    Desk desk;
    desk.facts[1].reply_addresses[notice].agent_address.clear();
    Arrival mail =
        prepared(letter("ben@desk.example"), signed_for(auth::AddressPurpose::reply, notice), "b@x");
    mail.incoming.verdict = auth::Verdict::pass;
    EXPECT_EQ(desk.take(std::move(mail)).dispositions.at(0).reason, "agent_address");
}

TEST(Returned, ABounceJoinsTheTicketOfItsDeliveryAndReopensNothingByItself) {
    Desk desk;
    const auto plan = desk.take(prepared(report(failed("ann@x.example", "5.1.1", "550 5.1.1 User unknown")),
                                         signed_for(auth::AddressPurpose::bounce, delivery)));
    ASSERT_EQ(plan.joins.size(), 1U);
    EXPECT_EQ(plan.joins[0].ticket, ticket);
    EXPECT_FALSE(plan.joins[0].opens);
    EXPECT_EQ(plan.interactions.at(0).kind, "bounce");
    EXPECT_EQ(plan.interactions[0].returned, delivery);
    EXPECT_TRUE(plan.for_assignees.empty());
    ASSERT_EQ(plan.bounced.size(), 1U);
    EXPECT_EQ(plan.bounced[0].delivery, delivery);
}

// Without a Message-ID nothing in it differs but where it came to.
TEST(Returned, TheSameBounceOfTwoDeliveriesEndsBoth) {
    Desk desk;
    const Uuid second = threading::id_key("a second delivery");
    desk.facts[1].deliveries[second] = ticket;
    const string raw = report(failed("ann@x.example", "5.1.1", "550 5.1.1 User unknown"));
    const auto one = desk.take(prepared(raw, signed_for(auth::AddressPurpose::bounce, delivery)));
    const auto two = desk.take(prepared(raw, signed_for(auth::AddressPurpose::bounce, second)));
    const auto again = desk.take(prepared(raw, signed_for(auth::AddressPurpose::bounce, second)));
    EXPECT_EQ(two.dispositions.at(0).disposition, "duplicate");
    ASSERT_EQ(two.bounced.size(), 1U);
    EXPECT_EQ(two.bounced[0].delivery, second);
    EXPECT_NE(two.bounced[0].event, one.bounced.at(0).event);
    EXPECT_EQ(again.bounced.at(0).event, two.bounced[0].event) << "told once, however often it comes";
}

struct Spoken {
    const char* fields;
    std::size_t count;
    bool final, hard;
    int code;
    const char *status, *words;
};

TEST(Bounces, OfAReturnPathSpeakOfItsDeliveryWhateverTheyName) {
    const string several = failed("a@x.example", "5.1.1", "550 5.1.1 User unknown") + "\r\n" +
                           failed("b@x.example", "5.1.1", "550 5.1.1 User unknown");
    for (const Spoken& each : std::vector<Spoken>{
             {"Final-Recipient: rfc822; z@y.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
              "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n",
              1, true, true, 550, "5.1.1", "550 5.1.1 User unknown"},
             {"Final-Recipient: rfc822; z@y.example\r\nAction: failed\r\nStatus: 5.2.2\r\n"
              "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\r\n",
              1, true, false, 552, "5.2.2", "552 5.2.2 Mailbox full"},
             {"Final-Recipient: rfc822; z@y.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n"
              "Diagnostic-Code: smtp; 451 4.4.1 Try again\xe2\x80\xae\r\n",
              1, false, false, 451, "4.4.1", "451 4.4.1 Try again"},
             {"Final-Recipient: rfc822; z@y.example\r\nAction: delivered\r\nStatus: 2.0.0\r\n", 0, true,
              false, 0, "", ""},
             {several.c_str(), 1, true, false, 550, "5.1.1", "550 5.1.1 User unknown"},
         }) {
        const Arrival mail = prepared(report(each.fields, "whatever@x.example"),
                                      signed_for(auth::AddressPurpose::bounce, delivery));
        const auto bounced = bounced_by(mail, mail.parts.at(0), ticket);
        ASSERT_EQ(bounced.size(), each.count) << each.fields;
        if (each.count == 0) continue;
        EXPECT_EQ(bounced[0].workspace, 1);
        EXPECT_EQ(bounced[0].delivery, delivery);
        EXPECT_EQ(bounced[0].original, std::nullopt);
        EXPECT_EQ(bounced[0].final, each.final) << each.fields;
        EXPECT_EQ(bounced[0].hard, each.hard) << each.fields;
        EXPECT_EQ(bounced[0].code, each.code) << each.fields;
        EXPECT_EQ(bounced[0].status, each.status) << each.fields;
        EXPECT_EQ(bounced[0].words, each.words) << each.fields;
    }
}

// G05: what is no RFC 3464 report finds its delivery all the same.
TEST(Bounces, OfServersThatKnowNoReportsAreFoundByTheReturnPath) {
    const std::vector<string> mails{
        "From: MAILER-DAEMON@mx.client.example\r\nSubject: failure notice\r\n\r\n"
        "Hi. This is the qmail-send program at mx.client.example.\r\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
        "<ann@client.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
        "--- Below this line is a copy of the message.\r\n\r\nSubject: hello\r\n\r\nHello\r\n",
        "From: postmaster@client.example\r\nSubject: Undeliverable: hello\r\n\r\n"
        "Your message did not reach some or all of the intended recipients.\r\n\r\n"
        "      Subject:  hello\r\n      Sent:     11/22/2026 8:00 AM\r\n\r\n"
        "The following recipient(s) could not be reached:\r\n\r\n"
        "      ann@client.example on 11/22/2026 8:00 AM\r\n"
        "            The e-mail account does not exist at the organization this message was sent to.\r\n"
        "            <mx.client.example #5.1.1>\r\n",
        "From: Mailer-Daemon@client.example\r\nSubject: Mail-Zustellung fehlgeschlagen\r\n\r\n"
        "Die folgende Adresse konnte nicht erreicht werden:\r\n\r\n<ann@client.example>\r\n"
        "550 5.1.1 Benutzer unbekannt\r\n"};
    for (const auto& raw : mails) {
        const Arrival mail = prepared(raw, signed_for(auth::AddressPurpose::bounce, delivery));
        EXPECT_EQ(mail.kind.kind, mail::Kind::bounce) << raw;
        const auto bounced = bounced_by(mail, mail.parts.at(0), ticket);
        ASSERT_EQ(bounced.size(), 1U) << raw;
        EXPECT_EQ(bounced[0].delivery, delivery);
        EXPECT_TRUE(bounced[0].final);
        EXPECT_FALSE(bounced[0].words.empty());
    }
}

TEST(Bounces, ElsewhereWithoutARecipientProveNothing) {
    // The id stands in whatever somebody forwards; the recipient that it came back from does not.
    for (const char* const none : {""}) {
        const Arrival mail = prepared(report(failed(none, "5.1.1", "550 5.1.1 User unknown")), "support");
        EXPECT_TRUE(bounced_by(mail, mail.parts.at(0), ticket).empty()) << none;
    }
}

TEST(Bounces, ElsewhereNameTheMailAndItsRecipient) {
    const Arrival mail =
        prepared(report(failed("Ann@X.example", "5.1.1", "550 5.1.1 User unknown")), "support");
    const auto bounced = bounced_by(mail, mail.parts.at(0), ticket);
    ASSERT_EQ(bounced.size(), 1U);
    EXPECT_EQ(bounced[0].delivery, std::nullopt);
    EXPECT_EQ(bounced[0].original, threading::id_key("ours@desk.example"));
    EXPECT_EQ(bounced[0].recipient, "ann@x.example");
    EXPECT_TRUE(bounced[0].hard);
}

TEST(Bounces, OfAThousandRecipientsSayABoundedLot) {
    string fields;
    for (int i = 0; i < 1000; ++i)
        fields += failed("a" + std::to_string(i) + "@x.example", "5.1.1", "550 5.1.1 User unknown") + "\r\n";
    const Arrival mail = prepared(report(fields), "support");
    EXPECT_EQ(bounced_by(mail, mail.parts.at(0), ticket).size(), 50U);
}

TEST(Bounces, WhatIsNoneOrIsOldSaysNothing) {
    const string to = signed_for(auth::AddressPurpose::bounce, delivery);
    const Arrival reply = prepared(letter("ann@x.example"), to, "ann@x.example");
    EXPECT_TRUE(bounced_by(reply, reply.parts.at(0), ticket).empty());
    const Arrival away = prepared(letter("ann@x.example", "Auto-Submitted: auto-replied\r\n"), to);
    EXPECT_TRUE(bounced_by(away, away.parts.at(0), ticket).empty());
    Arrival old = prepared(report(failed("ann@x.example", "5.1.1", "550 User unknown")), to);
    old.imported = true;
    EXPECT_TRUE(bounced_by(old, old.parts.at(0), ticket).empty());
}

// A server's own DMARC record may disown its bounces; a ban, a rule or a scanner keeps what it says away.
TEST(Bounces, CountWhereTheyAreHeldForDmarcAlone) {
    for (const auto& [reason, counted] :
         {std::pair("dmarc", 1U), std::pair("banned", 0U), std::pair("spam", 0U)}) {
        Desk desk;
        Arrival mail = prepared(report(failed("ann@x.example", "5.1.1", "550 5.1.1 User unknown")),
                                signed_for(auth::AddressPurpose::bounce, delivery));
        mail.incoming.verdict = auth::Verdict::fail;
        mail.parts[0].policy = {.action = policy::Action::hold, .reason = reason};
        const auto plan = desk.take(std::move(mail));
        EXPECT_EQ(plan.bounced.size(), counted) << reason;
        EXPECT_EQ(plan.dispositions.at(0).disposition, "held");
    }
}

TEST(Returned, MailFromAnAddressThatIsVerifiedUnmarksIt) {
    Desk desk;
    Arrival mail = prepared(letter("Ann@x.example"), "support", "ann@x.example");
    mail.incoming.verdict = auth::Verdict::pass;
    const auto plan = desk.take(mail);
    ASSERT_EQ(plan.verified_authors.size(), 1U);
    EXPECT_EQ(plan.verified_authors[0], store::WorkspaceAddress(1, "ann@x.example"));
    Desk unverified;
    mail.incoming.verdict = auth::Verdict::none;
    EXPECT_TRUE(unverified.take(mail).verified_authors.empty());
}

}  // namespace
}  // namespace intake
