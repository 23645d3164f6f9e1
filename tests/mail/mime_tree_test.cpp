#include "mail/mime_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using testing::Contains;
using testing::IsEmpty;

// The tree as text: "(leaf body, ...)" for a multipart.
std::string shape(const mail::MimeTree& tree, std::size_t number = 0) {
    const mail::Part& part = tree.parts[number];
    if (part.boundary.empty()) return std::string(part.body);
    std::string out = "(";
    for (const std::size_t child : part.children)
        out += (child == part.children.front() ? "" : "|") + shape(tree, child);
    return out + ")";
}

std::string multipart(const std::string& boundary, const std::string& body,
                      const std::string& type = "mixed") {
    return "Content-Type: multipart/" + type + "; boundary=" + boundary + "\r\n\r\n" + body;
}

// libraries.md's list of what mimetic's own parsers get wrong.
TEST(MimeTree, ReadsWhatMimeticAloneGetsWrong) {
    const struct {
        std::string raw;
        std::string expected;
    } cases[] = {
        {"Subject: x\r\n\r\nbody", "body"},
        {multipart("B", "pre\r\n--B\r\n\r\none\r\n--B\r\n\r\ntwo\r\n--B--\r\nepilogue"), "(one|two)"},
        // an inner multipart that is never closed must not swallow or drop what follows
        {multipart("B", "--B\r\n" + multipart("I", "--I\r\n\r\ntext\r\n--B\r\n\r\nattached\r\n--B--\r\n")),
         "((text)|attached)"},
        {multipart("B", "--B\r\n" + multipart("I", "--B\r\n\r\nattached\r\n--B--\r\n")), "(()|attached)"},
        {multipart(
             "B", "--B\r\n" +
                      multipart(
                          "I", "--I\r\n" + multipart("J", "--J\r\n\r\ntext\r\n--B\r\n\r\nend\r\n--B--\r\n"))),
         "(((text))|end)"},
        {multipart("B", "--B\r\n" + multipart("I", "--I\r\n\r\ntext\r\n--B--\r\n--I\r\n\r\nfake")),
         "((text))"},
        // a boundary is a whole line
        {multipart("B", "--B\r\n\r\nsee --B here\r\n x --B\r\n--B--\r\n"), "(see --B here\r\n x --B)"},
        {multipart("B", "--B\r\n\r\none\r\n--B2\r\nstill one\r\n--B--\r\n"), "(one\r\n--B2\r\nstill one)"},
        {multipart("B",
                   "--B\r\n" + multipart("B2", "--B2\r\n\r\ndeep\r\n--B2--\r\n") + "--B\r\n\r\ntwo\r\n--B--"),
         "((deep)|two)"},
        {multipart("B", "--B \t\r\n\r\none\r\n--B  \r\n\r\ntwo\r\n--B-- \r\n"), "(one|two)"},
        // parameters as RFC 2045 writes them
        {multipart("\"a;b\"", "--a;b\r\n\r\none\r\n--a;b--\r\n"), "(one)"},
        {multipart("\"a\\\"b\"", "--a\"b\r\n\r\none\r\n--a\"b--\r\n"), "(one)"},
        {"Content-Type: multipart/mixed (c); boundary=B (foo)\r\n\r\n--B\r\n\r\none\r\n--B--", "(one)"},
        {"Content-Type: multipart/mixed;\r\n boundary*0=\"B\"; boundary*1=2\r\n\r\n--B2\r\n\r\none\r\n--B2--",
         "(one)"},
        // line ends, NULs, broken header lines, an empty part, a part without header
        {"Content-Type: multipart/mixed; boundary=B\n\n--B\n\none\n\n--B\n\ntwo\n--B--\n", "(one\n|two)"},
        {multipart("B", "--B\r\nno colon\r\nX: y\r\n\r\none\r\n--B--"), "(one)"},
        {multipart("B", "--B\r\n--B\r\n\r\n--B\r\nContent-Type: text/html\r\n--B\r\n\r\nend\r\n--B--"),
         "(|||end)"},
        {multipart("B", "--B\r\n\r\none"), "(one)"},
        {multipart("B", "--B\r\n\r\none\r\n--B"), "(one)"},
        {multipart("B", "--B\r\n"), "()"},
        {multipart("B", ""), "()"},
        // the child has its parent's boundary: innermost first
        {multipart("B", "--B\r\n" + multipart("B", "--B\r\n\r\none\r\n--B--\r\n--B\r\n\r\ntwo\r\n--B--")),
         "((one)|two)"},
        {"", ""},
    };
    for (const auto& test : cases) {
        const mail::MimeTree tree = mail::parse_mime(test.raw);
        EXPECT_EQ(shape(tree), test.expected) << test.raw;
        EXPECT_FALSE(tree.too_complex);
    }
}

