#include "mail/parameters.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(Parameters, ReadsWhatIsWritten) {
    const struct {
        const char* field;
        const char* value;
        const char* name;
        const char* expected;
    } cases[] = {
        {"Text/Plain; Charset=UTF-8", "text/plain", "charset", "UTF-8"},
        {"text/plain; charset=\"utf-8\"", "text/plain", "charset", "utf-8"},
        {"text/plain charset=utf-8", "text/plain", "charset", "utf-8"},
        {"text/plain,charset=utf-8", "text/plain", "charset", "utf-8"},
        {"filename=a.txt", "", "filename", "a.txt"},
        {"attachment; filename*=gb2312''%E4%B8%AD%E6%96%87.txt", "attachment", "filename",
         "\u4e2d\u6587.txt"},
        {"text/plain; charset = utf-8 ; x=y", "text/plain", "charset", "utf-8"},
        {"text/plain; charset=us-ascii (Plain text)", "text/plain", "charset", "us-ascii"},
        {"multipart/mixed (c); boundary=B (foo)", "multipart/mixed", "boundary", "B"},
        {"multipart/mixed; boundary=\"a;b\"", "multipart/mixed", "boundary", "a;b"},
        {"multipart/mixed; boundary=\"a\\\"b\"", "multipart/mixed", "boundary", "a\"b"},
        {"multipart/mixed; boundary=\"----=_x=1\"; type=a", "multipart/mixed", "type", "a"},
        {"multipart/mixed; boundary=----=_x=1", "multipart/mixed", "boundary", "----=_x=1"},
        {"attachment; filename=a b.txt", "attachment", "filename", "a b.txt"},
        {"attachment; filename=a.txt size=3", "attachment", "size", "3"},
        {"attachment; filename=\"x;y.txt\"", "attachment", "filename", "x;y.txt"},
        {"attachment; filename=\"never closed.txt; size=3", "attachment", "filename", "never closed.txt"},
        {"attachment; filename=\"C:\\temp\\x.txt\"", "attachment", "filename", "C:\\temp\\x.txt"},
        {"attachment; filename=", "attachment", "filename", ""},
        {"attachment;;; filename=a", "attachment", "filename", "a"},
        {"attachment; filename=first; filename=second", "attachment", "filename", "first"},
        // RFC 2231
        {"a; f*=utf-8'de'Gr%C3%BC%C3%9F.txt", "a", "f", "Gr\u00fc\u00df.txt"},
        {"a; f*=iso-8859-1''Gr%FC.txt", "a", "f", "Gr\u00fc.txt"},
        {"a; f*0=\"ab\"; f*1=\"cd\"", "a", "f", "abcd"},
        {"a; f*1=\"cd\"; f*0=\"ab\"", "a", "f", "abcd"},
        {"a; f*0*=utf-8''Gr%C3; f*1*=%BC; f*2=\".txt\"", "a", "f", "Gr\u00fc.txt"},
        {"a; f*0=ab; f*2=lost", "a", "f", "ab"},
        {"a; f=plain; f*=utf-8''better", "a", "f", "better"},
        {"a; f*=utf-8''100%", "a", "f", "100%"},
        {"a; f*=''x", "a", "f", "x"},
        {"a; f*=no-quotes", "a", "f", "no-quotes"},
        // RFC 2047 where it does not belong
        {"a; f=\"=?utf-8?Q?Gr=C3=BC?=.txt\"", "a", "f", "Gr\u00fc.txt"},
        {"a; f==?utf-8?Q?Gr=C3=BC?=", "a", "f", "Gr\u00fc"},
        {"a; f=\"utf-8''Gr%C3%BC.txt\"", "a", "f", "Gr\u00fc.txt"},
        {"a; f=\"it''s 100%.txt\"", "a", "f", "it''s 100%.txt"},
        {"a; f*=UTF-8'Gr%C3%BC.txt", "a", "f", "Gr\u00fc.txt"},
        {"a; f*0*=utf-8''%C3; f*1*=%84; f=x", "a", "f", "\u00c4"},
        {"text / plain ; charset = utf-8", "text/plain", "charset", "utf-8"},
        {"text/(c)plain; charset=utf-8", "text/plain", "charset", "utf-8"},
        {"\"text/plain\"; charset=utf-8", "text/plain", "charset", "utf-8"},
        {"text/plain, charset=utf-8", "text/plain", "charset", "utf-8"},
        {"text/plain; charset=\"\"utf-8\"\"; x=y", "text/plain", "charset", "utf-8"},
        {"text/plain; charset=\"\"utf-8\"\"; x=y", "text/plain", "x", "y"},
        {"text/plain; charset=utf-8;format=flowed", "text/plain", "format", "flowed"},
        {"", "", "x", ""},
        {";;;=;=", "", "x", ""},
    };
    for (const auto& test : cases) {
        const mail::Parameters parameters = mail::parse_parameters(test.field);
        EXPECT_EQ(parameters.value, test.value) << test.field;
        EXPECT_EQ(parameters.get(test.name), test.expected) << test.field;
    }
}

TEST(Parameters, TwoValuesForOneNameAreAmbiguous) {
    EXPECT_TRUE(mail::parse_parameters("multipart/mixed; boundary=a; boundary=b").ambiguous);
    EXPECT_FALSE(mail::parse_parameters("multipart/mixed; boundary=a; boundary=a").ambiguous);
}

TEST(Parameters, HostileTextIsLinear) {
    for (const char* piece :
         {";", "=", "(", "\"", "a=\"", "a=b ", "a=b;", "a*0*=x;", "\\", "a(", "a=(x)", "(a)"}) {
        std::string text = "a/b;";
        while (text.size() < 250000) text += piece;
        EXPECT_EQ(mail::parse_parameters(text).value.substr(0, 3), "a/b") << piece;
    }
    std::string numbered = "a; ";
    for (int i = 99999; i >= 0; --i) numbered += "f*" + std::to_string(i) + "*=x;";
    EXPECT_LE(mail::parse_parameters(numbered).get("f").size(), 2000u);
}

}  // namespace
