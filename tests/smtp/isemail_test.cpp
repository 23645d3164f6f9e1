// The 164 addresses of isemail, as sender and as recipient: made to break parsers of addresses.
#include "tests/support/memory_server.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

struct Case {
    std::string address;
    bool bad = false;  // no address, or by its own words none "within the envelope"
};

// The value of an element, with what XML and the set's own notes have escaped put back.
std::string text_of(const std::string& xml) {
    const std::vector<std::pair<std::string, std::string>> entities = {
        {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}};
    std::string text;
    for (std::size_t i = 0; i < xml.size();) {
        if (xml.compare(i, 5, "&#x24") == 0 && xml.find(';', i) == i + 7) {  // U+24xx: a control character
            text += static_cast<char>(std::stoi(xml.substr(i + 5, 2), nullptr, 16));
            i += 8;
            continue;
        }
        bool found = false;
        for (const auto& [name, value] : entities) {
            if (xml.compare(i, name.size(), name) != 0) continue;
            text += value;
            i += name.size();
            found = true;
            break;
        }
        if (!found) text += xml[i++];
    }
    return text;
}

std::vector<Case> cases(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string xml{std::istreambuf_iterator<char>(stream), {}};
    const auto element = [&](const std::string& name, std::size_t from, std::size_t to) {
        const std::size_t begin = xml.find("<" + name + ">", from), end = xml.find("</" + name + ">", from);
        if (begin == std::string::npos || end == std::string::npos || end > to) return std::string();
        return xml.substr(begin + name.size() + 2, end - begin - name.size() - 2);
    };
    std::vector<Case> all;
    for (std::size_t at = xml.find("<test id"); at != std::string::npos; at = xml.find("<test id", at + 1)) {
        const std::size_t end = xml.find("</test>", at);
        const std::string category = element("category", at, end);
        const bool good = category == "ISEMAIL_VALID_CATEGORY" || category == "ISEMAIL_DNSWARN" ||
                          category == "ISEMAIL_RFC5321";
        all.push_back({text_of(element("address", at, end)), !good});
    }
    return all;
}

std::string reply_to(const std::string& command) {
    test::FakeSink sink;
    test::MemoryServer server({}, sink);
    server.feed("EHLO client.example\r\n");
    if (command.starts_with("RCPT")) server.feed("MAIL FROM:<a@other.example>\r\n");
    const std::size_t before = server.replies.size();
    server.feed(command + "\r\n");
    EXPECT_EQ(server.replies.size(), before + 1) << command;
    server.feed("NOOP\r\n");
    EXPECT_EQ(server.replies.size(), before + 2) << command << ": out of step";
    return server.replies[before];
}

}  // namespace

TEST(Isemail, D20_every_address_has_one_answer) {
    const char* const named = std::getenv("CORPORA");
    const std::filesystem::path corpora =
        named ? std::filesystem::path(named)
              : std::filesystem::path(TICKETGATE_SOURCE_DIR) / "../shared/corpora";
    const auto file = corpora / "address-isemail" / "tests.xml";
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "no corpus at " << file;
    std::size_t agreed = 0, lines = 0;
    const std::vector<Case> all = cases(file);
    ASSERT_EQ(all.size(), 164U);
    for (const Case& each : all) {
        if (each.address.find('\n') != std::string::npos) continue;  // more than one command
        ++lines;
        const std::string mail = reply_to("MAIL FROM:<" + each.address + ">");
        const std::string rcpt = reply_to("RCPT TO:<" + each.address + ">");
        for (const std::string& reply : {mail, rcpt})
            EXPECT_TRUE(reply.starts_with("5") || reply.starts_with("250 ")) << reply;
        // An address that is none is a syntax error to us; what is one may be unknown, or not ours.
        const bool bad = rcpt.starts_with("501") || rcpt.starts_with("500");
        agreed += bad == each.bad ? 1 : 0;
        if (bad != each.bad) std::cout << (each.bad ? "taken: " : "refused: ") << each.address << '\n';
    }
    std::cout << "agreed on " << agreed << " of " << lines << '\n';
    RecordProperty("agreed", static_cast<int>(agreed));
    EXPECT_GE(agreed, lines * 9 / 10);
}
