#include "daemon/progress.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace program {
namespace {

using namespace std::chrono_literals;

const Progress::Clock::time_point start{};

TEST(Progress, ATerminalHasOneLineWithBarRateAndTimeLeft) {
    std::ostringstream out;
    Progress progress(out, true, 1'000'000, "mails", start);
    progress.update(1'000, 1, start + 100ms);
    EXPECT_EQ(out.str(), "") << "not at every step";
    progress.update(250'000, 12'500, start + 5s);
    EXPECT_EQ(out.str(), "\r[######------------------]  25%  12,500 mails  2,500/s  0:15 left\x1b[K");
    out.str("");
    progress.note("x.eml is empty");
    EXPECT_EQ(out.str(),
              "\r\x1b[Kx.eml is empty\n[######------------------]  25%  12,500 mails  2,500/s  0:15 left");
    out.str("");
    progress.clear();
    progress.clear();
    EXPECT_EQ(out.str(), "\r\x1b[K");
}

TEST(Progress, ElsewhereItIsALineNowAndThen) {
    std::ostringstream out;
    Progress progress(out, false, 100'000'000, "mails", start);
    progress.update(1'000, 1, start + 4s);
    EXPECT_EQ(out.str(), "");
    progress.update(50'000, 1'000'000, start + 5s);
    EXPECT_EQ(out.str(), "  0%  1,000,000 mails  200,000/s  2:46:35 left\n");
    out.str("");
    progress.note("x");
    progress.clear();
    EXPECT_EQ(out.str(), "x\n");
}

TEST(Progress, TheRateFollowsWhatHappensNow) {
    std::ostringstream out;
    Progress progress(out, false, 0, "mails", start);
    progress.update(0, 1'000'000, start + 10s);
    for (int i = 1; i <= 20; ++i) progress.update(0, 1'000'000 + i * 50U, start + 10s + i * 5s);
    const std::string last = out.str().substr(out.str().rfind('\n', out.str().size() - 2) + 1);
    EXPECT_EQ(last, "100%  1,001,000 mails  14/s  stands still\n");
}

}  // namespace
}  // namespace program
