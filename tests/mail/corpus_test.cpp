// Every mail of the public sets is read: nothing crashes, and all text is what PostgreSQL takes.
#include "mail/address.hpp"
#include "mail/encoded_word.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

fs::path corpora() {
    const char* const named = std::getenv("CORPORA");
    return named != nullptr ? fs::path(named) : fs::path(TICKETGATE_SOURCE_DIR) / "../shared/corpora";
}

std::string contents(const fs::path& file) {
    std::ifstream input(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(input), {}};
}

void expect_sound(const mail::Message& message, const fs::path& file) {
    const auto sound = [&](const std::string& text) {
        EXPECT_TRUE(mail::is_utf8(text) && text.find('\0') == std::string::npos) << file << ": " << text;
    };
    const mail::Header& header = message.header;
    sound(header.subject);
    sound(message.text);
    sound(message.html);
    for (const auto* list : {&header.from_all, &header.to, &header.cc, &header.reply_to})
        for (const auto& address : *list) {
            sound(address.name);
            sound(address.address);
        }
    for (const auto* list : {&header.in_reply_to, &header.references, &header.warnings})
        for (const auto& text : *list) sound(text);
    for (const auto& attachment : message.attachments) {
        sound(attachment.name);
        sound(attachment.type);
        sound(attachment.content_id);
    }
}

TEST(Corpus, EveryMailIsRead) {
    if (!fs::is_directory(corpora())) GTEST_SKIP() << "no corpora at " << corpora();
    std::size_t mails = 0, with_from = 0;
    for (const auto& entry : fs::recursive_directory_iterator(corpora())) {
        const std::string ending = entry.path().extension().string();
        if (!entry.is_regular_file() ||
            (ending != ".eml" && ending != ".txt" && ending != ".msg" && ending != ".raw"))
            continue;
        const std::string raw = contents(entry.path());
        const mail::Message message = mail::read_message(raw);
        expect_sound(message, entry.path());
        // What the intake decides by the header alone is what the whole mail says.
        EXPECT_EQ(mail::read_kind(raw, message.header, {}).kind, message.kind) << entry.path();
        ++mails;
        with_from += message.header.from ? 1 : 0;
    }
    std::cout << mails << " files read, " << with_from << " with a sender\n";
    EXPECT_GT(with_from, 3000u);
}

// Real mail of 2002: who wrote is known for all but the few spams that do not say.
TEST(Corpus, RealMailHasSenderSubjectAndText) {
    const fs::path folder = corpora() / "real-spamassassin";
    if (!fs::is_directory(folder)) GTEST_SKIP() << "no corpus at " << folder;
    std::size_t mails = 0, no_from = 0, no_text = 0, no_id = 0, too_complex = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file() || entry.path().filename().string().size() < 30) continue;
        const mail::Message message = mail::read_message(contents(entry.path()));
        ++mails;
        no_from += message.header.from && !message.header.from->address.empty() ? 0 : 1;
        no_text += mail::trim(message.text).empty() ? 1 : 0;
        no_id += message.header.message_id ? 0 : 1;
        too_complex += message.too_complex ? 1 : 0;
    }
    EXPECT_GE(mails, 3200u);
    EXPECT_LE(no_from, 10u);
    EXPECT_LE(no_text, 5u);
    EXPECT_LE(no_id, 100u);
    EXPECT_EQ(too_complex, 0u);
}

// 164 addresses that were made to break parsers.
TEST(Corpus, IsemailAddressesDoNoHarm) {
    const fs::path folder = corpora() / "address-isemail";
    if (!fs::is_directory(folder)) GTEST_SKIP() << "no corpus at " << folder;
    std::size_t read = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const std::string text = contents(entry.path());
        for (std::size_t at = text.find("<address>"); at != std::string::npos;
             at = text.find("<address>", at + 1)) {
            const std::size_t begin = at + 9, end = text.find("</address>", begin);
            for (const std::string& field : {text.substr(begin, end - begin),
                                             "\"x\" <" + text.substr(begin, end - begin) + ">, y@z.example"})
                for (const auto& address : mail::parse_addresses(mail::field_text(field)))
                    EXPECT_TRUE(mail::is_utf8(address.address));
            ++read;
        }
    }
    EXPECT_GE(read, 100u);
}

}  // namespace
