// The queue's rows: claims and their tokens, leases, what results write; deliveries by hand.
#include "desk_fixture.hpp"
#include "store/delivery_desk.hpp"
#include "store/delivery_store.hpp"
#include "store/statements.hpp"

#include <gmock/gmock.h>

namespace {

using namespace support;
using store::AttemptResult;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

struct Deliveries : DeskTest {
    store::DeliveryStore::Terms terms{.lifetime_words = "Given up. "};
    std::optional<store::DeliveryStore> ours, theirs;
    std::string interaction;

    void SetUp() override {
        DeskTest::SetUp();
        take(mail_text("a@x"));
        interaction = database.sql("SELECT id FROM interactions");
        renew_stores();
    }
    void renew_stores() {
        ours.emplace(daemon->pool, tickets::Uuid::make(std::chrono::system_clock::now()), terms);
        theirs.emplace(daemon->pool, tickets::Uuid::make(std::chrono::system_clock::now()), terms);
    }

    std::string queue(const std::string& recipient, const std::string& more_columns = "",
                      const std::string& more_values = "") {
        return database.sql(
            "INSERT INTO deliveries (workspace_id, id, interaction_id, recipient, recipient_key, destination,"
            " email_sender" +
            more_columns + ") VALUES (1, gen_random_uuid(), '" + interaction + "', '" + recipient + "', '" +
            recipient + "', '" + recipient.substr(recipient.rfind('@') + 1) + "', 'support@acme.example'" +
            more_values + ") RETURNING id");
    }

    std::vector<store::ClaimedDelivery> claim(store::DeliveryStore& store,
                                              std::vector<std::string> destinations,
                                              std::int64_t room = 100) {
        store::Claim claim{1, {}};
        for (auto& destination : destinations) claim.destinations.emplace_back(std::move(destination), room);
        return wait_for(io, store.claim({claim}));
    }

    static store::Attempt attempt(const store::ClaimedDelivery& delivery, AttemptResult result,
                                  int code = 250) {
        store::Attempt made;
        made.delivery = delivery.key;
        made.result = result;
        made.next = 1h;
        made.took = 1500ms;
        made.phase = "final_dot";
        made.server = "mx.one.example";
        made.code = code;
        made.status = code == 250 ? "2.0.0" : "4.0.0";
        made.reply = "said so";
        return made;
    }
    std::vector<store::FinishedDelivery> finish(store::DeliveryStore& store,
                                                std::vector<store::Attempt> attempts) {
        return wait_for(io, store.finish(std::move(attempts)));
    }

