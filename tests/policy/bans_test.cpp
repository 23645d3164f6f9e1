// Senders x bans x spellings.
#include "policy/bans.hpp"

#include "mail/read.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using policy::Action;
using policy::Bans;
using policy::Sender;
using tickets::BanEffect;
using tickets::BanKind;
using tickets::BanSubject;

constexpr std::int64_t acme = 1, other = 2;
const tickets::Time noon = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1) + 12h;

struct Desk {
    std::shared_ptr<const Bans> bans = std::make_shared<const Bans>();
    std::uint8_t last = 0;

    tickets::Uuid ban(std::int64_t workspace, const std::optional<BanSubject>& subject,
                      BanEffect effect = BanEffect::refuse, std::optional<tickets::Time> ends = std::nullopt,
                      std::vector<std::string> addresses = {}) {
        tickets::Ban ban{.id = {},
                         .workspace = workspace,
                         .subject = subject.value(),
                         .reason = "abuse",
                         .effect = effect,
                         .begins = noon,
                         .ends = ends};
        ban.id.bytes[15] = ++last;
        Bans::Editor editor(*bans);
        editor.put({ban, std::move(addresses)});
        bans = editor.finish();
        return ban.id;
    }
    void lift(const tickets::Uuid& id) {
        Bans::Editor editor(*bans);
        editor.remove(id);
        bans = editor.finish();
    }
    [[nodiscard]] bool banned(const Sender& sender, std::int64_t workspace = acme,
                              tickets::Time now = noon) const {
        return bans->find(workspace, sender, now) != nullptr;
    }
};

Sender from(std::string_view address) {
    return {"", {mail::mailbox_of(address)}};
}
Sender at(std::string_view client) {
    return {std::string(client), {}};
}

TEST(Bans, OfAnAddressHoldInEverySpelling) {
    Desk desk;
    desk.ban(acme, tickets::banned_address("Evil@B\u00fccher.Example", false));
    for (const char* spelling :
         {"evil@xn--bcher-kva.example", "EVIL@XN--BCHER-KVA.EXAMPLE", "\"evil\"@b\u00fccher.example",
          "\"e\\vil\"@b\u00fccher.example", "evil@b\u00fccher.example.", "eViL@B\u00dcCHER.example",
          "evil@bu\u0308cher.example"})
        EXPECT_TRUE(desk.banned(from(spelling))) << spelling;
    for (const char* another :
         {"evi@b\u00fccher.example", "evil@bucher.example", "evil@x.b\u00fccher.example",
          "evil+1@b\u00fccher.example", "evil", "", "@b\u00fccher.example", "\"evil \"@b\u00fccher.example",
          "evil@b\u00fccher.example.net"})
        EXPECT_FALSE(desk.banned(from(another))) << another;
    EXPECT_FALSE(desk.banned(from("evil@b\u00fccher.example"), other)) << "of another workspace";
    EXPECT_FALSE(desk.banned(from("evil@b\u00fccher.example"), tickets::whole_installation));
}

TEST(Bans, OfAnAddressWithItsPlusAddresses) {
    Desk desk;
    desk.ban(acme, tickets::banned_address("evil@x.example", true));
    for (const char* spelling : {"evil@x.example", "evil+1@x.example", "EVIL+a+b@x.example.",
                                 "\"evil+a b\"@x.example", "\"evil+\"@x.example"})
        EXPECT_TRUE(desk.banned(from(spelling))) << spelling;
    for (const char* another : {"evil-1@x.example", "+evil@x.example", "evil1+1@x.example"})
        EXPECT_FALSE(desk.banned(from(another))) << another;
}

TEST(Bans, OfADomainWithAndWithoutWhatIsBelowIt) {
    const struct {
        const char* sender;
        bool alone, with_subdomains;
    } cases[] = {
        {"a@x.example", true, true},
        {"B@X.EXAMPLE.", true, true},
        {"a@mail.x.example", false, true},
        {"a@a.b.c.x.example", false, true},
        {"a@yx.example", false, false},
        {"a@example", false, false},
        {"a@x.example.net", false, false},
        {"x.example@y.example", false, false},
        {"\"@x.example\"@y.example", false, false},
    };
    Desk alone, below;
    alone.ban(acme, tickets::banned_domain("x.example", false));
    below.ban(acme, tickets::banned_domain("x.example", true));
    for (const auto& test : cases) {
        EXPECT_EQ(alone.banned(from(test.sender)), test.alone) << test.sender;
        EXPECT_EQ(below.banned(from(test.sender)), test.with_subdomains) << test.sender;
    }
}

