#include "intake/arrival.hpp"

#include "store/raw.hpp"

#include <gtest/gtest.h>

namespace intake {
namespace {

const Uuid id = *Uuid::parse("01234567-89ab-7cde-8f01-23456789abcd");

store::Snapshot desk() {
    store::Snapshot settings;
    settings.domains["desk.example"] = {"desk.example", "w", {}, {}};
    settings.addresses["support@desk.example"] = {1, 10};
    settings.mailboxes[{1, 10}] = {.id = {1, 10},
                                   .workspace_name = "w",
                                   .address = "support@desk.example",
                                   .display_name = "",
                                   .aliases = {}};
    return settings;
}

smtp::ReceivedMessage received(std::string raw) {
    smtp::ReceivedMessage message;
    message.client_address = "192.0.2.1";
    message.helo = "client.example";
    message.protocol = "ESMTP";
    message.reverse_path = "ann@client.example";
    message.recipients = {{{"support", "desk.example"}, {1, 10}}};
    message.raw = std::move(raw);
    return message;
}

Arrival prepared(std::string raw) {
    return prepare(received(std::move(raw)), desk(), "mx.desk.example", id);
}

TEST(Prepare, ReadsWhatThreadingNeeds) {
    const Arrival arrival = prepared(
        "From: Ann <Ann@Client.Example>\r\nTo: support@desk.example, Bob <bob@client.example>\r\nCc: "
        "bob@client.example\r\n"
        "Subject: Re: [#k7m2q9xt] Printer\r\nMessage-ID: <3@client>\r\nIn-Reply-To: <2@client>\r\n"
        "References: <1@client> <2@client> <3@client>\r\n\r\nHello\r\n");
    EXPECT_EQ(arrival.incoming.author, "ann@client.example");
    EXPECT_EQ(arrival.author_name, "Ann");
    EXPECT_EQ(arrival.incoming.correspondents, std::vector<std::string>{"bob@client.example"})
        << "without our mailbox";
    EXPECT_EQ(arrival.incoming.self, threading::id_key("3@client"));
    const std::vector<threading::IdKey> parents{threading::id_key("2@client"), threading::id_key("1@client")};
    EXPECT_EQ(arrival.incoming.parents, parents) << "nearest first, its own id and repeats left out";
    EXPECT_EQ(arrival.incoming.short_ids, std::vector<std::string>{"k7m2q9xt"});
    EXPECT_EQ(arrival.parts.size(), 1U);
    EXPECT_EQ(arrival.parts[0].email_sender, "support@desk.example");
}

TEST(Prepare, ReadsTheKindWithTheEnvelope) {
    const std::string raw = "From: Ann <ann@client.example>\r\nSubject: x\r\n\r\nHello\r\n";
    EXPECT_EQ(prepared(raw).kind.kind, mail::Kind::human);
    auto null_path = received(raw);
    null_path.reverse_path.clear();
    EXPECT_EQ(prepare(null_path, desk(), "mx", id).kind.kind, mail::Kind::auto_reply);
    EXPECT_EQ(prepare(null_path, desk(), "mx", id, Envelope::unknown).kind.kind, mail::Kind::human);
}

TEST(Prepare, OfSeveralMailboxesTheMostWelcomingDecides) {
    using store::AutomaticMail;
    auto settings = desk();
    settings.mailboxes[{1, 10}].automatic = AutomaticMail::discard;
    settings.mailboxes[{1, 10}].bounces = AutomaticMail::discard;
    settings.mailboxes[{1, 11}] = {.id = {1, 11},
                                   .workspace_name = "w",
                                   .address = "sales@desk.example",
                                   .display_name = "",
                                   .aliases = {},
                                   .automatic = AutomaticMail::hold};
    auto message = received("Subject: x\r\n\r\n");
    EXPECT_EQ(prepare(message, settings, "mx", id).parts.at(0).automatic, AutomaticMail::discard);
    message.recipients.push_back({{"sales", "desk.example"}, {1, 11}});
    const auto part = prepare(message, settings, "mx", id).parts.at(0);
    EXPECT_EQ(part.automatic, AutomaticMail::hold);
    EXPECT_EQ(part.bounces, AutomaticMail::hold);
}

TEST(Prepare, KeepsTheRawMailBitForBit) {
    std::string raw = "Subject: x\r\n\r\n";
    for (int i = 0; i < 600'000; ++i) raw += static_cast<char>(i * 7 % 251);
    const Arrival arrival = prepared(raw);
    EXPECT_EQ(arrival.raw_chunks.size(), 3U);
    std::string restored;
    for (const auto& chunk : arrival.raw_chunks) ASSERT_TRUE(store::decompress_chunk(chunk, restored));
    EXPECT_EQ(restored, raw);
    EXPECT_EQ(arrival.raw_size, static_cast<std::int64_t>(raw.size()));
}

TEST(Prepare, AnEmptyMailIsAMail) {
    const Arrival arrival = prepared("");
    std::string restored;
    ASSERT_EQ(arrival.raw_chunks.size(), 1U);
    EXPECT_TRUE(store::decompress_chunk(arrival.raw_chunks[0], restored));
    EXPECT_EQ(restored, "");
    EXPECT_EQ(arrival.incoming.author, "");
}

TEST(Prepare, WithoutAMessageIdTheDigestStandsForIt) {
    const std::string mail = "From: a@client.example\r\nSubject: x\r\n\r\nHello\r\n";
    const Arrival first = prepared(mail);
    EXPECT_EQ(first.message_id, std::nullopt);
    EXPECT_EQ(prepared("Received: from elsewhere\r\n" + mail).incoming.self, first.incoming.self);
    EXPECT_NE(prepared(mail + "!").incoming.self, first.incoming.self);
    auto other_sender = received(mail);
    other_sender.reverse_path = "eve@client.example";
    EXPECT_NE(prepare(other_sender, desk(), "mx", id).incoming.self, first.incoming.self);
}

TEST(Prepare, RecipientsOfAWorkspaceAreOnePart) {
    auto message = received("Subject: x\r\n\r\n");
    message.recipients = {{{"support", "desk.example"}, {1, 10}},
                          {{"other", "other.example"}, {2, 20}},
                          {{"sales", "desk.example"}, {1, 11}},
                          {{"help", "desk.example"}, {1, 10}}};
    const Arrival arrival = prepare(message, desk(), "mx", id);
    ASSERT_EQ(arrival.parts.size(), 2U);
    EXPECT_EQ(arrival.parts[0].mailboxes, (std::vector<std::int64_t>{10, 11}));
    EXPECT_EQ(arrival.parts[1].mailboxes, std::vector<std::int64_t>{20});
}

TEST(Prepare, AnAddressTooLongForAnybodyIsNobodys) {
    EXPECT_EQ(prepared("From: " + std::string(5000, 'a') + "@client.example\r\n\r\n").incoming.author, "");
}

TEST(Receipt, SaysNothingButItself) {
    EXPECT_EQ(receipt(id).size(), 26U);
    EXPECT_EQ(receipt(id).find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos);
}

TEST(Bare, KeepsRawAndEvidenceAndNothingThatWasRead) {
    const Arrival arrival =
        prepared("From: a@b.example\r\nSubject: s\r\nMessage-ID: <1@b>\r\nReferences: <0@b>\r\n\r\n");
    const Arrival stripped = bare(arrival);
    EXPECT_EQ(stripped.raw_chunks, arrival.raw_chunks);
    EXPECT_EQ(stripped.reverse_path, arrival.reverse_path);
    EXPECT_EQ(stripped.intake, arrival.intake);
    EXPECT_EQ(stripped.refs.size(), 1U);
    EXPECT_TRUE(stripped.incoming.parents.empty());
    EXPECT_EQ(stripped.incoming.author, "");
}

TEST(Prepare, ABouncesOriginalIsWhatItAnswers) {
    const Arrival arrival = prepared(
        "From: MAILER-DAEMON@client.example\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nNot delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.client.example\r\n\r\nFinal-Recipient: rfc822; lee@client.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        "From: support@desk.example\r\nMessage-ID: <ours@desk.example>\r\n\r\nHello\r\n--b--\r\n");
    EXPECT_EQ(arrival.kind.kind, mail::Kind::bounce);
    if (!arrival.kind.original_message_id()) GTEST_FAIL() << "its original is not known";
    EXPECT_EQ(arrival.incoming.parents, std::vector{threading::id_key("ours@desk.example")});
}

}  // namespace
}  // namespace intake