TEST(MimeTree, DefaultTypes) {
    const std::string digest = multipart(
        "B", "--B\r\n\r\nSubject: x\r\n\r\nbody\r\n--B\r\nContent-Type: text/plain\r\n\r\nt\r\n--B--",
        "digest");
    const mail::MimeTree tree = mail::parse_mime(digest);
    ASSERT_EQ(tree.parts.size(), 3u);
    EXPECT_EQ(tree.parts[1].type.value, "message/rfc822");
    EXPECT_EQ(tree.parts[1].body, "Subject: x\r\n\r\nbody");
    EXPECT_EQ(tree.parts[2].type.value, "text/plain");
    EXPECT_EQ(mail::parse_mime("Content-Type: garbage\r\n\r\n").parts[0].type.value, "text/plain");
}

TEST(MimeTree, AForwardedMailIsOneLeaf) {
    const std::string inner = multipart("I", "--I\r\n\r\ndeep\r\n--I--");
    const std::string raw =
        multipart("B", "--B\r\nContent-Type: message/rfc822\r\n\r\n" + inner + "\r\n--B--");
    const mail::MimeTree tree = mail::parse_mime(raw);
    ASSERT_EQ(tree.parts.size(), 2u);
    EXPECT_EQ(tree.parts[1].body, inner);
}

TEST(MimeTree, SaysWhatIsOdd) {
    const auto warnings = [](const std::string& raw) { return mail::parse_mime(raw).warnings; };
    EXPECT_THAT(warnings(multipart("B", "--B\r\n\r\none\r\n--B--")), IsEmpty());
    EXPECT_THAT(warnings(multipart("B", "--B\r\n\r\none")), Contains("unclosed_multipart"));
    EXPECT_THAT(warnings(multipart("B; boundary=C", "--B\r\n\r\none\r\n--B--")),
                Contains("ambiguous_boundary"));
    EXPECT_THAT(warnings("Content-Type: text/plain\r\n" + multipart("B", "")),
                IsEmpty());  // the first one counts
    EXPECT_THAT(warnings(multipart("B\r\nContent-Type: text/plain", "--B\r\n\r\none\r\n--B--")),
                Contains("ambiguous_boundary"));
    EXPECT_THAT(warnings(multipart("\"\"", "--\r\n\r\none\r\n----")), Contains("bad_boundary"));
    EXPECT_THAT(warnings("Content-Type: multipart/mixed\r\n\r\n--B\r\n\r\none"), Contains("bad_boundary"));
    const std::string huge(10000, '-');
    EXPECT_THAT(warnings(multipart(huge, "--" + huge + "\r\n\r\none")), Contains("bad_boundary"));
}

TEST(MimeTree, DepthAndPartsAreBounded) {
    std::string nested, parts = multipart("B", "");
    for (int i = 0; i < 40000; ++i)
        nested += multipart("b" + std::to_string(i), "--b" + std::to_string(i) + "\r\n");
    const mail::MimeTree deep = mail::parse_mime(nested);
    EXPECT_TRUE(deep.too_complex);
    EXPECT_EQ(deep.parts.size(), mail::max_depth + 1);
    EXPECT_THAT(deep.warnings, Contains("too_complex"));

    for (int i = 0; i < 100000; ++i) parts += "--B\r\n\r\n";
    const mail::MimeTree wide = mail::parse_mime(parts);
    EXPECT_TRUE(wide.too_complex);
    EXPECT_EQ(wide.parts.size(), mail::max_parts);
}

}  // namespace
