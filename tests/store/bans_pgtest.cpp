// Bans in the database, and how they reach a node and the mail.
#include "store/ban_store.hpp"

#include "intake/bans.hpp"
#include "store/audit.hpp"
#include "store/desk_fixture.hpp"
#include "store/erasure.hpp"
#include "store/held_store.hpp"

#include <gmock/gmock.h>

namespace {

using namespace std::chrono_literals;
using store::BanScope;
using store::BanStore;
using support::mail_text;
using support::wait_for;
using testing::HasSubstr;
using tickets::BanEffect;

const BanScope acme{.workspace = "acme"};
const BanScope everywhere{.workspace = std::nullopt, .installation = true};

struct BansTest : support::DeskTest {
    store::Timestamp now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());

    void SetUp() override {
        DeskTest::SetUp();
        for (const auto& scope : {acme, everywhere})
            ASSERT_TRUE(wait_for(io, bans().add_reason(scope, "abuse")));
    }
    BanStore bans() { return BanStore(daemon->pool); }

    store::Outcome<store::BanRecord> try_ban(std::optional<tickets::BanSubject> subject,
                                             std::optional<std::string> workspace = "acme",
                                             BanEffect effect = BanEffect::refuse,
                                             const std::string& length = "permanent") {
        store::NewBan ban{.workspace = std::move(workspace),
                          .subject = subject.value(),
                          .reason = "abuse",
                          .length = {},
                          .effect = effect};
        if (!length.empty()) ban.length = tickets::parse_ban_length(length);
        const auto made = wait_for(io, bans().add(ban, now));
        wait_for(io, daemon->settings.refreshed());
        return made;
    }
    store::BanRecord ban(std::optional<tickets::BanSubject> subject,
                         std::optional<std::string> workspace = "acme", BanEffect effect = BanEffect::refuse,
                         const std::string& length = "permanent") {
        const auto made = try_ban(std::move(subject), std::move(workspace), effect, length);
        EXPECT_TRUE(made) << made.error().text;
        return *made;
    }
    std::vector<store::BanRecord> list(const BanScope& scope, std::optional<std::string> value = {},
                                       bool over = true) {
        return wait_for(io, bans().list(scope, std::move(value), over, 100)).value();
    }
    smtp::Resolution resolve(mail::Mailbox to, const std::string& from,
                             const std::string& client = "192.0.2.1") {
        intake::SettingsDirectory directory(daemon->pool, daemon->settings, daemon->examiner, daemon->probe);
        return wait_for(io, directory.resolve(std::move(to), {client, from}));
    }
    std::string held_row() {
        const auto held = wait_for(io, store::HeldStore(daemon->pool).list(std::nullopt, 10));
        return held.empty() ? "" : held.front().row;
    }
    std::string from_evil(const std::string& id) { return mail_text(id, "", "Evil <EVIL@x.example>"); }
};

const auto evil = [] { return tickets::banned_address("evil@x.example", false); };

TEST_F(BansTest, AReasonOfTheListIsRequired) {
    store::NewBan wanted{.workspace = "acme",
                         .subject = *evil(),
                         .reason = "spite",
                         .length = tickets::BanLength{},
                         .effect = {}};
    const auto refused = wait_for(io, bans().add(wanted, now));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text, HasSubstr("ban-reason add --workspace acme"));
    EXPECT_FALSE(wait_for(io, bans().add_reason(acme, "abuse"))) << "there already";
    EXPECT_FALSE(wait_for(io, bans().add_reason(acme, "")));
    EXPECT_FALSE(wait_for(io, bans().add_reason({.workspace = "nosuch"}, "abuse")));
    EXPECT_EQ(wait_for(io, bans().reasons({}))->size(), 2U);
    ban(evil());
    EXPECT_TRUE(wait_for(io, bans().remove_reason(acme, "abuse")));
    EXPECT_FALSE(wait_for(io, bans().remove_reason(acme, "abuse")));
    EXPECT_EQ(list(acme).front().ban.reason, "abuse") << "a ban keeps its reason";
    EXPECT_FALSE(try_ban(tickets::banned_address("other@x.example", false)));
}

