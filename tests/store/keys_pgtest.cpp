// Keys of addresses and DKIM over a database, and the rows that reply addresses name.
#include "desk/ticket_actions.hpp"
#include "desk_fixture.hpp"
#include "store/key_store.hpp"
#include "store/purge.hpp"
#include "store/reply_addresses.hpp"

namespace {

using namespace support;
using auth::AddressPurpose;
using Verdict = auth::AddressReading::Verdict;

struct Keys : DeskTest {
    store::KeyStore keys() { return store::KeyStore(daemon->pool); }
    std::shared_ptr<const store::Snapshot> snapshot() { return wait_for(io, daemon->settings.refreshed()); }
    static void refused(const auto& outcome, const char* word) {
        ASSERT_FALSE(outcome) << word;
        EXPECT_NE(outcome.error().text.find(word), std::string::npos) << outcome.error().text;
    }
    void make_dkim(const std::string& selector, auth::KeyType type = auth::KeyType::ed25519) {
        ASSERT_TRUE(
            wait_for(io, keys().add_dkim_key({"Acme.Example", selector, auth::PrivateKey::make(type)})));
    }
    std::string signing() {
        const auto now = snapshot();
        std::string text;
        const auto found = now->dkim_keys.find("acme.example");
        if (found != now->dkim_keys.end())
            for (const auto& key : found->second) text += (text.empty() ? "" : " ") + key->selector;
        return text;
    }
    void run(store::Query query) {
        std::vector<store::Query> queries;
        queries.push_back(std::move(query));
        wait_for(io, daemon->pool.run(std::move(queries)));
    }
};

constexpr auth::AddressId some_id{1, 2, 3};

TEST_F(Keys, ADeskHasAnAddressKeyFromTheFirstOnAndNoTwoDesksTheSame) {
    EXPECT_EQ(wait_for(io, keys().address_keys()).size(), 1U);
    const std::string address = snapshot()->address_keys.sign(AddressPurpose::reply, 1, some_id);
    EXPECT_EQ(snapshot()->address_keys.verify(address, 1).verdict, Verdict::genuine);
    EXPECT_EQ(database.sql("SELECT length(secret) FROM address_keys"), "32");
    const Database another;
    EXPECT_NE(database.sql("SELECT encode(secret, 'hex') FROM address_keys"),
              another.sql("SELECT encode(secret, 'hex') FROM address_keys"));
}

TEST_F(Keys, ANewKeySignsAndTheOldOnesVerifyUntilTheyAreRemoved) {
    const std::string old = snapshot()->address_keys.sign(AddressPurpose::bounce, 1, some_id);
    EXPECT_EQ(wait_for(io, keys().rotate_address_key()).value(), 2);
    const std::string young = snapshot()->address_keys.sign(AddressPurpose::bounce, 1, some_id);
    EXPECT_NE(old, young);
    EXPECT_EQ(snapshot()->address_keys.verify(old, 1).verdict, Verdict::genuine);
    EXPECT_EQ(snapshot()->address_keys.verify(young, 1).verdict, Verdict::genuine);
    refused(wait_for(io, keys().remove_address_key(2)), "the one that signs");
    refused(wait_for(io, keys().remove_address_key(77)), "no key");
    ASSERT_TRUE(wait_for(io, keys().remove_address_key(1)));
    EXPECT_EQ(snapshot()->address_keys.verify(old, 1).verdict, Verdict::forged);
    EXPECT_EQ(snapshot()->address_keys.verify(young, 1).verdict, Verdict::genuine);
}

TEST_F(Keys, IdsGoRoundAndTheNewestSignsAlsoWhereTheClockWentBack) {
    database.sql("UPDATE address_keys SET id = 254, created_at = now() + interval '1 day'");
    EXPECT_EQ(wait_for(io, keys().rotate_address_key()).value(), 255);
    EXPECT_EQ(wait_for(io, keys().rotate_address_key()).value(), 1);
    const auto list = wait_for(io, keys().address_keys());
    ASSERT_EQ(list.size(), 3U);
    EXPECT_EQ(list.back().id, 1);
    EXPECT_TRUE(list.back().signs);
    EXPECT_FALSE(list.front().signs);
    database.sql("INSERT INTO address_keys (id, secret) SELECT n, '' FROM generate_series(2, 253) n");
    refused(wait_for(io, keys().rotate_address_key()), "no id is free");
}

TEST_F(Keys, ADkimKeySignsFromItsActivationOn) {
    make_dkim("e1");
    make_dkim("r1", auth::KeyType::rsa);
    EXPECT_EQ(signing(), "");
    ASSERT_TRUE(wait_for(io, keys().activate_dkim_key("acme.example", "e1")));
    ASSERT_TRUE(wait_for(io, keys().activate_dkim_key("acme.example", "r1")));
    EXPECT_EQ(signing(), "r1 e1") << "RSA's signature stands on top: some verifiers look at one only";
    make_dkim("e2");
    ASSERT_TRUE(wait_for(io, keys().activate_dkim_key("ACME.example", "e2")));
    EXPECT_EQ(signing(), "r1 e2") << "one of an algorithm";
    const auto list = wait_for(io, keys().dkim_keys("acme.example"));
    ASSERT_EQ(list.size(), 3U);
    for (const auto& one : list) {
        EXPECT_EQ(one.active, one.key.selector != "e1") << one.key.selector;
        EXPECT_EQ(one.retired.has_value(), one.key.selector == "e1") << one.key.selector;
    }
    EXPECT_TRUE(wait_for(io, keys().dkim_keys("beta.example")).empty());
    EXPECT_EQ(wait_for(io, keys().dkim_keys(std::nullopt)).size(), 3U);
    ASSERT_TRUE(wait_for(io, keys().retire_dkim_key("acme.example", "e2")));
    EXPECT_EQ(signing(), "r1");
    ASSERT_TRUE(wait_for(io, keys().activate_dkim_key("acme.example", "e1"))) << "back to the old one";
    EXPECT_EQ(signing(), "r1 e1");
}

TEST_F(Keys, DkimRefusalsSayWhyAndChangeNothing) {
    make_dkim("e1");
    ASSERT_TRUE(wait_for(io, keys().activate_dkim_key("acme.example", "e1")));
    const auto another = [&](const char* domain) {
        return wait_for(io,
                        keys().add_dkim_key({domain, "e1", auth::PrivateKey::make(auth::KeyType::ed25519)}));
    };
    refused(another("acme.example"), "already");
    refused(another("nobody.example"), "no domain");
    refused(wait_for(io, keys().activate_dkim_key("acme.example", "none")), "no DKIM key");
    refused(wait_for(io, keys().retire_dkim_key("acme.example", "none")), "no DKIM key");
    EXPECT_EQ(signing(), "e1");
}

TEST_F(Keys, AKeyIsReadOnceAndASpoiltOneSignsNothing) {
    make_dkim("r1", auth::KeyType::rsa);
    ASSERT_TRUE(wait_for(io, keys().activate_dkim_key("acme.example", "r1")));
    const auto first = snapshot()->dkim_keys.at("acme.example").front();
    ASSERT_TRUE(wait_for(io, keys().rotate_address_key()));  // another change
    EXPECT_EQ(snapshot()->dkim_keys.at("acme.example").front(), first);
    database.sql("UPDATE dkim_keys SET private_key = 'spoilt'");
    ASSERT_TRUE(wait_for(io, keys().rotate_address_key()));
    EXPECT_EQ(signing(), "");
    EXPECT_TRUE(wait_for(io, keys().dkim_keys(std::nullopt)).empty());
}

TEST_F(Keys, BouncesAndAnswersArriveAtDomainsOfTheSameWorkspace) {
    store::SettingsStore store(daemon->pool);
    ASSERT_TRUE(wait_for(io, store.add_domain("bounce.acme.example", "acme", std::nullopt)));
    const auto set = [&](std::optional<std::string> bounce, std::optional<std::string> reply) {
        return wait_for(io, store.set_domain("Acme.Example", std::move(bounce), std::move(reply)));
    };
    const auto both = [&] {
        const store::DomainInfo& domain = snapshot()->domains.at("acme.example");
        EXPECT_EQ(domain.workspace, 1);
        return domain.bounce_domain + " " + domain.reply_domain;
    };
    EXPECT_EQ(both(), "acme.example acme.example");
    ASSERT_TRUE(set("Bounce.Acme.Example", std::nullopt));
    EXPECT_EQ(both(), "bounce.acme.example acme.example");
    ASSERT_TRUE(set(std::nullopt, "bounce.acme.example"));
    EXPECT_EQ(both(), "bounce.acme.example bounce.acme.example");
    refused(wait_for(io, store.remove_domain("bounce.acme.example")), "bounces");
    ASSERT_TRUE(set("acme.example", "acme.example"));
    EXPECT_EQ(both(), "acme.example acme.example");
    refused(set("beta.example", std::nullopt), "no domain of workspace acme");
    refused(set(std::nullopt, "nobody.example"), "no domain of workspace acme");
    refused(wait_for(io, store.set_domain("nobody.example", std::nullopt, std::nullopt)), "no domain");
    EXPECT_TRUE(wait_for(io, store.remove_domain("bounce.acme.example")));
}

TEST_F(Keys, AReplyAddressNamesItsTicketThroughMergesUntilItIsRevoked) {
    take(mail_text("1@c"));
    take(mail_text("2@c"), {sales});
    const auto two = tickets();
    ASSERT_EQ(two.size(), 2U);
    const auto id = tickets::Uuid::make(std::chrono::system_clock::now());
    const auto notice = tickets::Uuid::make(std::chrono::system_clock::now());
    database.sql("INSERT INTO agents (name, address) VALUES ('ben', 'ben@acme.example')");
    run(store::add_reply_address(1, id, two[0].id, std::nullopt));
    run(store::add_reply_address(1, notice, two[0].id, 1));
    const auto find = [&](std::int64_t workspace, const tickets::Uuid& which) {
        return wait_for(io, store::find_reply_address(daemon->pool, workspace, which));
    };
    ASSERT_TRUE(find(1, id));
    EXPECT_EQ(std::to_string(find(1, id)->mailbox),
              database.sql("SELECT mailbox_id FROM tickets WHERE id = '" + two[0].id.str() + "'"));
    EXPECT_FALSE(find(1, id)->revoked);
    EXPECT_FALSE(find(2, id)) << "of another workspace";
    EXPECT_FALSE(find(1, two[0].id));

    database.sql("UPDATE tickets SET merged_into = '" + two[1].id.str() + "' WHERE id = '" + two[0].id.str() +
                 "'");
    EXPECT_EQ(std::to_string(find(1, id)->mailbox),
              database.sql("SELECT mailbox_id FROM tickets WHERE id = '" + two[1].id.str() + "'"));
    desk::TicketActions desk(daemon->pool);
    const auto revoke = [&](const std::string& ticket) {
        const auto done = wait_for(io, desk.revoke({ticket, {}}));
        return done ? done->text.substr(done->text.find(' ') + 1) : done.error().text;
    };
    take(mail_text("3@c", "", "Bob <bob@client.example>"));
    EXPECT_EQ(revoke(tickets().back().short_id), "0 reply addresses are revoked");
    EXPECT_FALSE(find(1, id)->revoked) << "of another ticket";
    EXPECT_EQ(revoke(two[1].short_id), "2 reply addresses are revoked");
    EXPECT_TRUE(find(1, id)->revoked);
    EXPECT_TRUE(find(1, notice)->revoked);
    run(store::add_reply_address(1, tickets::Uuid::make(std::chrono::system_clock::now()), two[1].id, {}));
    EXPECT_EQ(revoke(two[0].short_id), "1 reply address is revoked") << "of the next mail";
    EXPECT_EQ(database.sql("SELECT string_agg(concat_ws('|', ticket_id, kind, text), ', ' ORDER BY at) "
                           "FROM ticket_events"),
              two[1].id.str() + "|revoked|2 reply addresses are revoked, " + two[1].id.str() +
                  "|revoked|1 reply address is revoked");
}

TEST_F(Keys, ReplyAddressesGoWithTheirTicket) {
    take(mail_text("1@c"));
    run(store::add_reply_address(1, tickets::Uuid::make(std::chrono::system_clock::now()), tickets()[0].id,
                                 std::nullopt));
    const auto later = std::chrono::system_clock::now() + 24h;
    const auto counts = wait_for(io, store::Purge(daemon->pool, later).run({1, 2}, [](const auto&) {}));
    EXPECT_EQ(counts.tickets, 1);
    EXPECT_EQ(database.sql("SELECT count(*) FROM reply_addresses"), "0");
}

}  // namespace
