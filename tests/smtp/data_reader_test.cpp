#include "smtp/data_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

using smtp::DataReader;
using Fault = smtp::DataReader::Fault;

namespace {

// RFC 5321 §4.5.2 in the plainest words, a byte at a time: what the reader must agree with.
struct Plain {
    std::string content;
    std::optional<std::size_t> end;
};

std::string mended(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool bare_cr = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) result += '\r';
        result += bare_cr ? ' ' : text[i];
    }
    return result;
}

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
    plain.content = mended(plain.content);
    return plain;
}

smtp::ContentLimits at_most(std::size_t size) {
    smtp::ContentLimits limits;
    limits.max_size = size;
    return limits;
}

}  // namespace

// Every way to cut the end of data into segments.
TEST(DataReader, A17_end_may_come_in_any_pieces) {
    const std::string bytes = "Subject: x\r\n\r\nbody\r\n.\r\nNOOP\r\n";
    const std::size_t end = bytes.find("NOOP");
    for (unsigned cuts = 0; cuts < 16; ++cuts) {
        DataReader reader(at_most(1000));
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
            DataReader at_once(at_most(100)), in_bytes(at_most(100));
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
        DataReader whole(at_most(1 << 20)), pieces(at_most(1 << 20));
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
    DataReader reader(at_most(10), 1000000);
    std::string line(1000, 'x');
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(reader.feed(line + "\r\n"), 1002U);
    EXPECT_EQ(reader.fault(), Fault::too_big);
    EXPECT_FALSE(reader.done());
    EXPECT_LT(reader.held(), 100U);
    EXPECT_EQ(reader.feed(".\r\nNOOP"), 3U);
    EXPECT_TRUE(reader.done());
    EXPECT_EQ(reader.size(), 1002000U);
}

TEST(DataReader, limit_counts_what_is_kept) {
    DataReader exact(at_most(5));
    exact.feed("..ab\r\n.\r\n");
    EXPECT_EQ(exact.fault(), Fault::none);
    EXPECT_EQ(exact.take(), ".ab\r\n");
    DataReader over(at_most(4));
    over.feed("..ab\r\n.\r\n");
    EXPECT_EQ(over.fault(), Fault::too_big);
}

TEST(DataReader, what_is_kept_has_no_bare_newline) {
    for (const char* bytes : {"a\rb", "\n", "\r\n\n", "a\r\r\nb", "\r", ".\r\r\n", "\n\r"}) {
        smtp::ContentLimits limits;
        DataReader mending(limits);
        const std::string whole = std::string(bytes) + "\r\n.\r\n";
        EXPECT_EQ(mending.feed(whole), whole.size());
        const std::string content = mending.take();
        EXPECT_EQ(content, mended(content));
        limits.bare_newlines = smtp::BareNewlines::reject;
        DataReader rejecting(limits);
        EXPECT_EQ(rejecting.feed(whole), whole.size());
        EXPECT_TRUE(rejecting.done());
        EXPECT_EQ(rejecting.fault(), Fault::bare_newline);
        EXPECT_EQ(rejecting.take(), "");
    }
}

TEST(DataReader, header_is_bounded_and_the_body_is_not_part_of_it) {
    smtp::ContentLimits limits;
    limits.max_header = 1000;
    const auto fault = [&](const std::string& content) {
        DataReader reader(limits);
        reader.feed(content + "\r\n.\r\n");
        EXPECT_TRUE(reader.done());
        return reader.fault();
    };
    const std::string kilobyte(1000, 'x');
    EXPECT_EQ(fault("Subject: " + kilobyte), Fault::header_too_big);
    EXPECT_EQ(fault("A: b\r\n " + kilobyte), Fault::header_too_big);
    EXPECT_EQ(fault("A: b\r\n\r\nC: " + kilobyte), Fault::none);
    EXPECT_EQ(fault("\r\nSubject: " + kilobyte), Fault::none) << "no header at all";
    EXPECT_EQ(fault(kilobyte + kilobyte), Fault::none) << "no header at all";
    EXPECT_EQ(fault("\xff: " + kilobyte), Fault::none);
}

// F05
TEST(HeaderMeter, F05_counts_hops_in_any_pieces) {
    const std::string text =
        "Received: a\r\n\tb\r\nreceived:\r\nRECEIVED \t: x\r\nReceive d: no\r\nXReceived: no\r\n"
        "Receivedx: no\r\n : no\r\nReceived\r\n: no\r\nReceived:d\r\n\r\nReceived: body\r\n";
    for (std::size_t piece = 1; piece < text.size(); ++piece) {
        smtp::HeaderMeter meter;
        for (std::size_t i = 0; i < text.size(); i += piece)
            meter.feed(std::string_view(text).substr(i, piece));
        EXPECT_EQ(meter.hops(), 4U) << piece;
    }
}

// As by LMTP: whatever is wrong with it, and however it is cut, the same is kept.
TEST(DataReader, keeps_what_it_does_not_refuse) {
    struct Case {
        std::string content;
        Fault fault;
        std::size_t kept;
    };
    const std::vector<Case> cases{
        {"Subject: x\r\n\r\nbody\r\n", Fault::none, 20},
        {"X: " + std::string(40, 'y') + "\r\n\r\nb\r\n", Fault::header_too_big, 50},
        {"Received: x\r\nReceived: x\r\n\r\nb\r\n", Fault::too_many_hops, 31},
        {"a\rb\nc\r\n", Fault::bare_newline, 8},
        {"\r\n" + std::string(200, 'z') + "\r\n", Fault::too_big, 100},
        {"\r\n" + std::string(97, 'z') + "\r\nz\r\n", Fault::too_big, 99},
        {"Received: x\r\nReceived: x\r\n\r\n" + std::string(200, 'z') + "\r\n", Fault::too_many_hops, 100}};
    smtp::ContentLimits limits{100, 35, 1, smtp::BareNewlines::reject, false};
    for (const Case& each : cases) {
        const std::string bytes = each.content + ".\r\n";
        for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
            DataReader reader(limits);
            for (std::size_t at = 0; at < bytes.size(); at += piece)
                (void)reader.feed(std::string_view(bytes).substr(at, piece));
            ASSERT_TRUE(reader.done());
            EXPECT_FALSE(reader.refused());
            EXPECT_EQ(reader.fault(), each.fault);
            EXPECT_EQ(reader.take().size(), each.kept) << each.content << " in pieces of " << piece;
        }
    }
    DataReader reader(limits);
    (void)reader.feed("a\nb");
    reader.refuse(Fault::no_room);
    (void)reader.feed("c\r\n.\r\n");
    EXPECT_TRUE(reader.refused());
    EXPECT_EQ(reader.fault(), Fault::no_room) << "the sender must come again";
    EXPECT_EQ(reader.take(), "");
}
