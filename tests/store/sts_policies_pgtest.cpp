// MTA-STS policies as rows: the newest counts, what has run out does not, and there are not too many.
#include "desk_fixture.hpp"
#include "store/sts_policies.hpp"

namespace {

using namespace support;

struct StsPolicies : DeskTest {
    void keep(const std::string& domain, const std::string& id, std::chrono::seconds remaining) {
        wait_for(io, store::keep_sts_policy(daemon->pool, domain,
                                            {.id = id, .text = "of " + id + "\xff", .remaining = remaining}));
    }
    std::optional<store::KeptStsPolicy> read(const std::string& domain) {
        return wait_for(io, store::read_sts_policy(daemon->pool, domain));
    }
    std::string domains() {
        return database.sql("SELECT string_agg(domain, ' ' ORDER BY domain) FROM mta_sts_policies");
    }
};

TEST_F(StsPolicies, AreReadAsTheyWereKept) {
    EXPECT_FALSE(read("a.example"));
    keep("a.example", "1", 24h);
    keep("a.example", "2", 48h);
    database.sql(
        "UPDATE mta_sts_policies SET fetched_at = fetched_at - interval '2 hours', "
        "expires_at = expires_at - interval '2 hours'");
    const auto kept = read("a.example");
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->id, "2");
    EXPECT_EQ(kept->text, "of 2\xff") << "a stranger's bytes";
    EXPECT_GE(kept->age, 2h);
    EXPECT_LT(kept->age, 3h);
    EXPECT_LE(kept->remaining, 46h);
    EXPECT_GT(kept->remaining, 45h);
    database.sql("UPDATE mta_sts_policies SET expires_at = now()");
    EXPECT_FALSE(read("a.example"));
}

TEST_F(StsPolicies, AreBounded) {
    keep("over.example", "1", 0s);
    keep("a.example", "1", 24h);
    EXPECT_EQ(domains(), "a.example");
    database.sql(
        "INSERT INTO mta_sts_policies SELECT 'd' || n, '1', '', now() - interval '1 hour', now() + interval "
        "'1 day' "
        "FROM generate_series(1, 9998) AS n; UPDATE mta_sts_policies SET fetched_at = now() - interval '2 "
        "hours' "
        "WHERE domain = 'a.example'");
    keep("b.example", "1", 24h);
    EXPECT_EQ(database.sql("SELECT count(*) FROM mta_sts_policies"), "10000");
    keep("c.example", "1", 24h);
    EXPECT_EQ(database.sql("SELECT count(*) FROM mta_sts_policies"), "10000");
    EXPECT_FALSE(read("a.example")) << "was fetched longest ago";
    EXPECT_TRUE(read("b.example"));
    EXPECT_TRUE(read("d1"));
}

}  // namespace
