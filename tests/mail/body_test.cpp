#include "mail/body.hpp"
#include "mail/read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace std::string_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

std::string part(const std::string& type, const std::string& content, const std::string& fields = "") {
    return "Content-Type: " + type + "\r\n" + fields + "\r\n" + content;
}
const std::string plain = part("text/plain", "plain"), html = part("text/html", "<p>html</p>"),
                  pdf = part("application/pdf; name=a.pdf", "%PDF");

std::string multi(const std::string& subtype, const std::vector<std::string>& parts) {
    // a boundary of its own for each, named by what is inside
    std::size_t size = 0;
    for (const std::string& one : parts) size += one.size();
    const std::string boundary = subtype + std::to_string(size);
    std::string out = "Content-Type: multipart/" + subtype + "; boundary=" + boundary + "\r\n\r\n";
    for (const std::string& one : parts) out += "--" + boundary + "\r\n" + one + "\r\n";
    return out + "--" + boundary + "--\r\n";
}

mail::Body read(const std::string& raw) {
    return mail::read_body(mail::parse_mime(raw));
}
std::vector<std::string> names(const mail::Body& body) {
    std::vector<std::string> out;
    for (const mail::Attachment& attachment : body.attachments)
        out.push_back(attachment.name + (attachment.is_inline ? " inline" : ""));
    return out;
}

TEST(Body, TextAndHtml) {
    const struct {
        std::string raw, text, html;
    } cases[] = {
        {multi("alternative", {plain, html}), "plain", "<p>html</p>"},
        {multi("alternative", {html, plain}), "plain", "<p>html</p>"},
        {multi("alternative", {part("text/plain", "  \r\n"), html}), "html\n", "<p>html</p>"},
        {multi("alternative", {plain, part("text/html", "\r\n")}), "plain", ""},
        {multi("alternative", {plain, multi("related", {html, pdf})}), "plain", "<p>html</p>"},
        {multi("related", {multi("alternative", {plain, html}), pdf}), "plain", "<p>html</p>"},
        // Apple Mail: files in the middle of the HTML
        {multi("alternative", {plain, multi("mixed", {html, pdf, part("text/html", "<b>2</b>")})}), "plain",
         "<p>html</p>\n<b>2</b>"},
        {multi("mixed", {plain, pdf, part("text/plain", "after")}), "plain\nafter", ""},
        // a list's footer behind HTML
        {multi("mixed", {html, part("text/plain", "a < b\r\nfoot")}), "html\na < b\nfoot",
         "<p>html</p>\n<div>a &lt; b<br>\nfoot</div>\n"},
        {multi("mixed", {multi("alternative", {plain, html}), part("text/plain", "foot")}), "plain\nfoot",
         "<p>html</p>\n<div>foot</div>\n"},
        {multi("mixed", {plain, html}), "plain\nhtml\n", "<div>plain</div>\n<p>html</p>"},
        {multi("related", {html, part("text/html", "<p>frame</p>", "Content-ID: <f@x>\r\n")}), "html\n",
         "<p>html</p>"},
        {multi("signed", {plain, part("application/pgp-signature", "sig")}), "plain", ""},
        {multi("unheard-of", {plain, pdf}), "plain", ""},
        {part("html", "<p>x"), "x\n", "<p>x"},
        {"Content-Type:\r\n" + part("text/html", "<p>x"), "x\n", "<p>x"},
        {part("text/html>", "<p>x"), "x\n", "<p>x"},
        {"Content-Type: <html>\r\n\r\nx", "x", ""},
        // whole multiparts encoded, against RFC 2045 §6.4
        {"Content-Type: multipart/mixed; boundary=B\r\nContent-Transfer-Encoding: base64\r\n\r\n"
         "LS1CDQoNCm9uZQ0KLS1CDQpDb250ZW50LVR5cGU6IHRleHQvaHRtbA0KDQo8cD50d28NCi0tQi0tDQo=",
         "one\ntwo\n", "<div>one</div>\n<p>two"},
        // boundaries that nobody named, or named wrongly
        {"Content-Type: multipart/mixed\r\n\r\n--x y\r\nContent-Type: text/plain\r\n\r\none\r\n--x y--\r\n",
         "one", ""},
        {"Content-Type: multipart/mixed; boundary=a\r\n\r\n--b\r\nContent-Type: "
         "text/html\r\n\r\n<p>b\r\n--b--\r\n",
         "b\n", "<p>b"},
        {"Content-Type: multipart/mixed; boundary=\"a \"\r\n\r\n--a \r\n\r\none\r\n--a\r\ntwo\r\n--a --\r\n",
         "one\n--a\ntwo", ""},
        {"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\none\r\n--a-->\r\nepilogue\r\n", "one",
         ""},
        // nothing but what stands before the first part
        {"Content-Type: multipart/mixed; boundary=a\r\n\r\nbefore\r\n--a\r\n\r\n\r\n--a--\r\n", "before", ""},
    };
    for (const auto& test : cases) {
        const mail::Body body = read(test.raw);
        EXPECT_EQ(body.text, test.text) << test.raw;
        EXPECT_EQ(body.html, test.html) << test.raw;
    }
}

