#include "mail/charset.hpp"
#include "mail/text.hpp"
#include "mail/transfer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace std::string_literals;

TEST(Transfer, Base64IsReadAsItIsSent) {
    const struct {
        const char* text;
        const char* expected;
    } cases[] = {
        {"SGVsbG8=", "Hello"},
        {"SGVs\r\nbG8=\r\n", "Hello"},
        {"SGVsbG8", "Hello"},
        {"SG!Vs*bG8 =", "Hello"},
        {"SGVsbG8=\r\n\r\n_____\r\nA list's footer\r\n", "Hello"},
        {"SGVsbG8=\nSGVsbG8=\n", "HelloHello"},
        {"SGVsbA==\n", "Hell"},
        {"====", ""},
        {"", ""},
        {"S", ""},
        {"|", ""},
    };
    for (const auto& test : cases) EXPECT_EQ(mail::decode_base64(test.text), test.expected) << test.text;
}

TEST(Transfer, QuotedPrintableIsReadAsItIsSent) {
    const struct {
        const char* text;
        const char* expected;
    } cases[] = {
        {"a=3Db", "a=b"},
        {"a=3db", "a=b"},
        {"soft=\r\nbreak", "softbreak"},
        {"soft=\nbreak", "softbreak"},
        {"soft= \t\r\nbreak", "softbreak"},
        {"end=", "end"},
        {"a=ZZb", "a=ZZb"},
        {"a= b", "a= b"},
        {"a=4", "a=4"},
        {"==41", "=A"},
        {"", ""},
    };
    for (const auto& test : cases)
        EXPECT_EQ(mail::decode_quoted_printable(test.text), test.expected) << test.text;
}

TEST(Transfer, OthersByName) {
    EXPECT_EQ(mail::transfer_encoding(" Base64 ; x"), "base64");
    EXPECT_EQ(mail::transfer_encoding("\"quoted-printable\""), "quoted-printable");
    EXPECT_EQ(mail::decode_transfer("a=41", "7bit"), "a=41");
    EXPECT_EQ(mail::decode_transfer("a=41", "x-nobody-knows"), "a=41");
    EXPECT_EQ(mail::decode_transfer("begin 644 x\n#0V%T\n`\nend\n", "x-uuencode"), "Cat");
    EXPECT_EQ(mail::decode_transfer("#0V%T\n`\n", "x-uuencode"), "Cat");
    EXPECT_EQ(mail::decode_transfer("SGVsbG8=\n____\na list's footer\n", "base64"), "Hello");
    EXPECT_EQ(mail::decode_transfer("No base64, is it = not?\n", "base64"), "No base64, is it = not?\n");
}

TEST(Charset, LabelsAsBrowsersReadThem) {
    const struct {
        const char* label;
        std::string bytes;
        const char* expected;
    } cases[] = {
        {"iso-8859-1", "\x80 \xe9", "\u20ac \u00e9"},
        {"LATIN1", "\xe9", "\u00e9"},
        {"windows-1251", "\xcf\xf0\xe8", "\u041f\u0440\u0438"},
        {"cp1251", "\xcf\xf0\xe8", "\u041f\u0440\u0438"},
        {"win1251", "\xcf\xf0\xe8", "\u041f\u0440\u0438"},
        {"koi8-r", "\xf0\xd2\xc9", "\u041f\u0440\u0438"},
        {"gb2312", "\xc4\xe3\xba\xc3", "\u4f60\u597d"},
        {"GBK", "\xc4\xe3\xba\xc3", "\u4f60\u597d"},
        {"big5", "\xa7\x41\xa6\x6e", "\u4f60\u597d"},
        {"shift_jis", "\x83\x65\x83\x58", "\u30c6\u30b9"},
        {"euc-jp", "\xa5\xc6\xa5\xb9", "\u30c6\u30b9"},
        {"ks_c_5601-1987", "\xc7\xd1", "\ud55c"},
        {"iso-2022-jp", "\x1b$B%F%9\x1b(B", "\u30c6\u30b9"},
        {"iso-2022-jp", "\x1b$B%F\x1b(B\x1b$B%9\x1b(B", "\u30c6\u30b9"},
        {"iso-2022-kr", "\x1b$)C\x0eGQ\x0f", "\ud55c"},
        {"iso-8859-16", "\xa4", "\u20ac"},
        {"viscii", "\xe1", "\u00e1"},
        {"utf-7", "+AOk-", "\u00e9"},
        {"utf-8", "\xc3\xa9", "\u00e9"},
        {"\"utf-8\"", "\xc3\xa9", "\u00e9"},
        {"us-ascii", "\xc3\xa9", "\u00e9"},
        {"us-ascii", "\xe9t\xe9", "\u00e9t\u00e9"},
        {"utf-8", "Gr\xfc\xdf", "Gr\u00fc\u00df"},                   // declared wrong
        {"euc-kr", "caf\xc3\xa9 \xe2\x80\x99", "caf\u00e9 \u2019"},  // impossible in it, and UTF-8
        {"no-such-charset", "\xc3\xa9", "\u00e9"},
        {"utf-8,format=flowed", "\xc3\xa9", "\u00e9"},
        {"=utf-8", "\xc3\xa9", "\u00e9"},
        {"koi8-r?=", "\xf0\xd2\xc9", "\u041f\u0440\u0438"},
        {"x-unicode20utf8", "\xc3\xa9", "\u00e9"},
        {"visual", "\xe0\xe1", "\u05d0\u05d1"},
        {"x-mac-ukrainian", "\x8f\xf0\xe8", "\u041f\u0440\u0438"},
        {"koi8-t", "\xf0\xd2\xc9", "\u041f\u0440\u0438"},
        {"unicode-1-1-utf-7", "+AOk-", "\u00e9"},
        {"utf-16", "plain text", "plain text"},
        {"utf-16le", "a\0b\0"s, "ab"},
        {"utf-16le", "\x60\x4f", "\u4f60"},
        {"iso-8859-1", "\xe2\x80\x9d", "\u201d"},  // a byte that is free in windows-1252
        {"iso-2022-jp", "\x83\x65\x83\x58\x83\x67", "\u30c6\u30b9\u30c8"},  // a 7-bit label on 8-bit bytes
        {"gb2312", "\xc4\xe3\xba\xc3\xff\xc4\xe3\xba\xc3", "\u4f60\u597d\uFFFD\u4f60\u597d"},  // damage
        {"../../etc/passwd", "a", "a"},
        {"ISO_2022,locale=ja,version=1", "a", "a"},
        {"", "\xc3\xa9", "\u00e9"},
    };
    for (const auto& test : cases) {
        const std::string text = mail::decode_charset(test.bytes, test.label);
        EXPECT_TRUE(mail::is_utf8(text)) << test.label;
        EXPECT_EQ(text, test.expected) << test.label;
    }
}

