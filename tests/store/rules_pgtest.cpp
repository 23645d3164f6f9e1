// Domain rules over a database: saved, put in order, in force at once, and what they do to mail and tickets.
#include "desk/ticket_actions.hpp"
#include "desk_fixture.hpp"
#include "intake/imported.hpp"
#include "intake/rule_trial.hpp"
#include "policy/rule_json.hpp"
#include "policy/rule_text.hpp"
#include "store/audit.hpp"
#include "store/explain_store.hpp"
#include "store/rule_store.hpp"

#include <gmock/gmock.h>

namespace {

using namespace support;
using policy::Action;
using policy::RuleActions;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

struct Rules : DeskTest {
    static policy::Rule rule(const std::string& name, const std::vector<std::string>& conditions,
                             RuleActions actions) {
        policy::Rule rule;
        rule.name = name;
        for (const auto& text : conditions) {
            rule.conditions.emplace_back();
            EXPECT_EQ(policy::parse_condition(text, rule.conditions.back()), std::nullopt) << text;
        }
        rule.actions = std::move(actions);
        return rule;
    }

    store::RuleStore store() { return store::RuleStore(daemon->pool); }

    std::int64_t add(const policy::Rule& rule, store::RuleScope scope = {},
                     std::optional<std::int64_t> place = std::nullopt,
                     const std::string& workspace = "acme") {
        const auto added = wait_for(io, store().add(workspace, std::move(scope), rule, place));
        EXPECT_TRUE(added) << (added ? "" : added.error().text);
        wait_for(io, daemon->settings.refreshed());
        return added ? *added : 0;
    }

    std::string refusal(const policy::Rule& rule, store::RuleScope scope = {},
                        const std::string& workspace = "acme") {
        const auto added = wait_for(io, store().add(workspace, std::move(scope), rule, std::nullopt));
        return added ? "" : added.error().text;
    }

    void ok(boost::asio::awaitable<store::Outcome<std::monostate>> work) {
        EXPECT_TRUE(wait_for(io, std::move(work)));
        wait_for(io, daemon->settings.refreshed());
    }

    std::vector<std::int64_t> order() {
        std::vector<std::int64_t> ids;
        for (const auto& stored : wait_for(io, store().list("acme"))) {
            ids.push_back(stored.rule.id);
            EXPECT_EQ(stored.place, static_cast<std::int64_t>(ids.size()));
        }
        return ids;
    }

    std::string dispositions() {
        return database.sql(
            "SELECT string_agg(disposition || '/' || reason, ' ' ORDER BY decided_at, workspace_id, "
            "mailbox_id) "
            "FROM dispositions");
    }

    void add_agent(const std::string& name) {
        EXPECT_TRUE(wait_for(io, store::AgentStore(daemon->pool).add(name, name + "@acme.example")));
    }

