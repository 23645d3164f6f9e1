#include "mail/tnef.hpp"
#include "mail/rtf.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace {

using namespace std::string_literals;

std::string number(std::uint32_t value, std::size_t size = 4) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
    return bytes;
}

std::string attribute(std::uint32_t tag, const std::string& data) {
    std::uint32_t sum = 0;
    for (const char c : data) sum += static_cast<unsigned char>(c);
    return "\x01" + number(tag) + number(static_cast<std::uint32_t>(data.size())) + data +
           number(sum & 0xFFFF, 2);
}

std::string variable(std::uint32_t type, std::uint32_t id, const std::string& value) {
    return number(id << 16 | type) + number(1) + number(static_cast<std::uint32_t>(value.size())) + value +
           std::string((4 - value.size() % 4) % 4, '\0');
}

std::string properties(const std::vector<std::string>& all) {
    std::string bytes = number(static_cast<std::uint32_t>(all.size()));
    for (const std::string& one : all) bytes += one;
    return bytes;
}

std::string uncompressed(const std::string& rtf) {
    return number(static_cast<std::uint32_t>(rtf.size() + 12)) +
           number(static_cast<std::uint32_t>(rtf.size())) + number(0x414C454D) + number(0) + rtf;
}

constexpr std::uint32_t message_class = 0x00078008, message_properties = 0x00069003, code_page = 0x00069007,
                        body = 0x0002800C, attachment = 0x00069002, title = 0x00018010, data = 0x0006800F,
                        attachment_properties = 0x00069005;
const std::string start = number(0x223E9F78) + number(1, 2);
const std::string note = attribute(message_class, "IPM.Microsoft Mail.Note\0"s);

TEST(Tnef, GivesItsBodyAndItsFiles) {
    const std::string bytes =
        start + note + attribute(code_page, number(1251) + number(0)) +
        attribute(body, "\xcf\xf0\xe8\r\n\0"s) + attribute(attachment, std::string(14, '\0')) +
        attribute(title, "REPORT~1.PDF\0"s) + attribute(data, "%PDF") +
        attribute(attachment_properties, properties({variable(0x1F, 0x3707, "R\0\xfc\0.\0p\0d\0f\0\0\0"s),
                                                     variable(0x1E, 0x370E, "Application/PDF\0"s),
                                                     number(0x37050003) + number(1)})) +
        attribute(attachment, std::string(14, '\0')) + attribute(title, "..\\b.txt\0"s) +
        attribute(data, "b");
    const auto tnef = mail::read_tnef(bytes, 10);
    ASSERT_TRUE(tnef);
    EXPECT_TRUE(tnef->complete);
    EXPECT_EQ(tnef->text, "\u041f\u0440\u0438\n");
    ASSERT_EQ(tnef->attachments.size(), 2u);
    EXPECT_EQ(tnef->attachments[0].name, "R\u00fc.pdf");
    EXPECT_EQ(tnef->attachments[0].type, "application/pdf");
    EXPECT_EQ(tnef->attachments[0].content, "%PDF");
    EXPECT_EQ(tnef->attachments[1].name, "b.txt");
    EXPECT_EQ(tnef->attachments[1].type, "application/octet-stream");

    EXPECT_EQ(mail::read_tnef(bytes, 1)->attachments.size(), 1u);
    EXPECT_FALSE(mail::read_tnef(bytes, 1)->complete);
}

TEST(Tnef, ReadsTheBodyWhereverItIs) {
    const auto read = [](const std::vector<std::string>& all) {
        return *mail::read_tnef(start + note + attribute(message_properties, properties(all)), 10);
    };
    const std::string named = number(0x8001001F) + std::string(16, 'G') + number(1) + number(5) +
                              "ab\0\0c\0\0\0"s + number(1) + number(2) + "x\0\0\0"s;
    EXPECT_EQ(read({named, number(0x00391040) + number(2) + std::string(16, '\0'),
                    variable(0x1F, 0x1000, "H\0i\0"s)})
                  .text,
              "Hi");
    EXPECT_EQ(read({number(0x3FDE0003) + number(65001), variable(0x102, 0x1013, "<p>\u00fc</p>")}).html,
              "<p>\u00fc</p>");
    EXPECT_EQ(read({variable(0x102, 0x1009, uncompressed("{\\rtf1\\ansi Hi\\par there}"))}).text,
              "Hi\nthere");
}

