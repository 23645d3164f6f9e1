// The mail that tells an agent of a ticket that is theirs.
#include "desk/agent_notice.hpp"

#include "mail/mailbox.hpp"
#include "mail/read.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace desk {
namespace {

using tickets::Uuid;

store::Snapshot settings() {
    store::Snapshot snapshot;
    snapshot.installation = "install";
    snapshot.domains["desk.example"] = {.name = "desk.example",
                                        .workspace_name = "w",
                                        .workspace = 1,
                                        .bounce_domain = "desk.example",
                                        .reply_domain = "answers.desk.example"};
    snapshot.address_keys = auth::AddressKeys({{1, std::string(32, 'k')}});
    return snapshot;
}

const store::AgentTask task{.workspace = 1,
                            .id = Uuid::make(std::chrono::system_clock::now()),
                            .ticket = Uuid::make(std::chrono::system_clock::now()),
                            .agent = {7, "Ben", "ben@staff.example"}};

store::NoticeFacts facts() {
    return {.short_id = "k7m2q9xt",
            .subject = "Printer\r\nBcc: eve@x.example",
            .mailbox = 10,
            .mailbox_address = "support@desk.example",
            .mailbox_name = "Support",
            .author = "ann@x.example",
            .author_name = "Ann",
            .verified = true};
}

mail::Message letter() {
    return mail::read_message(
        "From: Ann <ann@x.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\n\r\nIt smokes.\r\n\r\nOn Monday, support@desk.example wrote:\r\n> Is it on?\r\n"
        "--b\r\nContent-Type: application/pdf; name=smoke.pdf\r\nContent-Disposition: "
        "attachment\r\n\r\nx\r\n--b--\r\n");
}

mail::Message read(const store::Outcome<store::NewNotice>& notice) {
    EXPECT_TRUE(notice.has_value());
    return notice ? mail::read_message(notice->message) : mail::Message();
}

TEST(AgentNotice, HoldsTheMailAndAnAddressThatNamesTheAgentAndTheTicket) {
    const auto notice =
        agent_notice(task, facts(), letter(), "", settings(), std::chrono::system_clock::now());
    const auto mail = read(notice);
    EXPECT_EQ(mail.header.from->address, "support@desk.example");
    EXPECT_EQ(mail.header.to.at(0).address, "ben@staff.example");
    EXPECT_EQ(mail.header.subject, "[#k7m2q9xt] Printer  Bcc: eve@x.example");
    ASSERT_EQ(mail.header.reply_to.size(), 1U);
    const auto answers = mail::mailbox_of(mail.header.reply_to[0].address);
    EXPECT_EQ(answers.domain, "answers.desk.example");
    const auto reading = settings().address_keys.verify(answers.local_part, 1);
    EXPECT_EQ(reading.verdict, auth::AddressReading::Verdict::genuine);
    EXPECT_EQ(reading.purpose, auth::AddressPurpose::reply);
    EXPECT_EQ(reading.id, notice->reply_address.bytes);
    EXPECT_NE(mail.text.find("It smokes."), std::string::npos);
    EXPECT_NE(mail.text.find("smoke.pdf"), std::string::npos);
    EXPECT_EQ(mail.text.find("Is it on?"), std::string::npos) << "what she quotes is at the desk";
    EXPECT_EQ(mail.text.find("vouches"), std::string::npos);
    EXPECT_EQ(mail.kind, mail::Kind::auto_reply) << "no machine answers it";
    EXPECT_EQ(notice->event, "");
    EXPECT_EQ(notice->mailbox, 10);
}

TEST(AgentNotice, TellsWhenNobodyVouchesForTheAuthor) {
    auto unverified = facts();
    unverified.verified = false;
    const auto mail =
        read(agent_notice(task, unverified, letter(), "", settings(), std::chrono::system_clock::now()));
    EXPECT_NE(mail.text.find("nobody vouches"), std::string::npos);
}

TEST(AgentNotice, OfAProblemSaysWhatWasNotDoneAndTheTicketShowsIt) {
    const auto notice = agent_notice(task, facts(), std::nullopt, "'/close' is no command", settings(),
                                     std::chrono::system_clock::now());
    EXPECT_NE(read(notice).text.find("'/close' is no command"), std::string::npos);
    EXPECT_EQ(notice->event, "Ben's mail was not sent: '/close' is no command");
}

// What is said to the address answers the mail that the agent was shown, or tried to answer.
TEST(AgentNotice, NamesTheMailThatAnAnswerIsTo) {
    const auto now = std::chrono::system_clock::now();
    const Uuid shown = Uuid::make(now), agents = Uuid::make(now);
    struct Case {
        bool said;
        std::optional<Uuid> of, answered, expected;
    };
    for (const auto& [said, of, answered, expected] :
         {Case{false, shown, std::nullopt, shown}, Case{false, std::nullopt, std::nullopt, std::nullopt},
          Case{true, agents, shown, shown}, Case{true, agents, std::nullopt, std::nullopt}}) {
        store::AgentTask about = task;
        about.said = said;
        about.interaction = of;
        auto known = facts();
        known.answers = answered;
        const auto notice = agent_notice(about, known, std::nullopt, said ? "no" : "", settings(), now);
        ASSERT_TRUE(notice);
        EXPECT_EQ(notice->answers, expected);
    }
}

TEST(AgentNotice, OfATicketWithoutMailAndOfAMailboxWithoutDomain) {
    const auto mail =
        read(agent_notice(task, facts(), std::nullopt, "", settings(), std::chrono::system_clock::now()));
    EXPECT_NE(mail.text.find("Ticket #k7m2q9xt is yours"), std::string::npos);
    auto without = settings();
    without.domains.clear();
    EXPECT_FALSE(agent_notice(task, facts(), std::nullopt, "", without, std::chrono::system_clock::now()));
}

TEST(AgentNotice, OfAVeryLongMailIsBounded) {
    mail::Message long_one;
    long_one.text = long_one.reply_text = std::string(5'000'000, 'x');
    const auto notice =
        agent_notice(task, facts(), long_one, "", settings(), std::chrono::system_clock::now());
    ASSERT_TRUE(notice);
    EXPECT_LT(notice->message.size(), 100'000U);
    EXPECT_NE(notice->message.find("the rest is at the desk"), std::string::npos);
}

}  // namespace
}  // namespace desk
