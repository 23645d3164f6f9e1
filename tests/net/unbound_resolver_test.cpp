// The resolver against name servers on this host: an honest one, a bad one, none, and one with a signed zone.
#include "net/unbound_resolver.hpp"

#include "tests/support/dns_server.hpp"
#include "tests/support/fake_dns.hpp"
#include "tests/support/signed_zone.hpp"

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

using namespace std::literals;
using net::RecordType;
using Manner = test::DnsServer::Manner;
using Status = net::DnsAnswer::Status;

namespace asio = boost::asio;

namespace {

net::ResolverOptions options_for(const std::string& server) {
    net::ResolverOptions options;
    options.servers = net::ResolverOptions::Servers::forwarders;
    options.forwarders = {server};
    return options;
}

class Resolving : public ::testing::Test {
  protected:
    explicit Resolving(net::ResolverOptions options = {}) {
        options.servers = net::ResolverOptions::Servers::forwarders;
        options.forwarders = {server_.address()};
        resolver_ = std::make_unique<net::UnboundResolver>(context_.get_executor(), options);
    }

    // Begins a look-up; its answer is there when run() has returned.
    void ask(const std::string& name, RecordType type, std::chrono::milliseconds within = 20s) {
        const std::size_t place = answers_.size();
        answers_.emplace_back();
        asio::co_spawn(
            context_,
            [this, name, type, within, place]() -> asio::awaitable<void> {
                answers_[place] = co_await resolver_->look_up(name, type, test::soon(within));
            },
            asio::detached);
    }
    void run() {
        context_.restart();
        context_.run();
    }
    net::DnsAnswer look_up(const std::string& name, RecordType type, std::chrono::milliseconds within = 20s) {
        ask(name, type, within);
        run();
        return answers_.back();
    }
    std::string record(const std::string& name, RecordType type) {
        const net::DnsAnswer answer = look_up(name, type);
        EXPECT_EQ(answer.records.size(), 1U) << name << ": " << answer.why;
        return answer.records.empty() ? std::string() : answer.records.front();
    }

