#include "smtp/data_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>

using smtp::DataReader;

namespace {

// RFC 5321 §4.5.2 in the plainest words, a byte at a time: what the reader must agree with.
struct Plain {
    std::string content;
    std::optional<std::size_t> end;
};

Plain read_plainly(const std::string& bytes) {
    Plain plain;
    std::string all = "\r\n" + bytes;
    std::size_t end = all.find("\r\n.\r\n");
    if (end != std::string::npos) {
        plain.end = end + 5 - 2;
        all.resize(end + 2);
    }
    for (std::size_t i = 2; i < all.size(); ++i)
        if (!(all[i] == '.' && all[i - 1] == '\n' && all[i - 2] == '\r')) plain.content += all[i];
    return plain;
}

}  // namespace

// A17: every way to cut the end of data into segments.
TEST(DataReader, end_may_come_in_any_pieces) {
    const std::string bytes = "Subject: x\r\n\r\nbody\r\n.\r\nNOOP\r\n";
    const std::size_t end = bytes.find("NOOP");
    for (unsigned cuts = 0; cuts < 16; ++cuts) {
        DataReader reader(1000);
        std::size_t from = 0, taken = 0;
        for (std::size_t inner = 0; inner <= 4; ++inner) {
            if (inner < 4 && !(cuts >> inner & 1)) continue;
            std::size_t to = inner == 4 ? bytes.size() : end - 4 + inner;
            taken += reader.feed(std::string_view(bytes).substr(from, to - from));
            from = to;
        }
        EXPECT_TRUE(reader.done());
        EXPECT_EQ(taken, end);
        EXPECT_EQ(reader.take(), "Subject: x\r\n\r\nbody\r\n");
    }
}

TEST(DataReader, agrees_with_the_plain_rule_on_all_short_inputs) {
    const std::string letters = "\r\n.a";
    for (std::size_t length = 1; length <= 8; ++length) {
        for (std::size_t number = 0, count = std::size_t{1} << (2 * length); number < count; ++number) {
            std::string bytes;
            for (std::size_t i = 0; i < length; ++i) bytes += letters[number >> (2 * i) & 3];
            Plain plain = read_plainly(bytes);
            DataReader at_once(100), in_bytes(100);
            std::size_t taken = at_once.feed(bytes);
            std::size_t fed = 0;
            while (fed < bytes.size() && !in_bytes.done())
                fed += in_bytes.feed(std::string_view(bytes).substr(fed, 1));
            ASSERT_EQ(at_once.done(), plain.end.has_value()) << number;
            ASSERT_EQ(in_bytes.done(), plain.end.has_value()) << number;
            ASSERT_EQ(taken, plain.end.value_or(bytes.size()));
            ASSERT_EQ(fed, taken);
            std::string content = at_once.take();
            ASSERT_EQ(in_bytes.take(), content);
            if (plain.end) {
                ASSERT_EQ(content, plain.content);
            }
        }
    }
}

TEST(DataReader, agrees_with_itself_however_long_input_is_cut) {
    std::mt19937 random(1);
    for (int round = 0; round < 200; ++round) {
        std::string bytes;
        while (bytes.size() < 20000) bytes += std::string_view("\r\n\n\r..ab\0", 10)[random() % 10];
        DataReader whole(1 << 20), pieces(1 << 20);
        std::size_t taken = whole.feed(bytes), fed = 0;
        while (fed < bytes.size() && !pieces.done())
            fed += pieces.feed(std::string_view(bytes).substr(fed, 1 + random() % 50));
        ASSERT_EQ(whole.done(), pieces.done());
        if (whole.done()) {
            ASSERT_EQ(fed, taken);
        }
        ASSERT_EQ(whole.take(), pieces.take());
    }
}

TEST(DataReader, too_big_is_read_to_its_end_and_not_kept) {
    DataReader reader(10, 1000000);
    std::string line(1000, 'x');
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(reader.feed(line + "\r\n"), 1002U);
    EXPECT_TRUE(reader.too_big());
    EXPECT_FALSE(reader.done());
    EXPECT_EQ(reader.held(), 0U);
    EXPECT_EQ(reader.feed(".\r\nNOOP"), 3U);
    EXPECT_TRUE(reader.done());
    EXPECT_EQ(reader.size(), 1002000U);
}

TEST(DataReader, limit_counts_what_is_kept) {
    DataReader exact(5);
    exact.feed("..ab\r\n.\r\n");
    EXPECT_FALSE(exact.too_big());
    EXPECT_EQ(exact.take(), ".ab\r\n");
    DataReader over(4);
    over.feed("..ab\r\n.\r\n");
    EXPECT_TRUE(over.too_big());
}