    std::string states() {
        return database.sql("SELECT string_agg(state::text, ' ' ORDER BY recipient) FROM deliveries");
    }
    void let_leases_run_out() { database.sql("UPDATE deliveries SET leased_until = now() - interval '1 s'"); }
};

TEST_F(Deliveries, EachIsClaimedOnceByOne) {
    for (int i = 0; i < 10; ++i) queue("x" + std::to_string(i) + "@one.example");
    const auto first = claim(*ours, {"one.example"}, 6);
    const auto second = claim(*theirs, {"one.example"}, 6);
    EXPECT_THAT(first, SizeIs(6));
    EXPECT_THAT(second, SizeIs(4));
    EXPECT_THAT(claim(*ours, {"one.example"}), IsEmpty());
    EXPECT_EQ(first[0].key.attempt, 1);
    EXPECT_EQ(first[0].email_sender, "support@acme.example");
    EXPECT_EQ(first[0].interaction->str(), interaction);
    EXPECT_EQ(database.sql("SELECT count(DISTINCT claim) FROM deliveries WHERE state = 'sending'"), "2");
}

TEST_F(Deliveries, RowsThatSomebodyHoldsArePassedOver) {
    queue("a@one.example");
    queue("b@one.example");
    store::Pool other(io.get_executor(), {database.conninfo(), 1, 10s});
    auto lease = wait_for(io, other.acquire(other.deadline()));
    std::vector<store::Query> lock = store::single(store::sql::begin_transaction);
    store::Params keys;
    keys.integer(1).uuid({}).integer(60'000).texts(std::vector<std::string>{"one.example"}).integers({1});
    lock.push_back({&store::sql::claim_deliveries, std::move(keys)});
    wait_for(io, lease->run(std::move(lock), other.deadline()));
    EXPECT_THAT(claim(*ours, {"one.example"}), SizeIs(1));
}

TEST_F(Deliveries, TheSurveyNamesEachDestinationOnceAndWhenItIsDue) {
    for (int i = 0; i < 3; ++i) queue("x" + std::to_string(i) + "@one.example");
    queue("a@later.example", ", next_attempt", ", now() + interval '1 hour'");
    queue("a@byhand.example", ", state, next_attempt", ", 'uncertain', 'infinity'");
    queue("a@held.example", ", state", ", 'held'");
    const auto all = wait_for(io, ours->survey({}, 100));
    ASSERT_THAT(all, SizeIs(3));
    EXPECT_EQ(all[0].destination, "byhand.example");
    EXPECT_EQ(all[0].due_in, 24h);
    EXPECT_EQ(all[1].destination, "later.example");
    EXPECT_GT(all[1].due_in, 59min);
    EXPECT_EQ(all[2].destination, "one.example");
    EXPECT_LE(all[2].due_in, 0ms);
    const auto page = wait_for(io, ours->survey(all[0], 1));
    ASSERT_THAT(page, SizeIs(1));
    EXPECT_EQ(page[0].destination, "later.example");
}

TEST_F(Deliveries, WhatIsNotDueIsNotClaimed) {
    queue("a@one.example", ", next_attempt", ", now() + interval '1 hour'");
    EXPECT_THAT(claim(*ours, {"one.example"}), IsEmpty());
}

TEST_F(Deliveries, ALateFinisherChangesNothing) {
    queue("a@one.example");
    const auto first = claim(*ours, {"one.example"});
    let_leases_run_out();
    EXPECT_THAT(wait_for(io, theirs->reclaim()), SizeIs(1));
    EXPECT_THAT(finish(*ours, {attempt(first[0], AttemptResult::failed)}), IsEmpty());
    EXPECT_EQ(states(), "deferred");
    EXPECT_THAT(claim(*theirs, {"one.example"}), IsEmpty()) << "it may be told yet that it was sent";
    database.sql("UPDATE deliveries SET next_attempt = now()");
    const auto second = claim(*theirs, {"one.example"});
    ASSERT_THAT(second, SizeIs(1));
    EXPECT_EQ(second[0].key.attempt, 2);
    EXPECT_THAT(finish(*ours, {attempt(first[0], AttemptResult::failed)}), IsEmpty());
    EXPECT_THAT(finish(*ours, {attempt(first[0], AttemptResult::sent)}), IsEmpty());
    EXPECT_EQ(states(), "sending");
    EXPECT_THAT(finish(*theirs, {attempt(second[0], AttemptResult::sent)}), SizeIs(1));
    EXPECT_EQ(states(), "sent");
    EXPECT_EQ(database.sql("SELECT string_agg(result::text, ' ' ORDER BY attempt) FROM delivery_attempts"),
              "interrupted sent");
    EXPECT_EQ(database.sql("SELECT count(*) FROM ticket_events"), "0");
}

TEST_F(Deliveries, TheSameWorkersEarlierAttemptIsAnothers) {
    queue("a@one.example");
    const auto first = claim(*ours, {"one.example"});
    let_leases_run_out();
    wait_for(io, ours->reclaim());
    database.sql("UPDATE deliveries SET next_attempt = now()");
    const auto second = claim(*ours, {"one.example"});
    ASSERT_THAT(second, SizeIs(1));
    EXPECT_THAT(finish(*ours, {attempt(first[0], AttemptResult::failed)}), IsEmpty());
    EXPECT_THAT(finish(*ours, {attempt(second[0], AttemptResult::sent)}), SizeIs(1));
}

// A database that was away for longer than a lease.
TEST_F(Deliveries, WhatWasSentIsBelievedThoughItWasReclaimed) {
    for (const bool by_hand : {false, true}) {
        terms.uncertain_by_hand = by_hand;
        renew_stores();
        queue(by_hand ? "b@one.example" : "a@one.example");
        const auto claimed = claim(*ours, {"one.example"});
        ASSERT_THAT(claimed, SizeIs(1));
        let_leases_run_out();
        EXPECT_THAT(wait_for(io, theirs->reclaim()), SizeIs(1));
        EXPECT_THAT(finish(*ours, {attempt(claimed[0], AttemptResult::sent)}), SizeIs(1));
        EXPECT_THAT(finish(*ours, {attempt(claimed[0], AttemptResult::sent)}), IsEmpty());
    }
    EXPECT_EQ(states(), "sent sent");
    EXPECT_EQ(
        database.sql("SELECT string_agg(concat_ws(' ', attempt, result, phase, server, code, reply), '; ')"
                     " FROM delivery_attempts"),
        "1 sent final_dot mx.one.example 250 said so; 1 sent final_dot mx.one.example 250 said so");
    EXPECT_EQ(database.sql("SELECT bool_and(finished_at IS NOT NULL) FROM deliveries"), "t");
}

TEST_F(Deliveries, ALeaseThatIsRenewedHolds) {
    queue("a@one.example");
    const auto claimed = claim(*ours, {"one.example"});
    let_leases_run_out();
    EXPECT_THAT(wait_for(io, ours->renew({claimed[0].key})), ElementsAre(claimed[0].key.id));
    EXPECT_THAT(wait_for(io, theirs->reclaim()), IsEmpty());
    let_leases_run_out();
    auto other = claimed[0].key;
    other.attempt = 7;
    EXPECT_THAT(wait_for(io, ours->renew({other})), IsEmpty());
    EXPECT_THAT(wait_for(io, theirs->renew({claimed[0].key})), IsEmpty());
    EXPECT_THAT(wait_for(io, theirs->reclaim()), SizeIs(1));
}

TEST_F(Deliveries, OneThatIsInterruptedAgainAndAgainComesLessAndLessOften) {
    queue("a@one.example");
    for (int i = 0; i < 3; ++i) {
        database.sql("UPDATE deliveries SET next_attempt = now()");
        ASSERT_THAT(claim(*ours, {"one.example"}), SizeIs(1));
        let_leases_run_out();
        wait_for(io, ours->reclaim());
    }
    EXPECT_EQ(database.sql("SELECT next_attempt - now() > interval '170 s' FROM deliveries"), "t");
}

TEST_F(Deliveries, WhereUncertaintyIsForPeopleAnInterruptedOneIsUncertain) {
    terms.uncertain_by_hand = true;
    renew_stores();
    queue("a@one.example");
    claim(*ours, {"one.example"});
    let_leases_run_out();
    wait_for(io, theirs->reclaim());
    EXPECT_EQ(database.sql("SELECT state || ' ' || next_attempt FROM deliveries"), "uncertain infinity");
    EXPECT_EQ(database.sql("SELECT string_agg(kind, ' ') FROM ticket_events"), "uncertain");
}

TEST_F(Deliveries, WhatIsPutBackIsAsItWas) {
    queue("a@one.example");
    queue("b@one.example", ", state, attempts", ", 'deferred', 3");
    std::vector<store::DeliveryKey> keys;
    for (const auto& claimed : claim(*ours, {"one.example"})) keys.push_back(claimed.key);
    wait_for(io, theirs->put_back(keys));
    EXPECT_EQ(states(), "sending sending");
    wait_for(io, ours->put_back(keys));
    EXPECT_EQ(states(), "queued deferred");
    EXPECT_EQ(database.sql("SELECT string_agg(attempts::text, ' ' ORDER BY recipient) FROM deliveries"),
              "0 3");
}

TEST_F(Deliveries, ResultsAreWrittenTogetherWithWhatTheTicketHasToKnow) {
    database.sql("UPDATE tickets SET status = 'Pending'");
    for (const char* recipient : {"a@one.example", "b@one.example", "c@one.example", "d@one.example"})
        queue(recipient);
    auto claimed = claim(*ours, {"one.example"});
    std::ranges::sort(claimed, {}, &store::ClaimedDelivery::recipient);
    const auto done = finish(
        *ours,
        {attempt(claimed[0], AttemptResult::sent), attempt(claimed[1], AttemptResult::deferred, 451),
         attempt(claimed[2], AttemptResult::uncertain, 0), attempt(claimed[3], AttemptResult::failed, 554)});
    EXPECT_THAT(done, SizeIs(4));
    EXPECT_EQ(states(), "sent deferred uncertain failed");
    EXPECT_EQ(
        database.sql("SELECT string_agg(concat_ws(' ', kind, text), '; ' ORDER BY kind) FROM ticket_events"),
        "failed d@one.example: 554 4.0.0 said so; uncertain c@one.example: 4.0.0 said so");
    EXPECT_EQ(database.sql("SELECT status FROM tickets"), "Open");
    EXPECT_EQ(
        database.sql("SELECT string_agg(concat_ws(' ', attempt, result, phase, server, code, reply), '; '"
                     " ORDER BY code) FROM delivery_attempts"),
        "1 sent final_dot mx.one.example 250 said so; 1 deferred final_dot mx.one.example 451 said so; "
        "1 failed final_dot mx.one.example 554 said so; 1 uncertain final_dot mx.one.example said so");
    EXPECT_EQ(database.sql("SELECT bool_and(ended_at - began_at = interval '1.5 s') FROM delivery_attempts"),
              "t");
    EXPECT_EQ(
        database.sql("SELECT bool_and(next_attempt - now() BETWEEN interval '59 min' AND interval '60 min')"
                     " FROM deliveries WHERE state IN ('deferred', 'uncertain')"),
        "t");
    EXPECT_EQ(database.sql("SELECT count(*) FROM address_marks"), "0");
}

TEST_F(Deliveries, MarksAreOfPersonsAddresses) {
    queue("ann@one.example");
    database.sql(
        "INSERT INTO outbox (workspace_id, id, kind, mailbox_id, interaction_id, recipient, message, "
        "dedupe_key) "
        "SELECT 1, gen_random_uuid(), k, 1, '" +
        interaction +
        "', k || '@one.example', '', k FROM unnest(enum_range(NULL::outbox_kind)) k;"
        "SELECT deliver_outbox(1, id, 1, recipient) FROM outbox");
    std::vector<store::Attempt> attempts;
    for (const auto& delivery : claim(*ours, {"one.example"})) {
        attempts.push_back(attempt(delivery, AttemptResult::failed, 550));
        attempts.back().status = "5.1.1";
    }
    EXPECT_THAT(finish(*ours, attempts), SizeIs(4));
    EXPECT_EQ(database.sql("SELECT string_agg(address, ' ' ORDER BY address) FROM address_marks"),
              "acknowledgement@one.example ann@one.example")
        << "an agent's and an owner's are not theirs to mark";
}

TEST_F(Deliveries, TheLastAttemptIsMadeWhenTheTimeIsUp) {
    terms.lifetime = 2h;
    renew_stores();
    queue("a@one.example", ", queued_at", ", now() - interval '90 min'");
    const auto first = claim(*ours, {"one.example"});
    finish(*ours, {attempt(first[0], AttemptResult::deferred, 451)});
    EXPECT_EQ(database.sql("SELECT state || ' ' || (next_attempt - now() BETWEEN interval '29 min' AND"
                           " interval '30 min') FROM deliveries"),
              "deferred true");
    database.sql("UPDATE deliveries SET queued_at = now() - interval '2 h', next_attempt = now()");
    const auto last = claim(*ours, {"one.example"});
    EXPECT_EQ(finish(*ours, {attempt(last[0], AttemptResult::deferred, 451)})[0].state, "failed");
    EXPECT_EQ(database.sql("SELECT concat_ws(' ', code, status, reply) FROM deliveries"),
              "451 4.4.7 Given up. said so");
    EXPECT_EQ(database.sql("SELECT string_agg(result::text, ' ') FROM delivery_attempts"),
              "deferred deferred");
    EXPECT_EQ(database.sql("SELECT status FROM tickets"), "Open");
}

TEST_F(Deliveries, ATicketIsToldOnceThatAMailIsLate) {
    queue("a@one.example", ", queued_at", ", now() - interval '5 h'");
    queue("b@one.example");
    queue("c@one.example", ", queued_at, state", ", now() - interval '5 h', 'held'");
    EXPECT_EQ(wait_for(io, store::DeliveryDesk(daemon->pool).tell_delays(4h)), 1);
    EXPECT_EQ(wait_for(io, store::DeliveryDesk(daemon->pool).tell_delays(4h)), 0);
    EXPECT_EQ(database.sql("SELECT kind || ' ' || text FROM ticket_events"), "delayed a@one.example:");
}

TEST_F(Deliveries, TheStandingCountsWhatHasNoEnd) {
    queue("a@one.example", ", next_attempt", ", now() - interval '1 min'");
    queue("b@one.example", ", state, next_attempt", ", 'deferred', now() + interval '1 h'");
    queue("c@one.example", ", state", ", 'sent'");
    queue("d@one.example", ", state", ", 'held'");
    const auto standing = wait_for(io, store::DeliveryDesk(daemon->pool).standing());
    EXPECT_THAT(standing.by_state, ElementsAre(testing::Pair("deferred", 1), testing::Pair("held", 1),
                                               testing::Pair("queued", 1)));
    EXPECT_GE(standing.oldest_due, 1min);
    EXPECT_LT(standing.oldest_due, 2min);
}

TEST_F(Deliveries, ContentIsReadForBothKinds) {
    auto rows = wait_for(io, ours->contents({{1, *tickets::Uuid::parse(interaction), 0}}));
    const auto mails = store::KeptMailStore::unpack(rows);
    ASSERT_THAT(mails, SizeIs(1));
    EXPECT_EQ(mails[0].raw, mail_text("a@x"));
    EXPECT_TRUE(mails[0].intact);
    const auto id = database.sql(
        "INSERT INTO outbox (workspace_id, id, kind, mailbox_id, recipient, message, dedupe_key)"
        " VALUES (1, gen_random_uuid(), 'held_digest', 1, 'o@x', 'text', 'k') RETURNING id");
    const auto messages = wait_for(io, ours->messages({{1, *tickets::Uuid::parse(id), 0}}));
    ASSERT_THAT(messages, SizeIs(1));
    EXPECT_EQ(messages[0].second, "text");
}

TEST_F(Deliveries, TheEarHearsWhoTells) {
    store::DeliveryEar ear({database.conninfo(), 1, 10s});
    wait_for(io, ear.wait(10s));  // listens now
    store::DeliveryDesk desk(daemon->pool);
    queue("a@one.example");
    auto all = wait_for(io, desk.list({.states = store::unfinished_deliveries()}));
    wait_for(io, desk.change(store::DeliveryVerb::retry, all));
    const auto began = std::chrono::steady_clock::now();
    wait_for(io, ear.wait(10s));
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    database.end_backends();
    EXPECT_THROW(
        {
            wait_for(io, ear.wait(10s));
            wait_for(io, ear.wait(10s));
        },
        store::Error);
    wait_for(io, ear.wait(10s));
}

struct ByHand : Deliveries {
    std::vector<std::string> recipients(store::DeliveryFilter filter) {
        if (filter.states.empty()) filter.states = store::delivery_states();
        std::vector<std::string> all;
        for (const auto& delivery : wait_for(io, store::DeliveryDesk(daemon->pool).list(std::move(filter))))
            all.push_back(delivery.recipient);
        return all;
    }
    std::size_t change(store::DeliveryVerb verb) {
        store::DeliveryDesk desk(daemon->pool);
        return wait_for(io, desk.change(verb, wait_for(io, desk.list({.states = store::delivery_states()}))))
            .size();
    }
    void one_of_each_state() {
        int number = 0;
        for (const auto& state : store::delivery_states())
            queue(std::to_string(number++) + "@one.example", ", state, attempts", ", '" + state + "', 1");
    }
};

TEST_F(ByHand, Lists) {
    queue("a@one.example");
    queue("b@two.example", ", state", ", 'sent'");
    const auto ticket = tickets()[0].id;
    EXPECT_THAT(recipients({}), ElementsAre("a@one.example", "b@two.example"));
    EXPECT_THAT(recipients({.states = store::unfinished_deliveries()}), ElementsAre("a@one.example"));
    EXPECT_THAT(recipients({.destination = "two.example"}), ElementsAre("b@two.example"));
    EXPECT_THAT(recipients({.ticket = ticket}), SizeIs(2));
    EXPECT_THAT(recipients({.ticket = tickets::Uuid{}}), IsEmpty());
    EXPECT_THAT(recipients({.workspace = "beta"}), IsEmpty());
    EXPECT_THAT(recipients({.ids = std::vector<tickets::Uuid>{}}), IsEmpty());
    EXPECT_THAT(recipients({.limit = 1}), SizeIs(1));
}

TEST_F(ByHand, ShowsAttempts) {
    queue("a@one.example");
    const auto claimed = claim(*ours, {"one.example"});
    finish(*ours, {attempt(claimed[0], AttemptResult::deferred, 451)});
    const auto attempts = wait_for(io, store::DeliveryDesk(daemon->pool).attempts(1, claimed[0].key.id));
    ASSERT_THAT(attempts, SizeIs(1));
    EXPECT_EQ(attempts[0].result, "deferred");
    EXPECT_EQ(attempts[0].code, 451);
    EXPECT_EQ(attempts[0].ended_at - attempts[0].began_at, 1500ms);
}

// queued sending deferred uncertain held sent failed bounced cancelled
TEST_F(ByHand, RetriesAllButWhatIsSentOrBeingSent) {
    one_of_each_state();
    EXPECT_EQ(change(store::DeliveryVerb::retry), 7U);
    EXPECT_EQ(states(), "deferred sending deferred deferred deferred sent deferred deferred deferred");
    EXPECT_EQ(database.sql("SELECT count(*) FROM deliveries WHERE by_hand AND next_attempt <= now()"), "7");
    EXPECT_THAT(claim(*ours, {"one.example"}), SizeIs(7));
}

TEST_F(ByHand, CancelsWhatWaits) {
    one_of_each_state();
    EXPECT_EQ(change(store::DeliveryVerb::cancel), 4U);
    EXPECT_EQ(states(), "cancelled sending cancelled cancelled cancelled sent failed bounced cancelled");
}

TEST_F(ByHand, HoldsAndReleases) {
    one_of_each_state();
    EXPECT_EQ(change(store::DeliveryVerb::hold), 3U);
    EXPECT_EQ(states(), "held sending held held held sent failed bounced cancelled");
    EXPECT_THAT(claim(*ours, {"one.example"}), IsEmpty());
    EXPECT_EQ(change(store::DeliveryVerb::release), 4U);
    EXPECT_EQ(states(), "deferred sending deferred deferred deferred sent failed bounced cancelled");
}

}  // namespace
