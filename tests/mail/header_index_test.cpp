#include "mail/header_index.hpp"

#include "mail/read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using namespace std::string_literals;

TEST(HeaderIndex, FindsFieldsAndBody) {
    const struct {
        std::string raw;
        std::string subject;  // unfolded
        std::string body;
    } cases[] = {
        {"Subject: a\r\n\r\nbody", "a", "body"},
        {"Subject: a\n\nbody", "a", "body"},
        {"Subject: a\r\rbody", "a", "body"},
        {"Subject: a\r\r\nX: y\r\r\n\r\r\nbody", "a", "body"},
        {"\xEF\xBB\xBFSubject: a\r\n\r\nbody", "a", "body"},
        {"\r\n\r\nSubject: a\r\n\r\nbody", "a", "body"},
        {"From joe Thu Aug 22 2002\nSubject: a\n\nbody", "a", "body"},
        {">From joe Thu Aug 22 2002\nSubject: a\n\nbody", "a", "body"},
        {"Subject : a\r\n\r\nbody", "a", "body"},
        {" Subject: a\r\nX: y\r\n\r\nbody", "a", "body"},
        {"Subject: a\r\n b\r\n\t c\r\n\r\nbody", "a b c", "body"},
        {"Subject:\r\n a\r\n\r\nbody", "a", "body"},
        {"Subject: a\r\n \r\n b\r\n\r\nbody", "a b", "body"},
        {"X-Broken line\r\nSubject: a\r\n\r\nbody", "a", "body"},
        {"Subject: a\r\nno colon here\r\nX: y\r\n\r\nbody", "a", "body"},
        {"Subject: a\r\nbody without empty line\r\n\r\nmore", "a", "body without empty line\r\n\r\nmore"},
        {"Subject: a", "a", ""},
        {"Subject: a\r\n", "a", ""},
        {"Subject: a\0b\r\n\r\nbody"s, "a\0b"s, "body"},
        {"S\xe9: x\r\nSubject: a\r\n\r\nbody", "a", "body"},
        {": x\r\nSubject: a\r\n\r\nbody", "a", "body"},
        // folds that lost their blank
        {"Subject: =?utf-8?Q?a?=\r\n=?utf-8?Q?b?=\r\n\r\nbody", "=?utf-8?Q?a?= =?utf-8?Q?b?=", "body"},
        {"Content-Type: multipart/mixed;\r\nboundary=B\r\nSubject: a\r\n\r\nbody", "a", "body"},
        {"To: a@x.example,\r\nb@x.example\r\nSubject: a\r\n\r\nbody", "a", "body"},
        // broken lines, and header behind them
        {"Received: x\r\nby localhost\r\nfor someone\r\nSubject: a\r\n\r\nbody", "a", "body"},
        {"To: Mary\r\n__\r\n  <mary@x.example>\r\nSubject: a\r\n\r\nbody", "a", "body"},
        {"Subject: a\r\nbody at once\r\nmore\r\nSubject: quoted\r\n\r\nrest", "a",
         "body at once\r\nmore\r\nSubject: quoted\r\n\r\nrest"},
        {"just text", "", "just text"},
        {"  indented text\r\n\r\nmore", "", "  indented text\r\n\r\nmore"},
        {"", "", ""},
        {"\r\n", "", ""},
    };
    for (const auto& test : cases) {
        const mail::HeaderIndex index = mail::index_header(test.raw);
        const mail::Field* const subject = index.find("subject");
        EXPECT_EQ(subject == nullptr ? "" : mail::unfold(subject->value), test.subject) << test.raw;
        EXPECT_EQ(test.raw.substr(index.body), test.body) << test.raw;
        EXPECT_EQ(mail::body_offset(test.raw), index.body);
    }
}

