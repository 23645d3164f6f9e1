#include "tickets/uuid.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tickets {
namespace {

using namespace std::chrono_literals;

TEST(Uuid, IsOfVersion7AndBearsItsTime) {
    const auto time = std::chrono::system_clock::time_point(0x0123456789abms);
    const std::string text = Uuid::make(time).str();
    EXPECT_EQ(text.substr(0, 13), "01234567-89ab");
    EXPECT_EQ(text[14], '7');
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
}

TEST(Uuid, LaterOnesSortBehindAndNoTwoAreAlike) {
    const auto now = std::chrono::system_clock::now();
    EXPECT_LT(Uuid::make(now), Uuid::make(now + 1ms));
    std::set<Uuid> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(Uuid::make(now));
    EXPECT_EQ(seen.size(), 1000U);
}

TEST(Uuid, ReadsWhatItWrites) {
    const Uuid uuid = Uuid::make(std::chrono::system_clock::now());
    EXPECT_EQ(Uuid::parse(uuid.str()), uuid);
    EXPECT_EQ(Uuid::parse("01234567-89AB-7CDE-8F01-23456789abcd")->str(),
              "01234567-89ab-7cde-8f01-23456789abcd");
}

TEST(Uuid, RefusesEverythingElse) {
    for (const char* text : {"", "01234567", "01234567-89ab-7cde-8f01-23456789abc",
                             "01234567-89ab-7cde-8f01-23456789abcde", "01234567089ab-7cde-8f01-23456789abcd",
                             "g1234567-89ab-7cde-8f01-23456789abcd", "{1234567-89ab-7cde-8f01-23456789abc}"})
        EXPECT_EQ(Uuid::parse(text), std::nullopt) << text;
}

TEST(Base32, IsCrockfordsAlphabetFromTheMostSignificantBit) {
    EXPECT_EQ(base32(""), "");
    EXPECT_EQ(base32(std::string(5, '\0')), "00000000");
    EXPECT_EQ(base32("\xff\xff\xff\xff\xff"), "zzzzzzzz");
    EXPECT_EQ(base32("\x80"), "g0");
    EXPECT_EQ(base32(std::string(16, 'x')).size(), 26U);
}

}  // namespace
}  // namespace tickets
