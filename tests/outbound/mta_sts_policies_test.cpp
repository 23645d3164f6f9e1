// When policies are fetched, for how long they count, and what becomes of them when DNS or the web is away.
#include "outbound/mta_sts_policies.hpp"

#include "tests/outbound/fake_https.hpp"
#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>
#include <boost/asio/experimental/awaitable_operators.hpp>

namespace outbound {
namespace {

using namespace std::literals;
namespace asio = boost::asio;

const std::string file = "/.well-known/mta-sts.txt";

class Policies : public ::testing::Test {
  protected:
    Policies() {
        options_.now = [this] { return now_; };
        options_.most = 3;
    }

    void publish(const std::string& domain, const std::string& id, const std::string& mx,
                 const std::string& max_age = "604800") {
        dns_.forget("_mta-sts." + domain);
        dns_.txt("_mta-sts." + domain, "v=STSv1; id=" + id);
        web_.answers["mta-sts." + domain + file] = {
            200, "text/plain", "version: STSv1\nmode: enforce\nmx: " + mx + "\nmax_age: " + max_age + "\n"};
    }
    // Its first mx; "" for none.
    std::string policy(const std::string& domain) {
        const auto found = test::run(policies().policy_of(domain, test::soon()));
        return found ? found->mx.at(0) : "";
    }
    StsPolicies& policies() {
        if (!policies_) policies_ = std::make_unique<StsPolicies>(dns_, web_, options_);
        return *policies_;
    }
    // As a restart does, with what was kept in `shelf_`.
    void restart() {
        options_.archive = {
            .read = [this](std::string domain) -> asio::awaitable<std::optional<store::KeptStsPolicy>> {
                ++reads_;
                if (database_away_) throw std::runtime_error("away");
                const auto found = shelf_.find(domain);
                if (found == shelf_.end()) co_return std::nullopt;
                co_return found->second;
            },
            .keep = [this](std::string domain, store::KeptStsPolicy policy) -> asio::awaitable<void> {
                if (database_away_) throw std::runtime_error("away");
                shelf_[domain] = std::move(policy);
                co_return;
            }};
        policies_.reset();
    }
    [[nodiscard]] std::size_t fetches() const { return web_.asked.size(); }