    test::DnsServer server_;
    asio::io_context context_{1};
    std::unique_ptr<net::UnboundResolver> resolver_;
    std::vector<net::DnsAnswer> answers_;
};

TEST_F(Resolving, every_type) {
    const std::string long_text(3000, 'x');
    server_.record("example.com", RecordType::a, test::address_rdata("192.0.2.1"));
    server_.record("example.com", RecordType::a, test::address_rdata("192.0.2.2"));
    server_.record("example.com", RecordType::aaaa, test::address_rdata("2001:db8::1"));
    server_.record("example.com", RecordType::txt, test::text_rdata({"v=spf1 ", "-all"}));
    server_.record("example.com", RecordType::mx, test::mx_rdata(10, "mx.example.com"));
    server_.record("1.2.0.192.in-addr.arpa", RecordType::ptr, test::name_rdata("Host.Example.com"));
    server_.record("_dmarc.example.com", RecordType::txt, test::text_rdata({long_text}));
    server_.manner("_dmarc.example.com", Manner::truncates);
    server_.record("odd:name/with blank.example.com", RecordType::a, test::address_rdata("192.0.2.7"));

    const auto addresses = look_up("Example.COM.", RecordType::a);
    ASSERT_EQ(addresses.status, Status::found) << addresses.why;
    EXPECT_EQ(addresses.records.size(), 2U);
    EXPECT_FALSE(addresses.secure);
    EXPECT_EQ(net::address_of(RecordType::aaaa, record("example.com", RecordType::aaaa))->to_string(),
              "2001:db8::1");
    EXPECT_EQ(net::text_of(record("example.com", RecordType::txt)), "v=spf1 -all");
    EXPECT_EQ(net::mail_exchanger_of(record("example.com", RecordType::mx))->name, "mx.example.com");
    EXPECT_EQ(net::name_of(record("1.2.0.192.in-addr.arpa", RecordType::ptr)), "host.example.com");
    EXPECT_EQ(net::text_of(record("_dmarc.example.com", RecordType::txt)), long_text);
    EXPECT_GE(server_.tcp_queries(), 1U);
    EXPECT_EQ(look_up("odd:name/with blank.example.com", RecordType::a).status, Status::found);

    EXPECT_EQ(look_up("example.com", RecordType::tlsa).status, Status::no_records);
    EXPECT_EQ(look_up("nobody.example.com", RecordType::a).status, Status::no_name);
    const unsigned before = server_.queries();
    EXPECT_EQ(look_up("a..b", RecordType::a).status, Status::no_name);
    EXPECT_EQ(look_up("example.com", RecordType::a).status, Status::found);
    EXPECT_EQ(server_.queries(), before) << "neither is asked for: one is no name, one is in the cache";
    const auto counts = resolver_->counts();
    EXPECT_EQ(counts.asked, 10U);
    EXPECT_EQ(counts.answered, 10U);
    EXPECT_EQ(counts.in_flight + counts.waiting, 0U);
}

TEST_F(Resolving, lies_and_noise) {
    server_.record("lies.example", RecordType::a, test::address_rdata("192.0.2.1"));
    server_.manner("lies.example", Manner::lies);
    server_.manner("mistakes.example", Manner::mistakes);
    server_.manner("fails.example", Manner::servfail);
    server_.manner("babbles.example", Manner::babbles);
    const auto answer = look_up("lies.example", RecordType::a);
    ASSERT_EQ(answer.status, Status::found) << answer.why;
    EXPECT_EQ(answer.records, std::vector<std::string>{test::address_rdata("192.0.2.1")});
    EXPECT_EQ(look_up("mistakes.example", RecordType::a, 300ms).status, Status::failed);
    EXPECT_EQ(look_up("fails.example", RecordType::a).status, Status::failed);
    EXPECT_EQ(look_up("babbles.example", RecordType::a, 300ms).status, Status::failed);
}

TEST_F(Resolving, ends_by_the_deadline_and_bears_what_comes_later) {
    server_.record("slow.example", RecordType::a, test::address_rdata("192.0.2.1"));
    server_.slow("slow.example", 150ms);
    server_.manner("silent.example", Manner::silent);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(look_up("silent.example", RecordType::a, 50ms).why, "no answer in time");
    EXPECT_EQ(look_up("slow.example", RecordType::a, 20ms).status, Status::failed);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
    // Its answer comes while nobody waits for it, and while somebody else does.
    EXPECT_EQ(look_up("slow.example", RecordType::a).status, Status::found);
    EXPECT_EQ(look_up("slow.example", RecordType::a, -1ms).status, Status::failed)
        << "too late from the start";
    EXPECT_EQ(resolver_->counts().timed_out, 3U);
}

TEST_F(Resolving, can_be_cancelled) {
    server_.manner("silent.example", Manner::silent);
    server_.record("good.example", RecordType::a, test::address_rdata("192.0.2.1"));
    asio::cancellation_signal signal;
    bool ended = false;
    asio::co_spawn(
        context_,
        [&]() -> asio::awaitable<void> {
            const auto answer = co_await resolver_->look_up("silent.example", RecordType::a, test::soon(20s));
            ended = answer.status == Status::failed;
        },
        asio::bind_cancellation_slot(signal.slot(), asio::detached));
    asio::post(context_, [&] { signal.emit(asio::cancellation_type::terminal); });
    const auto begin = std::chrono::steady_clock::now();
    run();
    EXPECT_TRUE(ended);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
    EXPECT_EQ(resolver_->counts().in_flight, 0U);
    EXPECT_EQ(look_up("good.example", RecordType::a).status, Status::found);
}

TEST_F(Resolving, may_end_before_those_who_wait) {
    server_.manner("silent.example", Manner::silent);
    ask("silent.example", RecordType::a);
    ask("silent.example", RecordType::txt);
    asio::post(context_, [&] { resolver_.reset(); });
    const auto begin = std::chrono::steady_clock::now();
    run();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
    EXPECT_EQ(answers_[0].status, Status::failed);
    EXPECT_EQ(answers_[1].why, "given up");
}

TEST_F(Resolving, is_left_by_coroutines_that_never_end) {
    server_.manner("silent.example", Manner::silent);
    ask("silent.example", RecordType::a);
    context_.poll();
    EXPECT_EQ(resolver_->counts().in_flight, 1U);
}

struct Narrow : Resolving {
    static net::ResolverOptions options() {
        net::ResolverOptions options;
        options.in_flight = 2;
        options.waiting = 50;
        return options;
    }
    Narrow() : Resolving(options()) {}
};

TEST_F(Narrow, a_burst_waits_its_turn) {
    for (int i = 0; i < 60; ++i) {
        const std::string name = "n" + std::to_string(i) + ".example";
        server_.record(name, RecordType::a, test::address_rdata("192.0.2.1"));
        ask(name, RecordType::a);
    }
    std::size_t most = 0;
    context_.restart();
    while (context_.run_one() != 0) most = std::max(most, resolver_->counts().in_flight);
    EXPECT_LE(most, 2U);
    std::size_t found = 0;
    for (const auto& answer : answers_) found += answer.status == Status::found ? 1 : 0;
    EXPECT_EQ(found, 52U) << "two at once, fifty that wait";
    EXPECT_EQ(answers_.back().why, "too many questions wait");
    EXPECT_EQ(resolver_->counts().refused, 8U);
}

TEST_F(Narrow, who_waits_for_a_turn_has_a_deadline_too) {
    server_.manner("silent.example", Manner::silent);
    server_.record("good.example", RecordType::a, test::address_rdata("192.0.2.1"));
    ask("silent.example", RecordType::a, 200ms);
    ask("silent.example", RecordType::txt, 200ms);
    ask("good.example", RecordType::a, 20ms);
    ask("good.example", RecordType::a, 20s);
    run();
    EXPECT_EQ(answers_[2].why, "no answer in time");
    EXPECT_EQ(answers_[3].status, Status::found);
}

struct Impatient : Resolving {
    static net::ResolverOptions options() {
        net::ResolverOptions options;
        options.breaker_after = 3;
        options.patience = 10ms;
        options.breaker_pause = 200ms;
        return options;
    }
    Impatient() : Resolving(options()) {}
};

TEST_F(Impatient, a_resolver_that_is_away_is_not_waited_for) {
    server_.record("good.example", RecordType::a, test::address_rdata("192.0.2.1"));
    for (int i = 0; i < 3; ++i) {
        const std::string name = "silent" + std::to_string(i) + ".example";
        server_.manner(name, Manner::silent);
        EXPECT_EQ(look_up(name, RecordType::a, 30ms).why, "no answer in time");
    }
    EXPECT_TRUE(resolver_->counts().breaker_open);
    EXPECT_EQ(look_up("good.example", RecordType::a).why, "the resolver does not answer");
    EXPECT_EQ(resolver_->counts().refused, 1U);
    // After the pause one is let through, and closes it again.
    asio::steady_timer pause(context_, 250ms);
    pause.async_wait([&](boost::system::error_code) { ask("good.example", RecordType::a); });
    run();
    EXPECT_EQ(answers_.back().status, Status::found);
    EXPECT_FALSE(resolver_->counts().breaker_open);
    EXPECT_EQ(look_up("good.example", RecordType::a).status, Status::found);
}

TEST(UnboundResolver, nobody_listens) {
    std::uint16_t port = 0;
    { port = test::DnsServer().port(); }
    asio::io_context context(1);
    net::UnboundResolver resolver(context.get_executor(), options_for("127.0.0.1@" + std::to_string(port)));
    net::DnsAnswer answer;
    const auto ask = [&]() -> asio::awaitable<void> {
        answer = co_await resolver.look_up("example.com", RecordType::a, test::soon(300ms));
    };
    asio::co_spawn(context, ask, asio::detached);
    context.run();
    EXPECT_EQ(answer.status, Status::failed);
    // It comes back.
    test::DnsServer server(port);
    server.record("example.com", RecordType::a, test::address_rdata("192.0.2.1"));
    const auto insist = [&]() -> asio::awaitable<void> {
        const auto end = test::soon(60s);
        while (answer.status != Status::found && std::chrono::steady_clock::now() < end) {
            answer = co_await resolver.look_up("example.com", RecordType::a, test::soon(500ms));
        }
    };
    context.restart();
    asio::co_spawn(context, insist, asio::detached);
    context.run();
    EXPECT_EQ(answer.status, Status::found);
}

TEST(UnboundResolver, says_what_is_wrong_with_its_options) {
    asio::io_context context(1);
    EXPECT_THROW(net::UnboundResolver(context.get_executor(), options_for("nowhere")), std::runtime_error);
    net::ResolverOptions options = options_for("127.0.0.1");
    options.trust_anchors = "/nonexistent/root.key";
    try {
        const net::UnboundResolver resolver(context.get_executor(), options);
        FAIL() << "a file that is not there";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("/nonexistent/root.key"), std::string::npos) << error.what();
    }
}

TEST(Signed, answers_are_validated) {
    const test::SignedZone zone("mail IN A 192.0.2.1\n@ IN TXT \"v=spf1 -all\"\n");
    ASSERT_EQ(zone.shell("ldns-keygen -a ECDSAP256SHA256 -k signed.example >wrong && "
                         "cp $(cat wrong).key wrong_anchor"),
              0);
    const auto found = zone.look_up("mail.signed.example", RecordType::a);
    EXPECT_EQ(found.status, Status::found) << found.why;
    EXPECT_TRUE(found.secure);
    const auto text = zone.look_up("signed.example", RecordType::txt);
    EXPECT_EQ(net::text_of(text.records.at(0)), "v=spf1 -all");
    EXPECT_TRUE(text.secure);
    const auto missing = zone.look_up("nobody.signed.example", RecordType::a);
    EXPECT_EQ(missing.status, Status::no_name);
    EXPECT_TRUE(missing.secure);
    const auto bogus = zone.look_up("mail.signed.example", RecordType::a, "wrong_anchor");
    EXPECT_EQ(bogus.status, Status::failed);
    EXPECT_TRUE(bogus.records.empty());
    EXPECT_NE(bogus.why, "");
}

}  // namespace
