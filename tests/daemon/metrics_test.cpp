#include "daemon/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace program {
namespace {

using testing::HasSubstr;

std::string read_file(const std::string& name) {
    std::ifstream file(TICKETGATE_SOURCE_DIR "/" + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

using testing::Not;

TEST(Metrics, CountsWhatTheSmtpSideTells) {
    Metrics metrics;
    metrics.session_opened(smtp::Service::smtp);
    metrics.session_opened(smtp::Service::smtps);
    metrics.session_opened(smtp::Service::lmtp);
    metrics.session_closed();
    metrics.session_refused("sessions");
    metrics.limited("hops");
    metrics.tls_started();
    metrics.tls_failed();
    metrics.command("MAIL");
    metrics.replied(250);
    metrics.bytes_received(1234);
    for (const char* reason : {"unknown", "unknown", "relay", "unavailable", "banned", "no reason"})
        metrics.recipient_refused(reason);
    metrics.banned("workspace", "refuse");
    metrics.banned("installation", "hold");
    metrics.banned("nowhere", "hold");
    const std::string text = metrics.text();
    for (const char* line :
         {"ticketgate_smtp_sessions 2\n", "ticketgate_smtp_sessions_total{listener=\"plain\"} 1\n",
          "ticketgate_smtp_sessions_total{listener=\"tls\"} 1\n",
          "ticketgate_smtp_sessions_total{listener=\"lmtp\"} 1\n",
          "ticketgate_smtp_sessions_refused_total{limit=\"sessions\"} 1\n",
          "ticketgate_smtp_limits_met_total{limit=\"hops\"} 1\n",
          "ticketgate_smtp_tls_handshakes_total{result=\"done\"} 1\n",
          "ticketgate_smtp_tls_handshakes_total{result=\"failed\"} 1\n",
          "ticketgate_smtp_commands_total{verb=\"MAIL\"} 1\n",
          "ticketgate_smtp_replies_total{code=\"250\"} 1\n", "ticketgate_smtp_bytes_received_total 1234\n",
          "ticketgate_smtp_recipients_refused_total{reason=\"unknown\"} 2\n",
          "ticketgate_smtp_recipients_refused_total{reason=\"relay\"} 1\n",
          "ticketgate_smtp_recipients_refused_total{reason=\"unavailable\"} 1\n",
          "ticketgate_smtp_recipients_refused_total{reason=\"other\"} 1\n"})
        EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, CountsWhatBecameOfMessages) {
    Metrics metrics;
    metrics.disposed("ticketed", "stored_id", 2);
    metrics.disposed("duplicate", "same_mail");
    metrics.batch_failed("serialization");
    metrics.outcome_unknown(true);
    metrics.acknowledged(1);
    metrics.bounced("soft", "message_id");
    metrics.held({.by_reason = {{"spam", 4}, {"dmarc", 1}, {"one", 2}, {"two", 3}}});
    metrics.held({.by_reason = {{"spam", 5}, {"one", 2}, {"two", 3}}, .oldest = std::chrono::minutes(2)});
    metrics.final_dot_to_commit(std::chrono::milliseconds(3));
    metrics.batch(32, 262'144, std::chrono::milliseconds(6));
    metrics.pool(3, 1);
    metrics.queue(7, std::chrono::milliseconds(1500));
    metrics.ready(true);
    metrics.session_cap(2000);
    metrics.smtp({.clients = 3, .memory = 5, .memory_max = 9, .spooled = 7});
    const std::string text = metrics.text();
    for (const char* line :
         {"ticketgate_messages_disposed_total{disposition=\"ticketed\",reason=\"stored_id\"} 2\n",
          "ticketgate_messages_disposed_total{disposition=\"duplicate\",reason=\"same_mail\"} 1\n",
          "ticketgate_final_dot_to_commit_seconds_count 1\n",
          "ticketgate_final_dot_to_commit_seconds_bucket{le=\"0.005\"} 1\n",
          "ticketgate_batches_failed_total{kind=\"serialization\"} 1\n",
          "ticketgate_commits_looked_up_total{outcome=\"committed\"} 1\n",
          "ticketgate_acknowledgements_total 1\n",
          "ticketgate_bounces_total{found=\"message_id\",result=\"soft\"} 1\n",
          "ticketgate_held_messages{reason=\"spam\"} 5\n",
          "ticketgate_held_messages{reason=\"dmarc\"} 0\n",
          "ticketgate_held_messages{reason=\"other\"} 5\n",
          "ticketgate_held_oldest_seconds 120\n",
          "ticketgate_batch_messages_sum 32\n",
          "ticketgate_batch_bytes_sum 262144\n",
          "ticketgate_batch_commit_seconds_count 1\n",
          "ticketgate_database_connections{state=\"idle\"} 3\n",
          "ticketgate_database_connections{state=\"busy\"} 1\n",
          "ticketgate_messages_queued 7\n",
          "ticketgate_oldest_queued_seconds 1.5\n",
          "ticketgate_ready 1\n",
          "ticketgate_smtp_sessions_max 2000\n",
          "ticketgate_smtp_memory_bytes 5\n",
          "ticketgate_smtp_memory_max_bytes 9\n",
          "ticketgate_smtp_spooled_bytes 7\n",
          "ticketgate_smtp_clients 3\n",
          "ticketgate_build_info{version=\""})
        EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, ProcessorTimeIsACounterOfAllThatWasSpent) {
    Metrics metrics;
    metrics.process(
        {.started = 1'700'000'000, .cpu_seconds = 2, .resident_bytes = 4096, .open_descriptors = 5});
    metrics.process({.cpu_seconds = 3.5, .open_descriptors = 6, .max_descriptors = 1024});
    EXPECT_THAT(metrics.text(), HasSubstr("process_cpu_seconds_total 3.5\n"));
    EXPECT_THAT(metrics.text(), HasSubstr("process_open_fds 6\n"));
    EXPECT_THAT(metrics.text(), HasSubstr("process_max_fds 1024\n"));
}

TEST(ProcessUsage, TellsOfThisProcess) {
    const ProcessUsage before = process_usage();
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    EXPECT_GT(before.started, now.count() - 24 * 3600);
    EXPECT_LE(before.started, now.count() + 1);
    EXPECT_GT(before.cpu_seconds, 0);
    EXPECT_GT(before.resident_bytes, 1'000'000U);
    EXPECT_GE(before.open_descriptors, 3U);
    EXPECT_GT(before.max_descriptors, before.open_descriptors);
    const std::ifstream one("/dev/null"), two("/dev/null");
    EXPECT_EQ(process_usage().open_descriptors, before.open_descriptors + 2);
}

TEST(ProcessUsage, TakesAsManyDescriptorsAsMayBeHad) {
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit few{.rlim_cur = 100, .rlim_max = before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    EXPECT_EQ(process_usage().max_descriptors, 100U);
    EXPECT_EQ(raise_descriptor_limit(), before.rlim_max);
    EXPECT_EQ(process_usage().max_descriptors, before.rlim_max);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(Metrics, InvariantIsAcceptedLessDisposed) {
    Metrics metrics;
    metrics.accepted(3);
    metrics.disposed("ticketed", "new_ticket", 2);
    EXPECT_THAT(metrics.text(), HasSubstr("ticketgate_messages_accepted_total 3\n"));
    EXPECT_THAT(metrics.text(), HasSubstr("ticketgate_invariant_difference 1\n"));
    metrics.disposed("a word that nobody agreed on", "x");
    EXPECT_THAT(metrics.text(), HasSubstr("ticketgate_invariant_difference 0\n"));
}

TEST(Metrics, TextOfStrangersBecomesNoLabel) {
    Metrics metrics;
    const auto lines = [&] {
        const std::string text = metrics.text();
        return std::count(text.begin(), text.end(), '\n');
    };
    const auto before = lines();
    metrics.command("EVIL\"} 1\nforged 2");
    metrics.replied(299);
    metrics.disposed("ticketed", "a reason");
    metrics.kind("a kind");
    EXPECT_EQ(lines(), before);
    EXPECT_THAT(metrics.text(), Not(HasSubstr("EVIL")));
    EXPECT_THAT(metrics.text(), HasSubstr("ticketgate_smtp_commands_total{verb=\"other\"} 1\n"));
    EXPECT_THAT(metrics.text(), HasSubstr("ticketgate_smtp_replies_total{code=\"other\"} 1\n"));
    EXPECT_THAT(
        metrics.text(),
        HasSubstr("ticketgate_messages_disposed_total{disposition=\"ticketed\",reason=\"other\"} 1\n"));
}

TEST(Metrics, DocumentationNamesEveryFamilyAndNoOther) {
    std::set<std::string> counted;
    for (const Metrics::Family& family : Metrics().families()) {
        EXPECT_NE(family.help, "") << family.name;
        EXPECT_TRUE(counted.insert(family.name).second) << family.name << " was registered twice";
    }
    std::istringstream file(read_file("docs/monitoring.md"));
    std::set<std::string> documented;
    // The family, what it tells, and what to do when it moves: each with a sentence.
    const std::regex row(R"(\| `([a-z_]+)` \| [^|]*\w[^|]*\. \| [^|]*\w[^|]*\. \|)");
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("| `")) continue;
        std::smatch cells;
        ASSERT_TRUE(std::regex_match(line, cells, row)) << line;
        documented.insert(cells[1]);
    }
    EXPECT_EQ(counted, documented);
}

// A metric or label value that doesn't exist makes an alert that never fires.
void expect_known_names(const std::string& text) {
    const Metrics metrics;
    const std::string exposed = metrics.text();
    std::set<std::string> known{"ticketgate_build_info"};
    for (const Metrics::Family& family : metrics.families())
        for (const char* suffix : {"", "_bucket", "_sum", "_count"}) known.insert(family.name + suffix);
    const std::regex name(R"(\b(ticketgate|process)_\w+)");
    std::size_t names = 0;
    for (std::sregex_iterator found(text.begin(), text.end(), name), end; found != end; ++found, ++names)
        EXPECT_EQ(known.count(found->str()), 1U) << found->str();
    EXPECT_GT(names, 10U);
    const std::regex matcher(R"re(\b(\w+)=~?\\?"([\w|]+)\\?")re");
    for (std::sregex_iterator found(text.begin(), text.end(), matcher), end; found != end; ++found) {
        const std::string label = (*found)[1];
        if (label == "job") continue;  // Prometheus' own
        std::istringstream values((*found)[2]);
        for (std::string value; std::getline(values, value, '|');)
            EXPECT_THAT(exposed, HasSubstr(label + "=\"" + value + "\"")) << found->str();
    }
}

TEST(Metrics, AlertRulesNameWhatExists) {
    const std::string rules = read_file("docs/monitoring/ticketgate.rules.yml");
    expect_known_names(rules);
}

TEST(Metrics, DashboardNamesWhatExistsAndShowsEveryFamily) {
    const std::string dashboard = read_file("docs/monitoring/grafana.json");
    expect_known_names(dashboard);
    for (const Metrics::Family& family : Metrics().families()) {
        if (family.name == "process_max_fds") continue;
        EXPECT_THAT(dashboard, HasSubstr(family.name));
    }
    boost::system::error_code error;
    const auto parsed = boost::json::parse(dashboard, error);
    ASSERT_FALSE(error) << error.message();
    EXPECT_GT(parsed.at("panels").as_array().size(), 10U);
}

}  // namespace
}  // namespace program