TEST(HeaderIndex, IsBounded) {
    std::string many = "Subject: a\r\n";
    for (int i = 0; i < 100000; ++i) many += "X: y\r\n";
    const std::string raw = many + "To: lost@x.example\r\n\r\nbody";
    const mail::HeaderIndex index = mail::index_header(raw);
    EXPECT_EQ(index.fields.size(), mail::max_header_fields);
    EXPECT_TRUE(index.truncated);
    EXPECT_EQ(raw.substr(index.body), "body");
    EXPECT_THAT(mail::read_header(raw).warnings, testing::Contains("header_truncated"));

    const std::string folded = "Subject: a\r\n" + std::string(10'000'000, ' ') + "b\r\n\r\nbody";
    EXPECT_LE(mail::index_header(folded).fields[0].value.size(), mail::max_header_bytes);
    EXPECT_EQ(folded.substr(mail::body_offset(folded)), "body");

    std::string deep = "Subject: a\r\n";
    for (int i = 0; i < 1'000'000; ++i) deep += " b\r\n";
    EXPECT_LE(mail::index_header(deep).fields[0].value.size(), mail::max_header_bytes);
    EXPECT_EQ(mail::body_offset(deep + "\r\nbody"), deep.size() + 2);
}

TEST(HeaderIndex, BrokenLinesAreLinear) {
    for (const std::string piece :
         {"x\r\n", "x\r\nX: y\r\n", "x;\r\na=\r\n", "x\r\ny\r\nTo: z\r\n", "=?\r\n"}) {
        std::string raw = "Subject: a\r\n";
        while (raw.size() < 2'000'000) raw += piece;
        EXPECT_LE(mail::body_offset(raw), raw.size()) << piece;
    }
}

TEST(Boundary, IsAWholeLine) {
    using mail::BoundaryMatch;
    EXPECT_EQ(mail::match_boundary("--B", "B"), BoundaryMatch::open);
    EXPECT_EQ(mail::match_boundary("--B \t", "B"), BoundaryMatch::open);
    EXPECT_EQ(mail::match_boundary("--B--", "B"), BoundaryMatch::close);
    EXPECT_EQ(mail::match_boundary("--B-- ", "B"), BoundaryMatch::close);
    EXPECT_EQ(mail::match_boundary("--B2", "B"), BoundaryMatch::none);
    EXPECT_EQ(mail::match_boundary("--B--x", "B"), BoundaryMatch::none);
    EXPECT_EQ(mail::match_boundary("x--B", "B"), BoundaryMatch::none);
    EXPECT_EQ(mail::match_boundary("-B", "B"), BoundaryMatch::none);
}

TEST(Digest, OfTheBodyDoesNotSeeTheHeader) {
    EXPECT_EQ(mail::body_digest("A: 1\r\n\r\nbody"), mail::body_digest("B: 2\r\nC: 3\r\n\r\nbody"));
    EXPECT_NE(mail::body_digest("A: 1\r\n\r\nbody"), mail::body_digest("A: 1\r\n\r\nbody2"));
    EXPECT_EQ(mail::body_digest("A: 1\r\n\r\nbody").size(), 32u);
}

TEST(Digest, WithoutTraceSeesAllButTheWayHere) {
    const std::string mail = "From: a@x.example\r\nSubject: s\r\n\r\nbody";
    const std::string digest = mail::digest_without_trace(mail, "a@x.example");
    EXPECT_EQ(digest.size(), 32u);
    const std::string way =
        "Return-Path: <a@x.example>\r\nReceived: from a\r\n\tby b; now\r\nARC-Seal: i=1\r\n"
        "Authentication-Results: x; none\r\nX-Received: by c\r\nDelivered-To: d@x.example\r\n";
    EXPECT_EQ(mail::digest_without_trace(way + mail, "a@x.example"), digest);
    EXPECT_EQ(mail::digest_without_trace("From a@x.example Thu Aug 22\n" + mail, "a@x.example"), digest);
    EXPECT_NE(mail::digest_without_trace(mail, "b@x.example"), digest);
    EXPECT_NE(mail::digest_without_trace("X: y\r\n" + mail, "a@x.example"), digest);
    EXPECT_NE(mail::digest_without_trace(mail + "!", "a@x.example"), digest);
}

}  // namespace