TEST_F(BansTest, TheLadderGivesTheLengthByEarlierBans) {
    EXPECT_THAT(try_ban(evil(), "acme", BanEffect::refuse, "").error().text, HasSubstr("--length"));
    for (const auto& [offences, length] :
         {std::pair(0, "1h"), std::pair(1, "2w"), std::pair(2, "7d"), std::pair(2, "permanent")})
        ASSERT_TRUE(wait_for(io, bans().set_rule(acme, {offences, *tickets::parse_ban_length(length)})));
    EXPECT_EQ(wait_for(io, bans().rules({}))->size(), 3U);
    EXPECT_EQ(wait_for(io, bans().rules(everywhere))->size(), 0U);

    const auto first = ban(evil(), "acme", BanEffect::refuse, "");
    EXPECT_EQ(first.ban.ends, now + 1h);
    EXPECT_EQ(first.offence, 1);
    now += 30min;  // while it holds
    EXPECT_EQ(ban(evil(), "acme", BanEffect::refuse, "").ban.ends, now + 14 * 24h);
    now += 15 * 24h;  // after it was over
    EXPECT_EQ(ban(evil(), "acme", BanEffect::refuse, "").ban.ends, std::nullopt);
    EXPECT_EQ(ban(evil(), "acme", BanEffect::refuse, "5m").ban.ends, now + 5min) << "what is said counts";
    EXPECT_EQ(ban(tickets::banned_address("other@x.example", false), "acme", BanEffect::refuse, "").offence,
              1);

    const auto all = list({}, "evil@x.example");
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[0].offence, 4);
    EXPECT_TRUE(all[0].holds_at(now));
    EXPECT_EQ(all[1].closed_by, "replaced");
    EXPECT_EQ(all[2].closed_by, "expired") << "its time was over when the next one came";
    EXPECT_EQ(all[2].closed, all[2].ban.ends);
    EXPECT_EQ(all[3].closed_by, "replaced");
    EXPECT_EQ(daemon->settings.bans()->size(), 2U) << "one of each subject";
    EXPECT_TRUE(wait_for(io, bans().remove_rule(acme, 1)));
    EXPECT_FALSE(wait_for(io, bans().remove_rule(acme, 1)));
}

TEST_F(BansTest, ALiftedBanIsHistory) {
    const auto made = ban(evil());
    EXPECT_EQ(resolve({"support", "acme.example"}, "evil@x.example").outcome,
              smtp::Resolution::Outcome::refused);
    EXPECT_EQ(wait_for(io, bans().lift(made.ban.id, now))->closed_by, "lifted");
    EXPECT_FALSE(wait_for(io, bans().lift(made.ban.id, now))) << "only once";
    EXPECT_FALSE(wait_for(io, bans().lift(tickets::Uuid::make(now), now)));
    wait_for(io, daemon->settings.refreshed());
    EXPECT_EQ(resolve({"support", "acme.example"}, "evil@x.example").outcome,
              smtp::Resolution::Outcome::found);
    EXPECT_EQ(list(acme, std::nullopt, false).size(), 0U);
    EXPECT_EQ(list(acme).size(), 1U);
    EXPECT_EQ(ban(evil()).offence, 2);
}

TEST_F(BansTest, OfAPersonNeedsThem) {
    auto subject = tickets::banned_address("ann@client.example", false);
    subject->kind = tickets::BanKind::person;
    EXPECT_THAT(try_ban(subject).error().text, HasSubstr("knows no person ann@client.example"));
    take(mail_text("a@x"));
    ban(subject);
    EXPECT_EQ(send(mail_text("b@x")).code, 550);
    EXPECT_EQ(send(mail_text("c@x"), {other}).code, 250) << "another workspace's";

    // What is noted of somebody who is erased is noted no more, in the history neither.
    store::Erasure erasure(daemon->pool, "ann@client.example", false);
    wait_for(io, erasure.run({1}, [](std::int64_t, std::int64_t) {}));
    wait_for(io, daemon->settings.refreshed());
    EXPECT_EQ(daemon->settings.bans()->size(), 0U);
    EXPECT_EQ(list(acme).front().ban.subject.value, "");
    EXPECT_EQ(list(acme).front().closed_by, "erased");
    EXPECT_EQ(send(mail_text("d@x")).code, 250);
}

