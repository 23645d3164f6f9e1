// Connections and what goes over them, in a queue over a real database.
#include "queue_fixture.hpp"

namespace {

using namespace test;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

struct Lanes : QueueTest {
    std::vector<std::string> servers_and_recipients() const {
        std::vector<std::string> all;
        for (const auto& mail : world.delivered) all.push_back(mail.server + " " + mail.recipient);
        return all;
    }
};

// Two domains share the way to one destination, until one of them gets a relay of its own, with its log-in.
TEST_F(Lanes, AfterAReloadNobodysMailLeavesByAnothersRelay) {
    world.routing.insert("one.example");
    start();
    reply({"ann@one.example"}, 1);
    run_until_sql("SELECT state FROM deliveries", "sending");
    reply({"bob@one.example"}, 2);
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sending'", "2");
    router.relays["acme.example"] = "relay.acme.example";
    world.go_on();
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'", "2");
    EXPECT_THAT(servers_and_recipients(),
                UnorderedElementsAre("relay.acme.example ann@one.example", "one.example bob@one.example"));
}

TEST_F(Lanes, AConnectionHasAnEnd) {
    options.lanes.link_life = 0ms;
    router.limits.connections = 1;
    start();
    reply({"a@one.example", "b@one.example", "c@one.example"});
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'", "3");
    EXPECT_EQ(world.dials["one.example"], 3);
}

TEST_F(Lanes, WhatGoesWrongAmidAMailIsUncertainAndStopsNothing) {
    options.lanes.schedule.uncertain = 1h;
    router.limits.connections = 1;
    world.throws.insert("ann@one.example");
    start();
    reply({"ann@one.example"});
    run_until_sql("SELECT state || ' ' || reply FROM deliveries", "uncertain out of memory");
    reply({"bob@one.example"});
    run_until([&] { return state("bob@one.example") == "sent"; });
    EXPECT_THAT(world.recipients(), ElementsAre("bob@one.example"));
}

// What is read before its turn must not keep out what is asked for.
TEST_F(Lanes, LittleMemoryIsSlowAndNothingElse) {
    options.memory = 100;
    router.limits.connections = 2;
    std::vector<std::string> recipients;
    for (int i = 0; i < 150; ++i) {
        recipients.push_back("r" + std::to_string(i) + "@" + (i % 3 == 0 ? "one" : "two") + ".example");
        reply({recipients.back()});
    }
    start();
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'", "150");
    EXPECT_THAT(world.recipients(), testing::UnorderedElementsAreArray(recipients));
}

TEST_F(Lanes, ManyMailsOfOneLaneGoOutOnceEach) {
    router.limits.connections = 1;
    std::vector<std::string> recipients;
    for (int i = 0; i < 150; ++i) {
        recipients.push_back("r" + std::to_string(i) + "@one.example");
        reply({recipients.back()}, 1, "Hello " + std::to_string(i));
    }
    start();
    run_until_sql("SELECT count(*) FROM deliveries WHERE state = 'sent'", "150");
    EXPECT_THAT(world.recipients(), testing::UnorderedElementsAreArray(recipients));
    for (const auto& mail : world.delivered)
        EXPECT_NE(
            mail.content.find("Hello " + mail.recipient.substr(1, mail.recipient.find('@') - 1) + "\r\n"),
            std::string::npos);
}

}  // namespace