TEST(Body, Charsets) {
    const struct {
        std::string raw, text;
    } cases[] = {
        {part("text/html", "<meta charset=\"windows-1251\">\xcf\xf0\xe8"), "\u041f\u0440\u0438\n"},
        {part("text/html", "<META http-equiv=x content='text/html; charset=KOI8-R'>\xf0\xd2\xc9"),
         "\u041f\u0440\u0438\n"},
        {part("text/html; charset=iso-8859-1", "<meta charset=windows-1251>\xfc"), "\u00fc\n"},
        {part("text/html; charset=utf-8", "<meta charset=windows-1251>\xcf\xf0\xe8"), "\u041f\u0440\u0438\n"},
        {part("text/html", "<meta charset=nobody-knows>\xfc"), "\u00fc\n"},
        {part("text/plain; charset=iso-8859-1", "\xEF\xBB\xBF\xC3\xBC"), "\u00fc"},
        {part("text/plain", "\xFF\xFE" + "H\0i\0"s), "Hi"},
        {part("text/plain; charset=utf-16", "\xFE\xFF\0H\0i"s), "Hi"},
        {part("text/plain; charset=utf-16", "H\0i\0\n\0"s), "Hi\n"},
        {part("text/plain; charset=utf-16", "\0H\0i"s), "Hi"},
        {part("text/plain; charset=utf-16le", "no such thing"), "no such thing"},
        {part("text/plain; charset=UTF-8; format=flowed; delsp=yes", "a \r\nb\r\n"), "ab\n"},
        {part("text/plain; format=Flowed", "> a \r\n> b\r\n-- \r\nme\r\n"), "> a b\n-- \nme\n"},
    };
    for (const auto& test : cases) EXPECT_EQ(read(test.raw).text, test.text) << test.raw;
}

TEST(Body, Attachments) {
    const std::string image = part("image/png", "png", "Content-ID: <i@x>\r\n");
    const struct {
        std::string raw;
        std::vector<std::string> expected;
    } cases[] = {
        {multi("mixed", {plain, pdf, pdf}), {"a.pdf", "a.pdf"}},
        {multi("related", {html, image}), {" inline"}},
        {multi("mixed", {html, image}), {""}},
        {multi("mixed", {part("text/html", "<img src=\"cid:i@x\">"), image}), {" inline"}},
        {multi("mixed", {part("text/html", "<img src='CID:a%40b&amp;c'>"),
                         part("image/png", "png", "Content-ID: <a%40b&c>\r\n")}),
         {" inline"}},
        {"Content-Type: multipart/related; start=\"<root>\"; boundary=B\r\n\r\n--B\r\n" + pdf +
             "\r\n--B\r\n" + part("text/html", "<p>html</p>", "Content-ID: <root>\r\n") + "\r\n--B--\r\n",
         {"a.pdf"}},
        // raw names: in the part's charset, in the mail's, and where the one of RFC 2231 is wrong
        {multi("mixed", {plain, part("text/csv; charset=iso-8859-2; name=\"\xaf\xf3\xb3w.csv\"", "x")}),
         {"\u017b\u00f3\u0142w.csv"}},
        {multi("mixed", {part("text/plain; charset=iso-8859-2", "x"),
                         part("application/pdf", "x",
                              "Content-Disposition: attachment; filename=\"\xaf\xf3\xb3w.pdf\"\r\n")}),
         {"\u017b\u00f3\u0142w.pdf"}},
        {multi("mixed", {part("text/plain; charset=koi8-r", "x"),
                         part("application/pdf", "x",
                              "Content-Disposition: attachment; filename*=utf-8''%D3%DE%A3%D4.pdf\r\n")}),
         {"\u0441\u0447\u0451\u0442.pdf"}},
        {multi("mixed", {plain, part("image/png", "png", "Content-Disposition: inline; filename=i.png\r\n")}),
         {"i.png inline"}},
        {multi("alternative", {plain, html, part("text/calendar; method=REQUEST", "BEGIN:VCALENDAR")}),
         {" inline"}},
        {multi("alternative", {plain, html, part("text/calendar; name=i.ics", "BEGIN:VCALENDAR")}),
         {"i.ics"}},
        {multi("alternative", {plain, part("text/plain", "other")}), {" inline"}},
        {multi("alternative", {plain, plain}), {}},
        {multi("alternative", {part("text/html", "<p>poor"), html}), {" inline"}},
        {multi("mixed", {plain, part("application/octet-stream; file=\"A.EXE\"", "MZ")}), {"A.EXE"}},
        {multi("mixed",
               {plain, part("image/gif", "GIF", "Content-Location: http://x.example/a/b.gif?c\r\n")}),
         {"b.gif"}},
        {"Subject: Invoice 7\r\n" + part("application/pdf", "%PDF"), {"Invoice 7.pdf"}},
        {"Subject: Bill 12/05\r\n" + part("text/plain", "x", "Content-Disposition: attachment\r\n"),
         {"Bill 12_05.txt"}},
        {multi("mixed", {plain, part("message/rfc822", "Subject: Fwd: 12/05\r\n\r\nx")}), {"Fwd_ 12_05.eml"}},
        {"Subject: scan.tiff\r\n" + part("image/tiff", "II"), {"scan.tiff"}},
        {part("application/pdf", "%PDF"), {""}},
        {multi("mixed", {plain, part("message/external-body; name=far.txt", "Content-Type: text/plain")}),
         {"far.txt"}},
        {part("text/plain", "Hi\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n"), {"cat.txt"}},
    };
    for (const auto& test : cases) EXPECT_EQ(names(read(test.raw)), test.expected) << test.raw;
    EXPECT_EQ(read(cases[std::size(cases) - 1].raw).text, "Hi\n");
}