TEST(Bans, OfANetwork) {
    Desk desk;
    desk.ban(acme, tickets::banned_network("192.0.2.0/25"));
    desk.ban(acme, tickets::banned_network("2001:db8::/33"));
    desk.ban(acme, tickets::banned_network("198.51.100.7"));
    for (const char* client :
         {"192.0.2.0", "192.0.2.127", "::ffff:192.0.2.5", "198.51.100.7", "2001:db8:7fff::1"})
        EXPECT_TRUE(desk.banned(at(client))) << client;
    for (const char* client : {"192.0.2.128", "192.0.3.0", "198.51.100.6", "2001:db8:8000::1", "::192.0.2.5",
                               "", "x.example", "unix:"})
        EXPECT_FALSE(desk.banned(at(client))) << client;
}

TEST(Bans, OfAPersonFollowAllTheirAddresses) {
    Desk desk;
    desk.ban(acme, BanSubject{BanKind::person, "ann@x.example"}, BanEffect::refuse, std::nullopt,
             {"ann@x.example", "ann@private.example"});
    EXPECT_TRUE(desk.banned(from("Ann@X.example")));
    EXPECT_TRUE(desk.banned(from("\"ANN\"@private.example")));
    EXPECT_FALSE(desk.banned(from("ann+1@x.example")));
    desk.ban(acme, BanSubject{BanKind::person, "ben@x.example", false, true}, BanEffect::refuse, std::nullopt,
             {"ben@x.example", "ben+work@private.example"});
    EXPECT_TRUE(desk.banned(from("ben+1@x.example")));
    EXPECT_TRUE(desk.banned(from("ben@private.example")));
}

TEST(Bans, AnyOfASendersAddressesIsEnough) {
    Desk desk;
    desk.ban(acme, tickets::banned_address("evil@x.example", false));
    Sender sender = from("good@y.example");
    EXPECT_FALSE(desk.banned(sender));
    sender.addresses.push_back({"evil", "x.example"});
    EXPECT_TRUE(desk.banned(sender));
    EXPECT_FALSE(desk.banned({"", {mail::Mailbox{}}})) << "the null reverse-path is nobody's";
}

TEST(Bans, TheGravestDecides) {
    Desk desk;
    const auto effect = [&] {
        return policy::decide(*desk.bans->find(acme, from("evil@x.example"), noon), "", false).action;
    };
    desk.ban(acme, tickets::banned_domain("example", true), BanEffect::hold);
    EXPECT_EQ(effect(), Action::hold);
    desk.ban(acme, tickets::banned_domain("x.example", false), BanEffect::discard);
    EXPECT_EQ(effect(), Action::discard);
    const auto refusing =
        desk.ban(acme, tickets::banned_address("evil@x.example", true), BanEffect::refuse, noon + 1h);
    EXPECT_EQ(effect(), Action::refuse);
    const auto longer =
        desk.ban(acme, tickets::banned_address("evil@x.example", false), BanEffect::refuse, noon + 2h);
    EXPECT_EQ(desk.bans->find(acme, from("evil@x.example"), noon)->id, longer);
    desk.lift(longer);
    EXPECT_EQ(desk.bans->find(acme, from("evil@x.example"), noon)->id, refusing);
    desk.lift(refusing);
    EXPECT_EQ(effect(), Action::discard);
}

// By a clock that ticks by hand: no reload is needed.
TEST(Bans, EndAtTheirTimeWithoutBeingTouched) {
    Desk desk;
    desk.ban(acme, tickets::banned_address("evil@x.example", false), BanEffect::refuse, noon + 1min);
    EXPECT_TRUE(desk.banned(from("evil@x.example"), acme, noon + 59s));
    EXPECT_FALSE(desk.banned(from("evil@x.example"), acme, noon + 60s));
    EXPECT_TRUE(desk.banned(from("evil@x.example"), acme, noon)) << "and nothing was forgotten meanwhile";
}

TEST(Bans, AnEditorChangesOnlyItsOwn) {
    Desk desk;
    const auto kept = desk.ban(acme, tickets::banned_network("192.0.2.0/24"));
    const auto before = desk.bans;
    const auto second = desk.ban(acme, tickets::banned_address("evil@x.example", false));
    EXPECT_EQ(before->size(), 1U);
    EXPECT_EQ(before->find(acme, from("evil@x.example"), noon), nullptr);
    EXPECT_EQ(desk.bans->size(), 2U);

    Bans::Editor editor(*desk.bans);  // the same ban again, of another subject
    tickets::Ban moved{.id = second,
                       .workspace = acme,
                       .subject = *tickets::banned_domain("y.example", false),
                       .reason = "",
                       .begins = noon,
                       .ends = {}};
    editor.put({moved, {}});
    editor.remove(kept);
    editor.remove(kept);
    const auto after = editor.finish();
    EXPECT_EQ(after->size(), 1U);
    EXPECT_EQ(after->find(acme, from("evil@x.example"), noon), nullptr);
    EXPECT_NE(after->find(acme, from("a@y.example"), noon), nullptr);
    EXPECT_EQ(after->find(acme, at("192.0.2.1"), noon), nullptr);
    EXPECT_NE(desk.bans->find(acme, at("192.0.2.1"), noon), nullptr);
}

