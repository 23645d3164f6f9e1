#include "net/answer_cache.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using net::RecordType;

const net::AnswerCache::Time noon{std::chrono::hours(12)};

net::DnsAnswer answer(const std::string& record) {
    net::DnsAnswer made;
    made.status = net::DnsAnswer::Status::found;
    made.records = {record};
    return made;
}

TEST(AnswerCache, keeps_an_answer_for_its_time_in_any_case) {
    net::AnswerCache cache(10);
    cache.keep("Mx.Example.", RecordType::txt, answer("a"), noon + 60s);
    ASSERT_NE(cache.find("mx.example", RecordType::txt, noon), nullptr);
    EXPECT_EQ(cache.find("MX.EXAMPLE", RecordType::txt, noon + 59s)->records.front(), "a");
    EXPECT_EQ(cache.find("mx.example", RecordType::a, noon), nullptr);
    EXPECT_EQ(cache.find("mx.example", RecordType::txt, noon + 60s), nullptr);
    EXPECT_EQ(cache.find("mx.example", RecordType::txt, noon), nullptr) << "what is over is gone";
}

TEST(AnswerCache, the_newer_answer_stands) {
    net::AnswerCache cache(10);
    cache.keep("a.example", RecordType::a, answer("old"), noon + 60s);
    cache.keep("a.example", RecordType::a, answer("new"), noon + 10s);
    EXPECT_EQ(cache.find("a.example", RecordType::a, noon)->records.front(), "new");
    EXPECT_EQ(cache.find("a.example", RecordType::a, noon + 10s), nullptr);
}

TEST(AnswerCache, what_was_not_asked_for_longest_goes_first) {
    net::AnswerCache cache(2);
    cache.keep("a.example", RecordType::a, answer("a"), noon + 60s);
    cache.keep("b.example", RecordType::a, answer("b"), noon + 60s);
    EXPECT_NE(cache.find("a.example", RecordType::a, noon), nullptr);
    cache.keep("c.example", RecordType::a, answer("c"), noon + 60s);
    EXPECT_EQ(cache.find("b.example", RecordType::a, noon), nullptr);
    EXPECT_NE(cache.find("a.example", RecordType::a, noon), nullptr);
    EXPECT_NE(cache.find("c.example", RecordType::a, noon), nullptr);
}

}  // namespace
