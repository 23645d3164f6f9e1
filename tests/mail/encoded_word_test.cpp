#include "mail/encoded_word.hpp"

#include "mail/text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(EncodedWord, ReadsWhatIsWritten) {
    const struct {
        const char* field;
        const char* expected;
    } cases[] = {
        {"plain", "plain"},
        {"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Gr\u00fc\u00dfe"},
        {"=?UTF-8?b?R3LDvMOfZQ==?=", "Gr\u00fc\u00dfe"},
        {"=?iso-8859-1?q?a_b?= c", "a b c"},
        {"a =?utf-8?q?b?= c", "a b c"},
        // RFC 2047 §8
        {"(=?ISO-8859-1?Q?a?= b)", "(a b)"},
        {"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
        {"=?ISO-8859-1?Q?a?=\r\n   =?ISO-8859-1?Q?b?=", "ab"},
        {"=?ISO-8859-1?Q?a_?= =?ISO-8859-2?Q?b?=", "a b"},
        // characters cut between words, in Q, in B, and in base64 without padding
        {"=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC?=", "Gr\u00fc"},
        {"=?utf-8?B?R3LD?=\r\n =?UTF-8?B?vA==?=", "Gr\u00fc"},
        {"=?utf-8?B?R3LDvM?= =?utf-8?B?OfZQ==?=", "Gr\u00fc\u00dfe"},
        {"=?iso-2022-jp?B?GyRCJUYbKEI=?= =?iso-2022-jp?B?GyRCJTkbKEI=?=", "\u30c6\u30b9"},
        // language, blanks inside, glued words, `?` in the text
        {"=?utf-8*de?Q?Gr=C3=BC?=", "Gr\u00fc"},
        {"=?utf-8?Q?hello world?=", "hello world"},
        {"x=?utf-8?Q?a?=y", "xay"},
        {"=?utf-8?Q?a?b?=", "a?b"},
        {"=?utf-8?Q?"
         "?=",
         ""},
        {"=?utf-8?Q?=00a=00?=", "a"},
        {"=?utf-8 ?Q?a?=", "a"},
        {"=?\"utf-8\"?Q?=C3=BC?=", "\u00fc"},
        {"\"=?utf-8?Q?=C3=BC?=\"", "\"\u00fc\""},
        {"=?utf-8?B?77u/YQ==?=", "a"},  // a byte order mark
        {"=?utf-8?Q?a=0D=0Ab?=", "a  b"},
        // without an end, or without a charset
        {"=?utf-8?Q?never closed", "never closed"},
        {"=?utf-8?Q?=C3=BC?", "\u00fc"},
        {"=?utf-8?B?w7w", "\u00fc"},
        {"=?utf-8?Q?a =?utf-8?Q?b?=", "ab"},
        {"=?"
         "?Q?caf=E9?=",
         "caf\u00e9"},
        // labels that lie, and what only iconv knows
        {"=?us-ascii?Q?caf=C3=A9?=", "caf\u00e9"},
        {"=?iso-8859-1?Q?=E2=80=9D?=", "\u201d"},
        {"=?x-unknown?Q?caf=E9?=", "caf\u00e9"},
        {"=?johab?B?0GU=?=", "\ud55c"},
        // decoded once: what comes out is text
        {"=?utf-8?b?PT91dGYtOD9RP0E/PQ==?=", "=?utf-8?Q?A?="},
        // what is none
        {"=?utf-8?Q?", "=?utf-8?Q?"},
        {"=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
        {"=? =?utf-8?Q?a?=", "=? a"},
        {"1 =? 2", "1 =? 2"},
        {"=?no-such?Q?Gr=FC?=", "Gr\u00fc"},
        // raw bytes
        {"Gr\u00fc\u00dfe", "Gr\u00fc\u00dfe"},
        {"Gr\xfc\xdf"
         "e",
         "Gr\u00fc\u00dfe"},
        {"a\r\n\tb", "a b"},
    };
    for (const auto& test : cases) EXPECT_EQ(mail::unstructured(test.field), test.expected) << test.field;
}

TEST(EncodedWord, HostileRunsAreLinear) {
    for (const char* piece : {"=?utf-8?Q?a?= ", "=?utf-8?B?YQ==?=", "=?", "=?=?", "=?a?q?",
                              "?=", "=?a?b?=?=", "=?x?Q?a?= =?y?Q?a?= ", "=?x?Q?a ", "=?x?Q?a =?x?"}) {
        std::string text;
        while (text.size() < 250000) text += piece;
        EXPECT_TRUE(mail::is_utf8(mail::unstructured(text))) << piece;
    }
}

}  // namespace