// Whoever writes the From field in a way that one reader and another read differently is banned all the same.
TEST(Bans, TricksInFromEscapeNone) {
    Desk desk;
    desk.ban(acme, tickets::banned_address("evil@x.example", false));
    const auto banned = [&](const std::string& header) {
        const mail::Header read = mail::read_header(header + "Subject: x\r\n\r\nx\r\n");
        Sender sender;
        for (const auto& author : read.from_all) sender.addresses.push_back(mail::mailbox_of(author.address));
        if (read.sender) sender.addresses.push_back(mail::mailbox_of(read.sender->address));
        return desk.banned(sender);
    };
    for (const char* header : {
             "From: evil@x.example\r\n",
             "FROM: EVIL@X.EXAMPLE\r\n",
             "From: \"evil\"@x.example\r\n",
             "From: <evil@x.example.>\r\n",
             "From: Evil <evil @ x . example>\r\n",
             "From : evil@x.example\r\n",
             "From\t: evil@x.example\r\n",
             "From:\r\n evil@x.example\r\n",
             "From: good@y.example\r\nFrom: evil@x.example\r\n",
             "From: evil@x.example\r\nFrom: good@y.example\r\n",
             "From: good@y.example, evil@x.example\r\n",
             "From: <good@y.example>, <evil@x.example>\r\n",
             "From: friends: evil@x.example;\r\n",
             "From: evil(good@y.example)@x.example\r\n",
             "From: evil@x.example (good@y.example)\r\n",
             "From: \"good@y.example\" <evil@x.example>\r\n",
             "From: =?utf-8?Q?good=40y=2Eexample?= <evil@x.example>\r\n",
             "From: <@y.example:evil@x.example>\r\n",
             "From: evil\xe2\x80\x8b@x.example\r\n",
             "From: good@y.example\r\nSender: Evil <evil@x.example>\r\n",
         })
        EXPECT_TRUE(banned(header)) << header;
    for (const char* header : {
             "From: good@y.example (evil@x.example)\r\n",
             "From: \"evil@x.example\" <good@y.example>\r\n",
             "From: =?utf-8?Q?evil=40x=2Eexample?= <good@y.example>\r\n",
             "From: good@y.example\r\nReply-To: evil@x.example\r\nX-From: evil@x.example\r\n",
             "From: evil@x.example.y.example\r\n",
             "From: \"evil@x.example\"@y.example\r\n",
             "Subject: From: evil@x.example\r\n",
             "",
         })
        EXPECT_FALSE(banned(header)) << header;
}

TEST(Bans, DecideWithWordsAndEvidence) {
    Desk desk;
    desk.ban(tickets::whole_installation, tickets::banned_domain("x.example", true), BanEffect::refuse,
             noon + 24h);
    const auto* ban = desk.bans->find(tickets::whole_installation, from("a@b.x.example"), noon);
    ASSERT_NE(ban, nullptr);
    const policy::Decision decision = policy::decide(*ban, "Go away", true);
    EXPECT_EQ(decision.reason, "banned");
    EXPECT_EQ(decision.evidence,
              "ban 00000000-0000-0000-0000-000000000001 of the installation: domain x.example and its "
              "subdomains; abuse");
    EXPECT_EQ(decision.words.code, 550);
    EXPECT_EQ(decision.words.status, "5.7.1");
    EXPECT_EQ(decision.words.text, "Go away until 2026-12-02 12:00 UTC");
    EXPECT_EQ(policy::decide(*ban, "Go away", false).words.text, "Go away");
}

TEST(Bans, PostmasterIsKnownInEverySpelling) {
    EXPECT_TRUE(policy::is_postmaster({"postmaster", ""}));
    EXPECT_TRUE(policy::is_postmaster({"PostMaster", "ours.example"}));
    EXPECT_FALSE(policy::is_postmaster({"postmaster+evil", "ours.example"}));
    EXPECT_FALSE(policy::is_postmaster({"support", "ours.example"}));
}

}  // namespace
