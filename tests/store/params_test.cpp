#include "store/params.hpp"

#include <gtest/gtest.h>

namespace store {
namespace {

using namespace std::string_literals;

TEST(Mended, KeepsWhatPostgresqlCanHold) {
    for (const char* text : {"", "plain", "größe", "日本語", "\xf0\x9f\x98\x80", "\x7f\x01"})
        EXPECT_EQ(mended(text), text);
}

TEST(Mended, ReplacesEveryOtherByte) {
    const std::string r = "\xef\xbf\xbd";
    EXPECT_EQ(mended("a\0b"s), "a" + r + "b");
    EXPECT_EQ(mended("\xff"), r);
    EXPECT_EQ(mended("\xc0\xaf"), r + r) << "overlong";
    EXPECT_EQ(mended("\xed\xa0\x80"), r + r + r) << "surrogate";
    EXPECT_EQ(mended("\xe2\x82"), r + r) << "cut off";
    EXPECT_EQ(mended("\xf4\x90\x80\x80"), r + r + r + r) << "past U+10FFFF";
    EXPECT_EQ(mended("\xc3(x"), r + "(x");
}

TEST(Params, AreBinaryAndBigEndian) {
    Params params;
    params.integer(-2).small(258).boolean(true).null();
    EXPECT_EQ(params.count(), 4);
    EXPECT_EQ(std::string(params.values()[0], 8), "\xff\xff\xff\xff\xff\xff\xff\xfe");
    EXPECT_EQ(std::string(params.values()[1], 2), "\x01\x02");
    EXPECT_EQ(std::string(params.values()[2], 1), "\x01");
    EXPECT_EQ(params.values()[3], nullptr);
    EXPECT_EQ(params.lengths(), (std::vector<int>{8, 2, 1, 0}));
}

TEST(Params, AnArrayCarriesItsTypeAndLength) {
    Params params;
    params.integers({7}).texts(std::vector<std::string>());
    EXPECT_EQ(std::string(params.values()[0], static_cast<std::size_t>(params.lengths()[0])),
              "\0\0\0\x01\0\0\0\x01\0\0\0\x14\0\0\0\x01\0\0\0\x01\0\0\0\x08\0\0\0\0\0\0\0\x07"s);
    EXPECT_EQ(std::string(params.values()[1], static_cast<std::size_t>(params.lengths()[1])),
              "\0\0\0\0\0\0\0\x01\0\0\0\x19"s);
}

}  // namespace
}  // namespace store