TEST_F(BansTest, RefusedAtRcptWithTheWorkspacesWords) {
    ban(tickets::banned_domain("x.example", true));
    ASSERT_TRUE(wait_for(io, bans().set_words(acme, "Please call +1 555 0100")));
    ASSERT_TRUE(wait_for(io, bans().set_words(everywhere, "Not to us")));
    EXPECT_FALSE(wait_for(io, bans().set_words(acme, "two\nlines")));
    EXPECT_EQ(wait_for(io, bans().words()).size(), 2U);
    wait_for(io, daemon->settings.refreshed());
    const auto answer = resolve({"Support", "acme.example"}, "a@mail.X.example");
    ASSERT_EQ(answer.outcome, smtp::Resolution::Outcome::refused);
    EXPECT_EQ(answer.refusal.wire(), "550 5.7.1 Please call +1 555 0100\r\n");
    using enum smtp::Resolution::Outcome;
    EXPECT_EQ(resolve({"info", "beta.example"}, "a@x.example").outcome, found) << "of another workspace";
    EXPECT_EQ(resolve({"PostMaster", "acme.example"}, "a@x.example").outcome, found);
    EXPECT_EQ(resolve({"postmaster", ""}, "a@x.example").outcome, found);
    EXPECT_EQ(resolve({"nobody", "acme.example"}, "a@x.example").outcome, unknown_mailbox);
    EXPECT_EQ(resolve({"support", "acme.example"}, "").outcome, found) << "a bounce is nobody's";
    EXPECT_EQ(daemon->probe.bans, (std::vector<std::string>{"workspace/refuse/rcpt"}));
}

TEST_F(BansTest, TheInstallationsAreRefusedAtConnectAndMail) {
    ban(tickets::banned_network("198.51.100.0/24"), std::nullopt);
    ban(evil(), std::nullopt);
    intake::SettingsDirectory directory(daemon->pool, daemon->settings, daemon->examiner, daemon->probe);
    EXPECT_EQ(directory.refuse_client("198.51.100.77")->wire(),
              "550 5.7.1 Mail from you is not accepted here\r\n");
    EXPECT_FALSE(directory.refuse_client("198.51.101.77"));
    EXPECT_TRUE(wait_for(io, directory.refuse_sender(smtp::Sender{"192.0.2.1", "EVIL@x.example"})));
    EXPECT_FALSE(wait_for(io, directory.refuse_sender(smtp::Sender{"192.0.2.1", "good@x.example"})));
    EXPECT_FALSE(wait_for(io, directory.refuse_sender(smtp::Sender{"192.0.2.1", ""})));
    ban(tickets::banned_network("198.51.100.0/24"), std::nullopt, BanEffect::hold);
    EXPECT_FALSE(directory.refuse_client("198.51.100.77")) << "what is only held may come in";
    EXPECT_EQ(daemon->probe.bans,
              (std::vector<std::string>{"installation/refuse/connect", "installation/refuse/mail"}));
}

TEST_F(BansTest, RefusedAfterTheDotByTheHeaderAlone) {
    ban(evil());
    EXPECT_EQ(send(from_evil("a@x")).wire(), "550 5.7.1 Mail from you is not accepted here\r\n");
    EXPECT_EQ(send(mail_text("b@x", "", "good@y.example\r\nSender: \"evil\"@x.example.")).code, 550);
    take(mail_text("c@x"));
    EXPECT_EQ(send(mail_text("d@x", "<c@x>", "evil@x.example")).code, 550) << "a reply is no better";
    EXPECT_EQ(database.sql("SELECT count(*) FROM interactions"), "1");
    EXPECT_EQ(database.sql("SELECT count(*) FROM dispositions"), "1");
    EXPECT_EQ(daemon->probe.bans.front(), "workspace/refuse/content");
}

TEST_F(BansTest, WhereRecipientsDifferItIsHeldForThoseWhoRefuse) {
    const auto made = ban(evil());
    EXPECT_EQ(send(from_evil("a@x"), {support, other}).code, 250);
    EXPECT_EQ(daemon->probe.dispositions["held/banned"], 1U);
    EXPECT_EQ(daemon->probe.dispositions["ticketed/new_ticket"], 1U);
    EXPECT_EQ(daemon->probe.bans, (std::vector<std::string>{"workspace/hold/content"}));
    EXPECT_THAT(held_row(),
                HasSubstr("banned: hold (ban " + made.ban.id.str() + ": address evil@x.example; abuse)"));
}

TEST_F(BansTest, PostmasterGetsWhatTheOthersRefuse) {
    ban(evil());
    const smtp::Recipient postmaster{{"Postmaster", "acme.example"}, support.destination};
    EXPECT_EQ(send(from_evil("a@x"), {postmaster}).code, 250);
    EXPECT_EQ(daemon->probe.dispositions["ticketed/new_ticket"], 1U);
    EXPECT_EQ(send(from_evil("b@x"), {sales, postmaster}).code, 250);
    EXPECT_EQ(daemon->probe.dispositions["ticketed/new_ticket"], 2U);
    EXPECT_EQ(daemon->probe.dispositions["held/banned"], 1U);
    EXPECT_EQ(send(from_evil("c@x"), {sales}).code, 550);
    for (const auto& check : wait_for(io, store::Audit(daemon->pool).run([](std::int64_t, std::int64_t) {})))
        EXPECT_EQ(check.wrong, 0) << check.name;
}