TEST(Tnef, SaysWhatItCouldNotGive) {
    const std::string file = attribute(attachment, "") + attribute(data, "b");
    EXPECT_TRUE(mail::read_tnef(start + note + file, 10)->complete);
    const std::string incomplete[] = {
        start,
        start + note,
        start + note + file + "\x01\x02",
        start + attribute(message_class, "IPM.Schedule.Meeting.Request\0"s) + file,
        start + note + file + attribute(attachment_properties, properties({number(0x37050003) + number(5)})),
        start + note + file + attribute(attachment_properties, number(7)),
        start + note + file + attribute(attachment_properties, number(0xFFFFFFFF)),
        start + note + file + attribute(attachment_properties, properties({number(0x10000000)})),
        start + note + file + attribute(message_properties, properties({variable(0x102, 0x1009, "damaged")})),
    };
    for (const std::string& bytes : incomplete) {
        const auto tnef = mail::read_tnef(bytes, 10);
        ASSERT_TRUE(tnef);
        EXPECT_FALSE(tnef->complete) << bytes.size();
    }
    std::string changed = start + note + file;
    changed[changed.size() - 3] = 'c';
    EXPECT_FALSE(mail::read_tnef(changed, 10)->complete);
    EXPECT_FALSE(mail::read_tnef("", 10));
    EXPECT_FALSE(mail::read_tnef("no TNEF at all", 10));
}

TEST(Tnef, EveryPrefixAndEveryChangedByteIsSurvived) {
    const std::string bytes =
        start + note + attribute(code_page, number(1252) + number(0)) +
        attribute(message_properties,
                  properties({variable(0x102, 0x1009, uncompressed("{\\rtf1 {\\b x} \\'e4\\u8364?}")),
                              number(0x00390040) + number(0) + number(0)})) +
        attribute(attachment, "") + attribute(title, "a\0"s) + attribute(data, "b") +
        attribute(attachment_properties, properties({variable(0x1F, 0x3707, "c\0"s)}));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_EQ(mail::read_tnef(bytes.substr(0, size), 10).has_value(), size >= 4);
        for (const char c : {'\0', '\x01', '\x7f', '\xff'}) {
            std::string changed = bytes;
            changed[size] = c;
            if (const auto tnef = mail::read_tnef(changed, 10)) EXPECT_LE(tnef->attachments.size(), 2u);
        }
    }
}

TEST(Rtf, IsDecompressed) {
    // MS-OXRTFCP §4.1.1 and §4.1.2, the examples of the specification
    const auto decompressed = [](const std::string& bytes) {
        return mail::decompress_rtf(bytes).value_or("nothing");
    };
    EXPECT_EQ(
        decompressed(
            "\x2d\0\0\0\x2b\0\0\0\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\0\x0a\0\x72\x63\x70\x67\x31\x32"
            "\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\0\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0"s),
        "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    EXPECT_EQ(decompressed(
                  "\x1a\0\0\0\x1c\0\0\0\x4c\x5a\x46\x75\xe2\xd4\x4b\x51\x41\0\x04\x20\x57\x58\x59\x5a\x0d\x6e"
                  "\x7d\x01\x0e\xb0"s),
              "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    EXPECT_EQ(decompressed(uncompressed("{x}")), "{x}");
    EXPECT_EQ(decompressed("short"), "nothing");
    EXPECT_EQ(decompressed(std::string(40, '\0')), "nothing");
    EXPECT_LE(decompressed(number(0) + number(0xFFFFFFFF) + number(0x75465A4C) + number(0) +
                           std::string(999, '\xff'))
                  .size(),
              10u * 1000);
}

TEST(Rtf, IsReadAsText) {
    const struct {
        const char* rtf;
        const char* text;
        bool is_html;
    } cases[] = {
        {"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}{\\*\\generator Word;}{\\colortbl;\\red0;}\\pard One\\par "
         "Two\\tab 3}",
         "One\nTwo\t3", false},
        {"{\\rtf1 a\\'fc\\{\\}\\\\ \\u8364?\\uc2\\u8364xyz \\u-10179?\\u-8704?}",
         "a\u00fc{}\\ \u20ac\u20acz "
         "\U0001f600",
         false},
        {"{\\rtf1\\ansicpg932 \\'82\\'a0\\'83A}", "\u3042\u30a2", false},
        {"{\\rtf1 a\r\nb\\\nc\\emdash d\\~e\\_f}", "ab\nc\u2014d\u00a0e-f", false},
        {"{\\rtf1{\\pict\\bin3 }}}}x{\\fldinst HYPERLINK}y}", "xy", false},
        {"{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf {\\b \\htmlrtf0 Hi {\\*\\mhtmltag1 no}"
         "{\\*\\htmltag84 &nbsp;}\\htmlrtf }\\htmlrtf0{\\*\\htmltag72 </p>\\par }}",
         "<p>Hi &nbsp;</p>\n", true},
        {"{\\rtf1 a\\'00b}", "ab", false},
        {"", "", false},
        {"\\", "", false},
        {"}}}}x\\'", "x", false},
    };
    for (const auto& test : cases) {
        const mail::RtfBody read = mail::read_rtf(test.rtf);
        EXPECT_EQ(read.text, test.text) << test.rtf;
        EXPECT_EQ(read.is_html, test.is_html) << test.rtf;
    }
}

}  // namespace