TEST(Charset, TextWithoutLabel) {
    EXPECT_EQ(mail::decode_undeclared("Gr\xfc\xdf"), "Gr\u00fc\u00df");
    EXPECT_EQ(mail::decode_undeclared("\xcf\xf0\xe8", "windows-1251"), "\u041f\u0440\u0438");
    EXPECT_EQ(mail::decode_undeclared("\x1b$B%F%9\x1b(B"), "\u30c6\u30b9");
    EXPECT_EQ(mail::decode_undeclared("+AOk-"), "+AOk-");  // UTF-7 is never guessed
    // a character cut in two does not make the rest windows-1252
    EXPECT_EQ(mail::decode_undeclared("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"),
              "\u00e9\u00e9\u00e9\u00e9\uFFFD");
}

// Short as headers are: too short for statistics.
TEST(Charset, GuessedFromAFewCharacters) {
    const struct {
        const char* bytes;
        const char* expected;
    } cases[] = {
        {"\xfc", "\u00fc"},
        {"Gr\xfc\xdf"
         "e aus M\xfcnchen",
         "Gr\u00fc\u00df"
         "e aus M\u00fcnchen"},
        {"FORMA\xc7\xc3O", "FORMA\u00c7\u00c3O"},
        {"\xc7\xc3O", "\u00c7\u00c3O"},
        {"\xa3"
         "7,000",
         "\u00a3"
         "7,000"},
        {"\x93Hello\x94 \x96 it\x92s", "\u201cHello\u201d \u2013 it\u2019s"},
        {"\xa7\x41\xa6\x6e", "\u4f60\u597d"},  // Big5
        {"\xce\xca\xcc\xe2 <joe@x.example>",
         "\u95ee\u9898 <joe@x.example>"},  // GB 2312; no word has such capitals
        {"\"\xb0\xdd\xb3X\" <joe@x.example>", "\"\u554f\u8a2a\" <joe@x.example>"},  // Big5
        {"\xc4\xe3\xba\xc3", "\u4f60\u597d"},                                       // GB 2312
        {"\xbb\xe1\xd2\xe9\xcd\xa8\xd6\xaa", "\u4f1a\u8bae\u901a\u77e5"},  // GB 2312, pairs of it UTF-8
        {"\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4", "\uc548\ub155\ud558\uc138\uc694"},  // EUC-KR
        {"\x83\x65\x83\x58\x83\x67", "\u30c6\u30b9\u30c8"},                              // Shift_JIS
        {"\xa5\xc6\xa5\xb9\xa5\xc8", "\u30c6\u30b9\u30c8"},                              // EUC-JP
        {"\xcf\xf0\xe8\xe2\xe5\xf2", "\u041f\u0440\u0438\u0432\u0435\u0442"},            // windows-1251
        {"\xf0\xd2\xc9\xd7\xc5\xd4", "\u041f\u0440\u0438\u0432\u0435\u0442"},            // KOI8-R
        {"\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1",
         "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1"},                  // ISO 8859-7
        {"\xca\xc7\xd1\xca\xb4\xd5", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35"},  // TIS-620
    };
    for (const auto& test : cases)
        EXPECT_EQ(mail::decode_undeclared(test.bytes), test.expected) << test.expected;
}

TEST(Text, AnyBytesBecomeWhatPostgresTakes) {
    EXPECT_EQ(mail::to_valid_utf8("a\0b"s), "ab");
    EXPECT_EQ(mail::to_valid_utf8("a\xff\xfe"), "a\uFFFD");
    EXPECT_EQ(mail::to_valid_utf8("\xff\0\xff\u00e4\0\0b\xe2\x82z"s), "\uFFFD\uFFFD\u00e4b\uFFFDz");
    EXPECT_EQ(mail::percent_decoded("a%40b%zz%4"), "a@b%zz%4");
    for (const std::string& bad :
         {"\xc0\xaf"s, "\xed\xa0\x80"s, "\xf5\x80\x80\x80"s, "\xf0\x80\x80\xaf"s, "\xe2\x82"s, "\x80"s}) {
        EXPECT_FALSE(mail::is_utf8(bad));
        EXPECT_TRUE(mail::is_utf8(mail::to_valid_utf8(bad)));
    }
    EXPECT_EQ(mail::cut_utf8("a\u00e9", 2), "a");
    EXPECT_EQ(mail::one_line(" a\r\n\tb\x07"), "a   b");
}

}  // namespace
