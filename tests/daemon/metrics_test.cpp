#include "daemon/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace program {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, CountsWhatTheSmtpSideTells) {
    Metrics metrics;
    metrics.session_opened(false);
    metrics.session_opened(true);
    metrics.session_closed();
    metrics.session_refused();
    metrics.tls_started();
    metrics.tls_failed();
    metrics.command("MAIL");
    metrics.replied(250);
    metrics.bytes_received(1234);
    const std::string text = metrics.text();
    for (const char* line :
         {"ticketgate_smtp_sessions 1\n", "ticketgate_smtp_sessions_total{listener=\"plain\"} 1\n",
          "ticketgate_smtp_sessions_total{listener=\"tls\"} 1\n",
          "ticketgate_smtp_sessions_refused_total 1\n",
          "ticketgate_smtp_tls_handshakes_total{result=\"done\"} 1\n",
          "ticketgate_smtp_tls_handshakes_total{result=\"failed\"} 1\n",
          "ticketgate_smtp_commands_total{verb=\"MAIL\"} 1\n",
          "ticketgate_smtp_replies_total{code=\"250\"} 1\n", "ticketgate_smtp_bytes_received_total 1234\n"})
        EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, CountsWhatBecameOfMessages) {
    Metrics metrics;
    metrics.disposed("ticketed", "stored_id", 2);
    metrics.disposed("duplicate", "same_mail");
    metrics.batch_failed("serialization");
    metrics.outcome_unknown(true);
    metrics.final_dot_to_commit(std::chrono::milliseconds(3));
    metrics.batch(32, 262'144, std::chrono::milliseconds(6));
    metrics.pool(3, 1);
    const std::string text = metrics.text();
    for (const char* line :
         {"ticketgate_messages_disposed_total{disposition=\"ticketed\",reason=\"stored_id\"} 2\n",
          "ticketgate_messages_disposed_total{disposition=\"duplicate\",reason=\"same_mail\"} 1\n",
          "ticketgate_final_dot_to_commit_seconds_count 1\n",
          "ticketgate_final_dot_to_commit_seconds_bucket{le=\"0.005\"} 1\n",
          "ticketgate_batches_failed_total{kind=\"serialization\"} 1\n",
          "ticketgate_commits_looked_up_total{outcome=\"committed\"} 1\n",
          "ticketgate_batch_messages_sum 32\n", "ticketgate_batch_bytes_sum 262144\n",
          "ticketgate_batch_commit_seconds_count 1\n", "ticketgate_database_connections{state=\"idle\"} 3\n",
          "ticketgate_database_connections{state=\"busy\"} 1\n"})
        EXPECT_THAT(text, HasSubstr(line));
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
    std::ifstream file(TICKETGATE_SOURCE_DIR "/docs/monitoring.md");
    std::set<std::string> documented;
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("| `ticketgate_")) documented.insert(line.substr(3, line.find('`', 3) - 3));
    EXPECT_EQ(counted, documented);
}

}  // namespace
}  // namespace program