    test::FakeDns dns_;
    test::FakeHttps web_;
    net::Clock::time_point now_ = net::Clock::now();
    StsOptions options_;
    std::unique_ptr<StsPolicies> policies_;
    std::map<std::string, store::KeptStsPolicy> shelf_;
    std::size_t reads_ = 0;
    bool database_away_ = false;
    std::string told_;
};

TEST_F(Policies, fetched_once_for_an_id) {
    publish("a.example", "1", "mx1.a.example");
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    EXPECT_EQ(fetches(), 1U);
    EXPECT_EQ(web_.asked[0].url.host, "mta-sts.a.example");
    EXPECT_EQ(web_.asked[0].url.port, 443);
    EXPECT_EQ(web_.asked[0].url.target, file);
    EXPECT_FALSE(web_.asked[0].anywhere);
    publish("a.example", "2", "mx2.a.example");
    EXPECT_EQ(policy("a.example"), "mx2.a.example");
    EXPECT_EQ(fetches(), 2U);
}

TEST_F(Policies, nobody_asks_the_web_without_a_record) {
    dns_.exists("_mta-sts.a.example").txt("_mta-sts.b.example", "v=spf1 -all").fails("_mta-sts.c.example");
    for (const char* domain : {"a.example", "b.example", "c.example", "d.example"})
        EXPECT_EQ(policy(domain), "");
    EXPECT_EQ(fetches(), 0U);
    EXPECT_EQ(policies().size(), 0U);
}

TEST_F(Policies, what_is_kept_outlives_dns_and_the_web) {
    publish("a.example", "1", "mx1.a.example");
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    dns_.forget("_mta-sts.a.example");
    EXPECT_EQ(policy("a.example"), "mx1.a.example") << "an attacker who suppresses the record";
    dns_.fails("_mta-sts.a.example");
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    publish("a.example", "2", "mx2.a.example");
    web_.answers.clear();
    EXPECT_EQ(policy("a.example"), "mx1.a.example") << "an attacker who suppresses the file";
    EXPECT_EQ(fetches(), 2U);
    now_ += 8 * 24h;
    EXPECT_EQ(policy("a.example"), "") << "not beyond its max_age";
}

TEST_F(Policies, a_restart_opens_no_door) {
    restart();
    publish("a.example", "1", "mx1.a.example");
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    EXPECT_EQ(shelf_.at("a.example").remaining, 168h);
    restart();
    web_.answers.clear();
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    EXPECT_EQ(fetches(), 1U) << "the id is the same";
    restart();
    dns_.forget("_mta-sts.a.example");
    EXPECT_EQ(policy("a.example"), "mx1.a.example") << "an attacker who suppresses the record";
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    EXPECT_EQ(reads_, 3U) << "once a start";
    restart();
    publish("a.example", "2", "mx2.a.example");
    web_.answers.clear();
    EXPECT_EQ(policy("a.example"), "mx1.a.example") << "an attacker who suppresses the file";
    now_ += 8 * 24h;
    EXPECT_EQ(policy("a.example"), "") << "not beyond its max_age";
}

TEST_F(Policies, what_was_kept_is_as_old_as_it_is) {
    shelf_["a.example"] = {"1", "version: STSv1\nmode: enforce\nmx: mx1.a.example\nmax_age: 604800\n", 23h,
                           2h};
    restart();
    publish("a.example", "1", "mx2.a.example");
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    now_ += 61min;
    EXPECT_EQ(policy("a.example"), "mx2.a.example") << "a day after it was fetched";
    shelf_["b.example"] = {"1", "version: STSv1\nmode: enforce\nmx: mx1.b.example\nmax_age: 604800\n", 1h,
                           2h};
    EXPECT_EQ(policy("b.example"), "mx1.b.example");
    now_ += 3h;
    EXPECT_EQ(policy("b.example"), "");
}

TEST_F(Policies, a_domain_without_one_is_looked_up_once) {
    restart();
    EXPECT_EQ(policy("a.example"), "");
    EXPECT_EQ(policy("a.example"), "");
    EXPECT_EQ(reads_, 1U);
    publish("a.example", "1", "mx1.a.example");
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    shelf_["b.example"] = {"1", "no policy any more", 1h, 2h};
    EXPECT_EQ(policy("b.example"), "");
}

TEST_F(Policies, who_can_not_know_does_not_send) {
    restart();
    publish("a.example", "1", "mx1.a.example");
    database_away_ = true;
    EXPECT_THROW(policy("a.example"), std::runtime_error);
    database_away_ = false;
    options_.told = [this](const std::string&, const std::string& what) {
        told_ = what;
        database_away_ = false;
    };
    restart();
    EXPECT_EQ(policy("b.example"), "");
    publish("b.example", "1", "mx1.b.example");
    database_away_ = true;
    EXPECT_EQ(policy("b.example"), "mx1.b.example") << "it is known, and told";
    EXPECT_EQ(told_, "the policy is known until the next restart only: away");
}

TEST_F(Policies, refreshed_daily_while_in_use) {
    publish("a.example", "1", "mx1.a.example");
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    now_ += 23h;
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    EXPECT_EQ(fetches(), 1U);
    now_ += 2h;
    web_.answers.clear();
    EXPECT_EQ(policy("a.example"), "mx1.a.example") << "the refresh failed, the policy stands";
    EXPECT_EQ(fetches(), 2U);
    publish("a.example", "1", "mx1.a.example");
    now_ += 6min;
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    EXPECT_EQ(fetches(), 3U);
    now_ += 6 * 24h + 23h;  // a week after the first fetch it would be over
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
}

TEST_F(Policies, a_failed_fetch_is_left_alone_for_a_while) {
    publish("a.example", "1", "mx1.a.example");
    const auto good = web_.answers;
    web_.answers.clear();
    EXPECT_EQ(policy("a.example"), "");
    EXPECT_EQ(policy("a.example"), "");
    EXPECT_EQ(fetches(), 1U);
    web_.answers = good;
    now_ += 4min;
    EXPECT_EQ(policy("a.example"), "");
    now_ += 2min;
    EXPECT_EQ(policy("a.example"), "mx1.a.example");
    EXPECT_EQ(fetches(), 2U);
}

TEST_F(Policies, a_new_id_is_fetched_at_once_after_a_failure) {
    publish("a.example", "1", "mx1.a.example");
    web_.answers.clear();
    EXPECT_EQ(policy("a.example"), "");
    publish("a.example", "2", "mx2.a.example");
    EXPECT_EQ(policy("a.example"), "mx2.a.example");
}

TEST_F(Policies, answers_that_are_no_policy) {
    publish("a.example", "1", "mx.a.example");
    const HttpsAnswer good = web_.answers.begin()->second;
    const HttpsAnswer bad[] = {
        {301, good.content_type, good.body}, {404, good.content_type, good.body},
        {200, "text/html", good.body},       {200, "", good.body},
        {200, good.content_type, ""},        {200, good.content_type, "version: STSv1\n"},
    };
    int id = 0;
    for (const HttpsAnswer& answer : bad) {
        publish("a.example", std::to_string(++id), "mx.a.example");
        web_.answers.begin()->second = answer;
        EXPECT_EQ(policy("a.example"), "") << answer.status << answer.content_type << answer.body;
    }
    EXPECT_EQ(fetches(), std::size(bad));
}

TEST_F(Policies, an_age_of_nothing_counts_for_the_mail_at_hand) {
    publish("a.example", "1", "mx.a.example", "0");
    EXPECT_EQ(policy("a.example"), "mx.a.example");
    EXPECT_EQ(policy("a.example"), "mx.a.example");
    EXPECT_EQ(fetches(), 2U);
}

TEST_F(Policies, bounded_by_count) {
    for (const char* domain : {"a.example", "b.example", "c.example"}) {
        publish(domain, "1", "mx.example");
        EXPECT_EQ(policy(domain), "mx.example");
    }
    EXPECT_EQ(policy("a.example"), "mx.example");
    publish("d.example", "1", "mx.example");
    EXPECT_EQ(policy("d.example"), "mx.example");
    EXPECT_EQ(policies().size(), 3U);
    EXPECT_EQ(fetches(), 4U);
    EXPECT_EQ(policy("a.example"), "mx.example");
    EXPECT_EQ(fetches(), 4U);
    EXPECT_EQ(policy("b.example"), "mx.example") << "was asked for longest ago, and forgotten";
    EXPECT_EQ(fetches(), 5U);
}

TEST_F(Policies, many_mails_at_once_fetch_once) {
    using namespace asio::experimental::awaitable_operators;
    publish("a.example", "1", "mx.a.example");
    web_.delay = 20ms;
    const auto three = [&]() -> asio::awaitable<std::size_t> {
        const auto [one, two, other] = co_await (policies().policy_of("a.example", test::soon()) &&
                                                 policies().policy_of("a.example", test::soon()) &&
                                                 policies().policy_of("a.example", test::soon()));
        co_return (one ? 1U : 0U) + (two ? 1U : 0U) + (other ? 1U : 0U);
    };
    EXPECT_EQ(test::run(three()), 3U);
    EXPECT_EQ(fetches(), 1U);
}

TEST_F(Policies, who_waits_for_another_has_a_deadline_too) {
    using namespace asio::experimental::awaitable_operators;
    publish("a.example", "1", "mx.a.example");
    web_.delay = 10s;
    options_.fetch_limit = 300ms;
    const auto both = [&]() -> asio::awaitable<bool> {
        const auto [one, two] = co_await (policies().policy_of("a.example", test::soon()) &&
                                          policies().policy_of("a.example", test::soon(20ms)));
        co_return one || two;
    };
    const auto begin = net::Clock::now();
    test::run(both());
    EXPECT_LT(net::Clock::now() - begin, 5s);
    EXPECT_EQ(fetches(), 1U);
}

}  // namespace
}  // namespace outbound