    void expect_everything_holds() {
        for (const auto& check :
             wait_for(io, store::Audit(daemon->pool).run([](std::int64_t, std::int64_t) {})))
            EXPECT_EQ(check.wrong, 0) << check.name;
    }
};

const RuleActions hold{.action = Action::hold, .stop = true};

RuleActions tags(std::vector<std::string> names) {
    RuleActions actions;
    actions.effects.tags = std::move(names);
    return actions;
}

TEST_F(Rules, AreKeptInTheirOrder) {
    const auto a = add(rule("a", {"subject=x"}, hold)), b = add(rule("b", {}, hold)),
               c = add(rule("c", {}, hold), {}, 1);
    EXPECT_THAT(order(), ElementsAre(c, a, b));
    const auto d = add(rule("d", {}, hold), {}, 2), e = add(rule("e", {}, hold), {}, 99);
    EXPECT_THAT(order(), ElementsAre(c, d, a, b, e));
    ok(store().move(e, 1));
    EXPECT_THAT(order(), ElementsAre(e, c, d, a, b));
    ok(store().move(e, 3));
    EXPECT_THAT(order(), ElementsAre(c, d, e, a, b));
    ok(store().move(c, 99));
    EXPECT_THAT(order(), ElementsAre(d, e, a, b, c));
    ok(store().remove(e));
    EXPECT_THAT(order(), ElementsAre(d, a, b, c));
    EXPECT_FALSE(wait_for(io, store().remove(e)));
    EXPECT_FALSE(wait_for(io, store().move(e, 1)));
    EXPECT_FALSE(wait_for(io, store().enable(e, true)));
    EXPECT_EQ(wait_for(io, store().list("beta")).size(), 0U);
    EXPECT_EQ(wait_for(io, store().find(a))->rule.conditions.size(), 1U);
}

TEST_F(Rules, WhatIsWrongIsRefusedWhenItIsSaved) {
    EXPECT_THAT(refusal(rule("a", {"subject~("}, hold)), HasSubstr("missing )"));
    EXPECT_THAT(refusal(rule("a", {}, hold), {}, "gamma"), HasSubstr("no workspace gamma"));
    EXPECT_THAT(refusal(rule("a", {}, hold), {"beta.example", {}}), HasSubstr("no domain of workspace acme"));
    EXPECT_THAT(refusal(rule("a", {}, hold), {{}, "info@beta.example"}),
                HasSubstr("no mailbox of workspace acme"));
    EXPECT_THAT(refusal(rule("a", {}, {.effects = {.assign_agent = "ben@acme.example"}})),
                HasSubstr("no agent"));
    EXPECT_THAT(refusal(rule("a", {}, {.effects = {.assign_team = "billing"}})),
                HasSubstr("no team billing"));
    EXPECT_TRUE(wait_for(io, store().add_team("beta", "billing")));
    EXPECT_THAT(refusal(rule("a", {}, {.effects = {.assign_team = "billing"}})), HasSubstr("no team billing"))
        << "it is another workspace's";
    const auto id = add(rule("a", {}, hold));
    const auto changed = wait_for(io, store().change(id, {}, rule("", {}, hold)));
    EXPECT_FALSE(changed);
    EXPECT_EQ(wait_for(io, store().find(id))->rule.name, "a");
    EXPECT_EQ(database.sql("SELECT count(*) FROM rules"), "1");
}

TEST_F(Rules, TeamsComeAndGo) {
    EXPECT_TRUE(wait_for(io, store().add_team("acme", "billing")));
    EXPECT_FALSE(wait_for(io, store().add_team("acme", "billing")));
    EXPECT_FALSE(wait_for(io, store().add_team("gamma", "billing")));
    ASSERT_EQ(wait_for(io, store().teams()).size(), 1U);
    EXPECT_EQ(wait_for(io, store().teams())[0].workspace, "acme");
    EXPECT_TRUE(wait_for(io, store().remove_team("acme", "billing")));
    EXPECT_FALSE(wait_for(io, store().remove_team("acme", "billing")));
    EXPECT_TRUE(wait_for(io, store().teams()).empty());
    EXPECT_TRUE(wait_for(io, store().add_team("acme", "billing")));
}

TEST_F(Rules, ARowThatCanNotBeReadIsNotInForce) {
    const auto good = add(rule("good", {}, tags({"good"}))), bad = add(rule("bad", {}, tags({"bad"})));
    database.sql("UPDATE rules SET conditions = '[{\"field\": \"moon\"}]' WHERE id = " + std::to_string(bad));
    ok(store().enable(good, true));
    take(mail_text("1@c"));
    EXPECT_THAT(tickets().at(0).tags, ElementsAre("good"));
    EXPECT_THAT(wait_for(io, store().find(bad))->problem, HasSubstr("moon is no field"));
    EXPECT_EQ(wait_for(io, store().find(good))->problem, "");
}

TEST_F(Rules, OnlyWhatChangedIsCompiledAgain) {
    add(rule("a", {"subject~x"}, hold));
    const auto before = daemon->settings.current()->rules.at(1);
    add(rule("b", {}, hold), {}, {}, "beta");
    const auto now = daemon->settings.current();
    EXPECT_EQ(now->rules.at(1), before);
    EXPECT_EQ(now->rules.size(), 2U);
}

TEST_F(Rules, EffectsAreOnTheTicket) {
    add_agent("ben");
    add_agent("eve");
    ASSERT_TRUE(wait_for(io, store().add_team("acme", "billing")));
    RuleActions actions{
        .effects = {"ben@acme.example", "billing", 3, {"invoice", "new"}, {{"Order", "7"}}, false}};
    const auto id = add(rule("invoices", {"subject*=about*"}, actions));
    take(mail_text("1@c"));
    auto ticket = tickets().at(0);
    EXPECT_EQ(ticket.assignee->address, "ben@acme.example");
    EXPECT_EQ(ticket.team, "billing");
    EXPECT_EQ(ticket.priority, 3);
    EXPECT_THAT(ticket.tags, ElementsAre("invoice", "new"));
    EXPECT_THAT(ticket.fields, ElementsAre(Pair("Order", "7")));
    const auto kept =
        wait_for(io, store::stored_decision(daemon->pool, ticket.interactions.at(0).id))->policy;
    EXPECT_THAT(kept.rules, ElementsAre(id));
    EXPECT_EQ(kept.effects, actions.effects);
    EXPECT_THAT(kept.evidence, HasSubstr("\"invoices\": assign to ben@acme.example; assign to team billing"));

    // What joins adds, but takes the ticket from nobody, and makes it no less urgent.
    ok(store().change(
        id, {},
        rule("later", {},
             {.effects = {"eve@acme.example", {}, 1, {"again"}, {{"Order", "8"}, {"Area", "north"}}, {}}})));
    take(mail_text("2@c", "<1@c>"));
    ticket = tickets().at(0);
    EXPECT_EQ(ticket.interactions.size(), 2U);
    EXPECT_EQ(ticket.assignee->address, "ben@acme.example");
    EXPECT_EQ(ticket.team, "billing");
    EXPECT_EQ(ticket.priority, 3);
    EXPECT_THAT(ticket.tags, ElementsAre("again", "invoice", "new"));
    EXPECT_THAT(ticket.fields, ElementsAre(Pair("Area", "north"), Pair("Order", "8")));

    // An agent who has gone is passed over; nothing is lost by it.
    ASSERT_TRUE(wait_for(io, store::AgentStore(daemon->pool).remove("eve@acme.example")));
    take(mail_text("3@c"));
    EXPECT_EQ(tickets().at(1).assignee, std::nullopt);
    EXPECT_THAT(tickets().at(1).tags, ElementsAre("again"));
    EXPECT_EQ(tickets().at(1).priority, 1);
    expect_everything_holds();
}

TEST_F(Rules, MailIsHeldDiscardedOrRefused) {
    add(rule("held", {"subject*=*hold*"}, hold));
    add(rule("gone", {"subject*=*discard*"}, {.action = Action::discard, .stop = true}));
    add(rule("no", {"subject*=*refuse*"},
             {.action = Action::refuse, .words = {553, "5.7.1", "Not here"}, .stop = true}));
    add(rule("later", {"subject*=*later*"},
             {.action = Action::refuse, .words = {450, "4.7.1", "Later"}, .stop = true}));
    take(mail_text("hold@c"));
    take(mail_text("discard@c"));
    auto reply = send(mail_text("refuse@c"));
    EXPECT_EQ(std::tie(reply.code, reply.enhanced, reply.text), std::make_tuple(553, "5.7.1", "Not here"));
    EXPECT_EQ(send(mail_text("later@c")).code, 450);
    take(mail_text("other@c"));
    EXPECT_EQ(dispositions(), "held/rule discarded/rule ticketed/new_ticket");
    EXPECT_EQ(database.sql("SELECT count(*) FROM interactions"), "2");
    EXPECT_THAT(database.sql("SELECT reason FROM interactions WHERE ticket_id IS NULL"),
                HasSubstr("rule: hold (rule "));
    expect_everything_holds();
}

TEST_F(Rules, OfRecipientsThatDifferTheWillingGetIt) {
    add(rule("no", {}, {.action = Action::refuse, .words = {550, "5.7.1", "No"}, .stop = true}),
        {{}, "support@acme.example"});
    EXPECT_EQ(send(mail_text("1@c"), {support}).code, 550);
    take(mail_text("2@c"), {support, other});
    EXPECT_EQ(dispositions(), "held/rule ticketed/new_ticket") << "another workspace";
    take(mail_text("3@c"), {support, sales});
    EXPECT_EQ(dispositions(), "held/rule ticketed/new_ticket ticketed/new_ticket ticketed/new_ticket")
        << "of one workspace the most welcoming";
    expect_everything_holds();
}

TEST_F(Rules, PostmasterIsReachable) {
    add(rule("no", {}, {.action = Action::refuse, .words = {550, "5.7.1", "No"}, .stop = true}));
    smtp::Recipient postmaster{{"postmaster", "acme.example"}, support.destination};
    EXPECT_EQ(send(mail_text("1@c"), {support}).code, 550);
    take(mail_text("2@c"), {postmaster});
    EXPECT_EQ(dispositions(), "held/rule");
}

TEST_F(Rules, ScopesAreDomainAndMailbox) {
    store::SettingsStore settings(daemon->pool);
    ASSERT_TRUE(wait_for(io, settings.add_domain("shop.example", "acme", std::nullopt)));
    const auto shop = DeskTest::add("acme", {"help", "shop.example"});
    add(rule("of domain", {}, tags({"shop"})), {"Shop.Example", {}});
    add(rule("of mailbox", {}, tags({"sales"})), {{}, "Sales@acme.example"});
    add(rule("of all", {}, tags({"all"})));
    take(mail_text("1@c"), {support});
    take(mail_text("2@c"), {sales});
    take(mail_text("3@c"), {shop});
    take(mail_text("4@c"), {other});
    EXPECT_THAT(tickets().at(0).tags, ElementsAre("all"));
    EXPECT_THAT(tickets().at(1).tags, ElementsAre("all", "sales"));
    EXPECT_THAT(tickets().at(2).tags, ElementsAre("all", "shop"));
    EXPECT_THAT(tickets().at(3).tags, ElementsAre());
    // They go with what they are for, and keep nobody from removing it.
    ASSERT_TRUE(wait_for(io, settings.remove_mailbox({"help", "shop.example"})));
    ASSERT_TRUE(wait_for(io, settings.remove_domain("shop.example")));
    EXPECT_EQ(wait_for(io, store().list("acme")).size(), 2U);
}

TEST_F(Rules, WhatTheyDidGoesWithAMerge) {
    add(rule("first", {"subject*=*1@c"},
             {.effects = {.priority = 2, .tags = {"one"}, .fields = {{"a", "1"}, {"b", "1"}}}}));
    add(rule("second", {"subject*=*2@c"},
             {.effects = {.priority = 4, .tags = {"two"}, .fields = {{"b", "2"}, {"c", "2"}}}}));
    take(mail_text("1@c"));
    take(mail_text("2@c"));
    take(mail_text("3@c", "<1@c> <2@c>"));  // shows the two to be one
    ASSERT_EQ(tickets().size(), 1U);
    EXPECT_THAT(tickets()[0].tags, ElementsAre("one", "two"));
    EXPECT_EQ(tickets()[0].priority, 4);
    EXPECT_THAT(tickets()[0].fields, ElementsAre(Pair("a", "1"), Pair("b", "1"), Pair("c", "2")));
    expect_everything_holds();

    take(mail_text("21@c"));
    take(mail_text("22@c"));
    const auto all = tickets();
    ASSERT_EQ(all.size(), 3U);
    ASSERT_TRUE(
        wait_for(io, desk::TicketActions(daemon->pool).merge({all[2].short_id, {}}, {all[1].short_id, {}})));
    EXPECT_THAT(tickets().at(1).tags, ElementsAre("one", "two"));
    EXPECT_EQ(tickets().at(1).priority, 4);
}

TEST_F(Rules, MatchesAreCounted) {
    const auto a = add(rule("a", {"subject*=about*"}, tags({"x"})));
    const auto b = add(rule("b", {"subject*=*refuse*"},
                            {.action = Action::refuse, .words = {550, "5.7.1", "No"}, .stop = true}));
    const auto gone = add(rule("gone", {}, tags({"y"})));
    for (const char* id : {"1@c", "2@c", "3@c"}) take(mail_text(id));
    EXPECT_EQ(send(mail_text("refuse@c")).code, 550);
    ok(store().remove(gone));
    auto& counts = daemon->probe.rule_counts;
    const auto flush = [&] { return wait_for(io, counts.flush(daemon->pool)); };
    EXPECT_TRUE(flush());
    EXPECT_EQ(wait_for(io, store().find(a))->matched, 4);
    EXPECT_EQ(wait_for(io, store().find(b))->matched, 1);
    EXPECT_TRUE(wait_for(io, store().find(a))->last_matched);
    take(mail_text("5@c"));
    EXPECT_TRUE(flush());
    EXPECT_TRUE(flush());
    EXPECT_EQ(wait_for(io, store().find(a))->matched, 5);
    EXPECT_EQ(wait_for(io, store().find(b))->matched, 1);
    // What can't be written is kept for the next time.
    take(mail_text("6@c"));
    database.sql("ALTER TABLE rule_counts RENAME TO away");
    EXPECT_FALSE(flush());
    database.sql("ALTER TABLE away RENAME TO rule_counts");
    EXPECT_TRUE(flush());
    EXPECT_EQ(wait_for(io, store().find(a))->matched, 6);
}

TEST_F(Rules, ADisabledRuleDoesNothing) {
    const auto id = add(rule("a", {}, hold));
    ok(store().enable(id, false));
    take(mail_text("1@c"));
    ok(store().enable(id, true));
    take(mail_text("2@c"));
    EXPECT_EQ(dispositions(), "ticketed/new_ticket held/rule");
}

TEST_F(Rules, OldMailIsNotAskedAbout) {
    add(rule("no", {}, {.action = Action::discard, .stop = true}));
    const auto settings = daemon->settings.current();
    const auto arrival = intake::prepare_imported(mail_text("1@c"), support, *settings,
                                                  tickets::Uuid::make(std::chrono::system_clock::now()),
                                                  std::chrono::system_clock::now());
    EXPECT_EQ(arrival.parts.at(0).policy.action, Action::accept);
}

TEST_F(Rules, ADryRunKnowsTheSpamScoreThatWasKept) {
    for (const char* id : {"1@c", "2@c", "3@c"}) take(mail_text(id));
    const auto scanned = [&](const char* id, const char* scans) {
        database.sql(std::string("UPDATE interactions SET evidence = '{\"scans\":[") + scans +
                     "]}' WHERE message_id = '" + id + "'");
    };
    scanned("1@c",
            R"({"scanner":"clamav","found":"nothing"},{"scanner":"rspamd","found":"spam","score":7.5})");
    scanned("2@c", R"({"scanner":"rspamd","found":"nothing","score":-1})");
    std::vector<std::string> matched;
    wait_for(io, intake::try_rules(daemon->pool, *daemon->settings.current(), 1,
                                   policy::RuleSet({rule("spam", {"spam_score>=5"}, hold)}), 10,
                                   [&](const intake::TriedMail& mail) { matched.push_back(mail.subject); }));
    EXPECT_THAT(matched, ElementsAre("about 1@c"));
}

TEST_F(Rules, ADryRunTellsWhatWouldBeAndChangesNothing) {
    for (int i = 0; i < 5; ++i) take(mail_text(std::to_string(i) + "@c"));
    take(mail_text("x@c"), {sales});
    take(mail_text("y@c"), {other});
    const std::string before = database.sql(
        "SELECT md5(string_agg(t::text, '')) FROM (SELECT * FROM interactions ORDER BY id) AS t");
    policy::Rule tried = rule("tried", {"subject~about [0-3x]@c"}, hold);
    tried.id = 9;
    tried.mailbox = support.destination.mailbox;
    const policy::RuleSet rules({tried});
    std::vector<intake::TriedMail> matched;
    const auto ask = [&](std::int64_t last) {
        matched.clear();
        return wait_for(io,
                        intake::try_rules(daemon->pool, *daemon->settings.current(), 1, rules, last,
                                          [&](const intake::TriedMail& mail) { matched.push_back(mail); }));
    };
    auto report = ask(100);
    EXPECT_EQ(report.asked, 6);
    EXPECT_EQ(report.matched, 4);
    ASSERT_EQ(matched.size(), 4U);
    EXPECT_EQ(matched[0].subject, "about 3@c") << "the newest first";
    EXPECT_EQ(matched[0].became, "ticketed (new_ticket)");
    EXPECT_EQ(matched[0].author, "ann@client.example");
    EXPECT_EQ(matched[0].decision.action, Action::hold);
    EXPECT_THAT(matched[0].decision.rules, ElementsAre(9));
    report = ask(3);
    EXPECT_EQ(report.asked, 3);
    EXPECT_EQ(report.matched, 1);
    EXPECT_EQ(database.sql(
                  "SELECT md5(string_agg(t::text, '')) FROM (SELECT * FROM interactions ORDER BY id) AS t"),
              before);
}

}  // namespace
