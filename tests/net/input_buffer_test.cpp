#include "net/input_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

using Kind = net::Line::Kind;

namespace {

void put(net::InputBuffer& buffer, std::string_view bytes) {
    auto space = buffer.space();
    ASSERT_GE(space.size(), bytes.size());
    std::copy(bytes.begin(), bytes.end(), space.begin());
    buffer.commit(bytes.size());
}

}  // namespace

TEST(InputBuffer, gives_lines_and_then_the_rest) {
    net::InputBuffer buffer;
    put(buffer, "one\r\ntwo\nthr");
    auto one = buffer.take_line(100), two = buffer.take_line(100);
    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->text, "one");
    EXPECT_EQ(two->kind, Kind::bare_lf);
    EXPECT_FALSE(buffer.take_line(100));
    put(buffer, "ee\r\n");
    EXPECT_EQ(buffer.take_line(100)->text, "three");
    EXPECT_TRUE(buffer.empty());
}

TEST(InputBuffer, limit_includes_the_line_end) {
    net::InputBuffer buffer;
    put(buffer, "12345678\r\n123456789\r\nnext\r\n");
    EXPECT_EQ(buffer.take_line(10)->kind, Kind::good);
    EXPECT_EQ(buffer.take_line(10)->kind, Kind::too_long);
    EXPECT_EQ(buffer.take_line(10)->text, "next");
}

TEST(InputBuffer, long_line_is_one_line_whatever_its_pieces) {
    net::InputBuffer buffer;
    for (int i = 0; i < 40; ++i) {
        put(buffer, std::string(1000, 'x'));
        EXPECT_FALSE(buffer.take_line(2048));
    }
    put(buffer, "x\r\nnext\r\n");
    EXPECT_EQ(buffer.take_line(2048)->kind, Kind::too_long);
    EXPECT_EQ(buffer.take_line(2048)->text, "next");
}

TEST(InputBuffer, says_when_a_line_has_no_end) {
    net::InputBuffer buffer;
    std::size_t fed = 0;
    std::optional<net::Line> line;
    while (!line && fed < 10 * net::InputBuffer::endless) {
        put(buffer, std::string(5000, 'x'));
        fed += 5000;
        line = buffer.take_line(2048);
    }
    ASSERT_TRUE(line);
    EXPECT_EQ(line->kind, Kind::endless);
    EXPECT_LE(fed, net::InputBuffer::endless + 5000);
}

TEST(InputBuffer, clear_forgets_a_line_that_was_thrown_away) {
    net::InputBuffer buffer;
    put(buffer, std::string(3000, 'x'));
    EXPECT_FALSE(buffer.take_line(2048));
    buffer.clear();
    put(buffer, "one\r\n");
    EXPECT_EQ(buffer.take_line(2048)->text, "one");
}
