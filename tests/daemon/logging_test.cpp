#include "daemon/logging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <thread>

namespace program {
namespace {

const std::chrono::system_clock::time_point moment{std::chrono::milliseconds(1'700'000'000'123)};

std::string logfmt(std::initializer_list<Field> fields) {
    return format_event(LogFormat::logfmt, moment, Level::info, "smtp.accepted", {fields});
}

std::string json(std::initializer_list<Field> fields) {
    return format_event(LogFormat::json, moment, Level::warning, "smtp.refused", {fields});
}

// Every byte, alone and among letters; UTF-8 that is broken in each way; what terminals obey.
std::vector<std::string> hostile_values() {
    std::vector<std::string> values;
    for (int byte = 0; byte < 256; ++byte) {
        values.emplace_back(1, static_cast<char>(byte));
        values.push_back("a" + values.back() + "b");
    }
    for (const char* value : {"x\nlevel=error event=forged", "x\r\nlevel=error", "\" level=error", "a=b",
                              "\\", "\\\"", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82",
                              "\xc2\x9b"
                              "31m",
                              "\xe2\x80\xa8",
                              "\xe2\x80\xae"
                              "gpj",
                              "\x1b[2J", "\",\"level\":\"error"})
        values.emplace_back(value);
    values.emplace_back(100'000, '\n');
    return values;
}

TEST(Logging, LogfmtLineLooksLikeThis) {
    EXPECT_EQ(
        logfmt({{"session", "s1"}, {"bytes", 12}, {"text", "two words"}, {"tls", true}, {"seconds", 0.25}}),
        "time=2023-11-14T22:13:20.123Z level=info event=smtp.accepted session=s1 bytes=12 text=\"two words\" "
        "tls=true seconds=0.25");
}

TEST(Logging, JsonLineLooksLikeThis) {
    EXPECT_EQ(json({{"session", "s1"}, {"bytes", 12}, {"text", "two words"}, {"tls", false}}),
              R"({"time":"2023-11-14T22:13:20.123Z","level":"warning","event":"smtp.refused",)"
              R"("session":"s1","bytes":12,"text":"two words","tls":false})");
}

TEST(Logging, TextOfOtherLanguagesStaysReadable) {
    EXPECT_EQ(logfmt({{"name", "Zoë 王 😀"}})
                  .substr(sizeof("time=2023-11-14T22:13:20.123Z level=info event=smtp.accepted")),
              "name=\"Zoë 王 😀\"");
}

TEST(Logging, NoValueBreaksALineOrReachesATerminal) {
    for (const std::string& value : hostile_values())
        for (const std::string& line : {logfmt({{"value", value}}), json({{"value", value}})}) {
            EXPECT_TRUE(std::ranges::none_of(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
                << line;
            EXPECT_EQ(line.find("\xc2\x9b"), std::string::npos) << line;
            EXPECT_EQ(line.find("\xe2\x80\xa8"), std::string::npos) << line;
            EXPECT_EQ(line.find("\xe2\x80\xae"), std::string::npos) << line;
            EXPECT_LT(line.size(), 20'000U);
        }
}

TEST(Logging, JsonIsAlwaysValidAndHasTheKeysThatWereGiven) {
    for (const std::string& value : hostile_values()) {
        boost::system::error_code error;
        const auto parsed = boost::json::parse(json({{"value", value}}), error);
        ASSERT_FALSE(error) << json({{"value", value}});
        EXPECT_EQ(parsed.as_object().size(), 4U);
        EXPECT_EQ(parsed.at("level").as_string(), "warning");
    }
    EXPECT_EQ(boost::json::parse(json({{"value", "a\"b\\c\nd"}})).at("value").as_string(), "a\"b\\c\nd");
}

TEST(Logging, LogfmtQuotesWhatCouldLookLikeAnotherField) {
    for (const std::string& value : hostile_values()) {
        const std::string line = logfmt({{"value", value}});
        const std::string shown = line.substr(line.find(" value=") + 7);
        if (shown.front() != '"') {
            EXPECT_EQ(shown.find_first_of(" =\"\\"), std::string::npos) << line;
            continue;
        }
        // The quote that ends it is the line's last byte: every other one is escaped.
        std::size_t at = 1;
        while (at < shown.size() && shown[at] != '"') at += shown[at] == '\\' ? 2 : 1;
        EXPECT_EQ(at, shown.size() - 1) << line;
    }
}

TEST(Logging, LevelOfTheConfigurationDecidesWhatIsWritten) {
    const Log log("warning", "logfmt");
    EXPECT_TRUE(log.writes(Level::error));
    EXPECT_TRUE(log.writes(Level::warning));
    EXPECT_FALSE(log.writes(Level::info));
    testing::internal::CaptureStderr();
    log.event(Level::info, "unseen", {});
    log.event(Level::error, "seen", {{"n", 1}});
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_THAT(written, testing::HasSubstr("level=error event=seen n=1\n"));
    EXPECT_THAT(written, testing::Not(testing::HasSubstr("unseen")));
}

TEST(Logging, LevelCanBeChangedWhileOthersWrite) {
    Log log("error", "logfmt");
    testing::internal::CaptureStderr();
    {
        std::vector<std::jthread> writers;
        for (int i = 0; i < 4; ++i)
            writers.emplace_back([&] {
                for (int n = 0; n < 200; ++n) log.event(Level::debug, "under_way", {{"n", n}});
            });
        for (const char* level : {"debug", "error", "info", "warning", "debug"}) log.set_level(level);
    }
    log.event(Level::debug, "now_seen", {});
    log.set_level("warning");
    EXPECT_TRUE(log.writes(Level::warning));
    EXPECT_FALSE(log.writes(Level::info));
    log.event(Level::info, "no_more", {});
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_THAT(written, testing::HasSubstr("event=now_seen\n"));
    EXPECT_THAT(written, testing::Not(testing::HasSubstr("no_more")));
}

}  // namespace
}  // namespace program
