// RFC 6376 §3.4: what is signed, octet for octet.
#include "auth/canonical.hpp"

#include <gtest/gtest.h>

namespace {

using auth::Canonicalization;

std::string body(std::string_view raw, Canonicalization how) {
    std::string out;
    auth::canonical_body(raw, how, [&](std::string_view piece) { out += piece; });
    return out;
}

std::string header(std::string_view raw, Canonicalization how) {
    std::string out;
    for (const mail::Field& field : mail::index_header(raw).fields) auth::append_field(out, field, how);
    return out;
}

TEST(Canonical, Bodies) {
    struct Case {
        const char *raw, *simple, *relaxed;
    };
    const Case cases[] = {
        // RFC 6376 §3.4.5
        {" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},
        {"", "\r\n", ""},
        {"\r\n", "\r\n", ""},
        {"\r\n\r\n\r\n", "\r\n", ""},
        {" \t\r\n", " \t\r\n", ""},
        {"a", "a\r\n", "a\r\n"},
        {"a \t", "a \t\r\n", "a\r\n"},
        {"\r\n\r\na\r\n", "\r\n\r\na\r\n", "\r\n\r\na\r\n"},
        {"a\r\n \r\n\t\r\n", "a\r\n \r\n\t\r\n", "a\r\n"},
        {"a\r\n \r\nb", "a\r\n \r\nb\r\n", "a\r\n\r\nb\r\n"},
        {"\t a", "\t a\r\n", " a\r\n"},
        // Lines that end as imported mail's do, and a CR that ends nothing.
        {"a\nb \n\n\n", "a\r\nb \r\n", "a\r\nb\r\n"},
        {"a\rb\r\nc", "a\rb\r\nc\r\n", "a\rb\r\nc\r\n"},
        {"a\r\r\n", "a\r\r\n", "a\r\r\n"},
        {"a\r", "a\r\r\n", "a\r\r\n"},
        {"a \r \r\n", "a \r \r\n", "a \r\r\n"},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(body(one.raw, Canonicalization::simple), one.simple) << testing::PrintToString(one.raw);
        EXPECT_EQ(body(one.raw, Canonicalization::relaxed), one.relaxed) << testing::PrintToString(one.raw);
    }
}

// Pieces are handed on whole, however the lines lie in the buffer between.
TEST(Canonical, LongBodies) {
    for (const std::size_t length : {8190U, 8191U, 8192U, 8193U, 20000U}) {
        const std::string line(length, 'x');
        EXPECT_EQ(body(line, Canonicalization::relaxed), line + "\r\n");
        EXPECT_EQ(body("a  b\n" + line + "\n" + line + " c\n\n", Canonicalization::relaxed),
                  "a b\r\n" + line + "\r\n" + line + " c\r\n");
        EXPECT_EQ(body("a  b\n" + line + "\n\n" + line + " c\r\n\n", Canonicalization::simple),
                  "a  b\r\n" + line + "\r\n\r\n" + line + " c\r\n");
        EXPECT_EQ(body(std::string(length, '\n') + "a", Canonicalization::relaxed).size(), 2 * length + 3);
        EXPECT_EQ(body(std::string(length, ' ') + "a", Canonicalization::relaxed), " a\r\n");
    }
}

TEST(Canonical, Fields) {
    // RFC 6376 §3.4.5
    EXPECT_EQ(header("A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n", Canonicalization::relaxed), "a:X\r\nb:Y Z\r\n");
    EXPECT_EQ(header("A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n", Canonicalization::simple),
              "A: X\r\nB : Y\t\r\n\tZ  \r\n");
    // Of an imported mail, and one that ends with its header.
    EXPECT_EQ(header("A: X\nB: Y\n Z\n", Canonicalization::simple), "A: X\r\nB: Y\r\n Z\r\n");
    EXPECT_EQ(header("A: X\nB:\n Y\n\t\n Z", Canonicalization::relaxed), "a:X\r\nb:Y Z\r\n");
    EXPECT_EQ(header("A:\r\nB:   \r\n", Canonicalization::relaxed), "a:\r\nb:\r\n");
}

TEST(Canonical, OwnFieldWithoutItsSignature) {
    const std::string raw = "DKIM-Signature: a=1;\r\n b= QUJD\r\n REVG ;\r\n c=2 \r\nFrom: x\r\n";
    const mail::HeaderIndex index = mail::index_header(raw);
    const std::string_view place = std::string_view(raw).substr(raw.find(" QUJD"), 13);
    ASSERT_EQ(place, " QUJD\r\n REVG ");
    std::string simple, relaxed;
    auth::append_own_field(simple, index.fields[0], place, Canonicalization::simple);
    auth::append_own_field(relaxed, index.fields[0], place, Canonicalization::relaxed);
    EXPECT_EQ(simple, "DKIM-Signature: a=1;\r\n b=;\r\n c=2 ");
    EXPECT_EQ(relaxed, "dkim-signature:a=1; b=; c=2");
}

}  // namespace