TEST(Body, AMailWithoutTextIsSpokenFor) {
    const std::string report = part("text/html; name=report.html", "<p>report</p>");
    EXPECT_EQ(read(report.substr(0)).text, "report\n");
    EXPECT_EQ(read(multi("mixed", {report, pdf})).text, "report\n");
    EXPECT_THAT(names(read(multi("mixed", {report, pdf}))), ElementsAre("report.html", "a.pdf"));
    EXPECT_EQ(read(multi("mixed", {plain, report})).text, "plain");
    EXPECT_EQ(read(multi("mixed", {pdf, part("message/rfc822", "Subject: f\r\n\r\nforwarded")})).text,
              "forwarded");
    EXPECT_EQ(read(multi("mixed", {part("text/plain; name=big.log", std::string(300'000, 'x'))})).text, "");
}

TEST(Body, TnefIsOpenedAndNotShown) {
    // one attachment b.txt with the bytes "b"
    const std::string winmail = "\x78\x9f\x3e\x22\x01\x00"s +
                                "\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00"s +
                                "\x02\x10\x80\x01\x00\x06\x00\x00\x00"s + "b.txt\0"s + "\xF0\x01"s +
                                "\x02\x0F\x80\x06\x00\x01\x00\x00\x00"s + "b"s + "\x62\x00"s;
    const mail::Body whole =
        read(multi("mixed", {plain, part("application/ms-tnef; name=winmail.dat", winmail)}));
    EXPECT_THAT(names(whole), ElementsAre("b.txt"));
    EXPECT_EQ(whole.attachments[0].content, "b");
    EXPECT_THAT(
        names(read(multi("mixed", {plain, part("application/octet-stream; name=WinMail.dat", winmail)}))),
        ElementsAre("b.txt"));
    EXPECT_THAT(
        names(read(multi("mixed", {plain, part("application/ms-tnef; name=winmail.dat", winmail + "x")}))),
        ElementsAre("b.txt", "winmail.dat"));
    EXPECT_THAT(names(read(multi("mixed", {plain, part("application/ms-tnef; name=winmail.dat", "none")}))),
                ElementsAre("winmail.dat"));
}

TEST(Body, WhatIsSealedIsSaidAndKept) {
    const struct {
        std::string raw, warning;
    } cases[] = {
        {part("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "x"), "encrypted"},
        {part("application/x-pkcs7-mime; smime-type=signed-data; name=smime.p7m", "x"), "signed"},
        {part("application/pkcs7-mime", "\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"), "signed"},
        {part("application/pkcs7-mime", "\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03"), "encrypted"},
        {multi("encrypted",
               {part("application/pgp-encrypted", "Version: 1"), part("application/octet-stream", "x")}),
         "encrypted"},
        {multi("signed", {plain, part("application/pkcs7-signature; name=smime.p7s", "x")}), "signed"},
        {part("text/plain", "Hi\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nx\r\n-----END PGP MESSAGE-----\r\n"),
         "encrypted"},
        {part("text/plain", "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nx\r\n"), "signed"},
        {part("message/partial; id=\"i@x\"; number=1; total=2", "Subject: x\r\n\r\nfirst half"), "partial"},
        {part("text/plain",
              "=ybegin part=1 total=2 line=128 size=9 name=c\r\n\x6d\r\n=yend size=1 part=1\r\n"),
         "partial"},
    };
    for (const auto& test : cases) {
        const mail::Body body = read(test.raw);
        EXPECT_THAT(body.warnings, ElementsAre(test.warning)) << test.raw;
        EXPECT_TRUE(!body.attachments.empty() || body.text.find("PGP") != std::string::npos) << test.raw;
        EXPECT_THAT(mail::read_message(test.raw).header.warnings, Contains(test.warning));
    }
    EXPECT_THAT(read(part("text/plain", "they wrote -----BEGIN PGP MESSAGE----- there")).warnings, IsEmpty());
}

TEST(Body, WhatIsOnlySignedIsReadable) {
    // openssl cms -sign -nodetach -stream -nocerts -noattr -outform DER, of a multipart with a text and a
    // file
    const std::string cms =
        "MIAGCSqGSIb3DQEHAqCAMIACAQExDTALBglghkgBZQMEAgEwgAYJKoZIhvcNAQcBoIAkgAR7Q29udGVudC1UeXBlOiBtdWx0aXBh"
        "\r\n"
        "cnQvbWl4ZWQ7IGJvdW5kYXJ5PUINCg0KLS1CDQoNCnNpZ25lZCB0ZXh0DQotLUINCkNvbnRlbnQtVHlwZTogdGV4dC9wbGFpbjsg"
        "\r\n"
        "bmFtZT1hLnR4dA0KDQpmaWxlDQotLUItLQ0KAAAAAAAAMYGOMIGLAgEBMCQwDDEKMAgGA1UEAwwBeAIURWKqriE6MsdRoCasO9fy"
        "\r\n"
        "8KEQQb4wCwYJYIZIAWUDBAIBMAoGCCqGSM49BAMCBEcwRQIgJuMoMN8Qh8M0LinfqBuFYayf7RvXEV4hPq5YnuhHroUCIQCAlRUa"
        "\r\n"
        "iGPGIeJa1dlLwB0jNTBDA1OW5EpPpe6Alfk3egAAAAAAAA==\r\n";
    const std::string fields = "Content-Transfer-Encoding: base64\r\n";
    for (const std::string& raw :
         {part("application/pkcs7-mime; smime-type=signed-data", cms, fields),
          multi("mixed",
                {part("application/x-pkcs7-mime; name=smime.p7m", cms, fields), part("text/plain", "")})}) {
        const mail::Body body = read(raw);
        EXPECT_EQ(body.text.substr(0, 11), "signed text");
        EXPECT_THAT(names(body), ElementsAre("smime.p7m", "a.txt"));
        EXPECT_THAT(body.warnings, ElementsAre("signed"));
    }
    for (std::size_t size = 0; size < cms.size(); size += 8) {  // cut short: kept, and nothing worse
        const mail::Body body = read(part("application/pkcs7-mime", cms.substr(0, size), fields));
        ASSERT_FALSE(body.attachments.empty());
        EXPECT_EQ(body.attachments[0].name, "smime.p7m");
    }
}

TEST(Body, BytesAreDecodedAsTheyAreAndNotAsTheyAreCalled) {
    const auto encoded = [](const std::string& encoding, const std::string& content) {
        return read(part("text/plain", content, "Content-Transfer-Encoding: " + encoding + "\r\n")).text;
    };
    EXPECT_EQ(encoded("base64", "this is no base64 at all, is it?"), "this is no base64 at all, is it?");
    EXPECT_EQ(encoded("base64", "SGVs*bG8="), "Hello");
    EXPECT_EQ(encoded("quoted/printable", "a=3Db"), "a=b");
    EXPECT_EQ(encoded("quoted-printable", "a  \r\nb =\r\nc"), "a\nb c");
    EXPECT_EQ(encoded("8 bit", "a=3Db"), "a=3Db");
    EXPECT_EQ(encoded("x-uue", "begin 644 x\n#0V%T\n`\nend\n"), "Cat");
}

}  // namespace