TEST_F(BansTest, HeldOrDiscardedWhereTheBanSaysSo) {
    ban(evil(), "acme", BanEffect::hold);
    EXPECT_EQ(send(from_evil("a@x"), {}, "evil@x.example").code, 250);
    EXPECT_EQ(send(from_evil("a@x"), {}, "evil@x.example").code, 250) << "and again";
    EXPECT_EQ(daemon->probe.dispositions["held/banned"], 2U);
    take(mail_text("b@x"));
    EXPECT_EQ(send(mail_text("c@x", "<b@x>", "evil@x.example")).code, 250);
    EXPECT_EQ(daemon->probe.dispositions["held/banned"], 3U) << "a reply too";
    ban(evil(), "acme", BanEffect::discard);
    EXPECT_EQ(send(from_evil("d@x")).code, 250);
    EXPECT_EQ(daemon->probe.dispositions["discarded/banned"], 1U);
    EXPECT_EQ(resolve({"support", "acme.example"}, "evil@x.example").outcome,
              smtp::Resolution::Outcome::found)
        << "the sender hears nothing of it";
    EXPECT_EQ(database.sql("SELECT count(*) FROM tickets"), "1");
}

TEST_F(BansTest, AHeldMailMakesNoOtherADuplicate) {
    const auto made = ban(tickets::banned_network("192.0.2.0/24"), "acme", BanEffect::hold);
    EXPECT_EQ(send(mail_text("a@x")).code, 250);
    ASSERT_TRUE(wait_for(io, bans().lift(made.ban.id, now)));
    wait_for(io, daemon->settings.refreshed());
    EXPECT_EQ(send(mail_text("a@x")).code, 250);
    EXPECT_EQ(daemon->probe.dispositions["held/banned"], 1U);
    EXPECT_EQ(daemon->probe.dispositions["ticketed/new_ticket"], 1U);
}

TEST_F(BansTest, AWorkspaceGoesWithItsBans) {
    store::SettingsStore settings(daemon->pool);
    ASSERT_TRUE(wait_for(io, settings.add_workspace("brief")));
    ASSERT_TRUE(wait_for(io, bans().add_reason({.workspace = "brief"}, "abuse")));
    ban(evil(), "brief");
    EXPECT_TRUE(wait_for(io, settings.remove_workspace("brief")));
    EXPECT_EQ(database.sql("SELECT count(*) FROM bans"), "0");
}

// A node that has read some bans reads only what is new; one that starts reads them a page at a time.
TEST_F(BansTest, NodesReadWhatChanged) {
    database.sql(
        "WITH v AS (UPDATE installation SET bans_version = bans_version + 1 RETURNING bans_version) "
        "INSERT INTO bans (workspace_id, id, subject, value, subdomains, plus_addresses, reason, effect, "
        "offence, begins, "
        "ends, version) SELECT 1, gen_random_uuid(), 'address', 'a' || n || '@x.example', false, false, "
        "'abuse', 'refuse', 1, "
        "now(), CASE WHEN n % 10 = 0 THEN now() - interval '1 day' END, bans_version FROM v, "
        "generate_series(1, 10000) n");
    wait_for(io, daemon->settings.refreshed());
    EXPECT_EQ(daemon->settings.bans()->size(), 9000U) << "those that are over are not read";
    EXPECT_EQ(resolve({"support", "acme.example"}, "a9999@x.example").outcome,
              smtp::Resolution::Outcome::refused);

    const auto before = daemon->settings.bans();
    const auto made = ban(tickets::banned_address("a1@x.example", false));
    EXPECT_EQ(daemon->settings.bans()->size(), 9000U) << "one was replaced";
    EXPECT_NE(before, daemon->settings.bans());
    wait_for(io, daemon->settings.refreshed());
    const auto after = daemon->settings.bans();
    wait_for(io, daemon->settings.refreshed());
    EXPECT_EQ(after, daemon->settings.bans()) << "nothing is read where nothing changed";

    store::Settings fresh(daemon->pool);
    wait_for(io, fresh.refreshed());
    EXPECT_EQ(fresh.bans()->size(), 9000U);

    database.sql("UPDATE installation SET bans_version = 1; DELETE FROM bans WHERE version > 1");
    wait_for(io, daemon->settings.refreshed());
    EXPECT_EQ(daemon->settings.bans()->size(), 8999U) << "of a database that was restored all is read again";
}

}  // namespace
