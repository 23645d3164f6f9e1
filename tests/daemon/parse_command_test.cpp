#include "daemon/parse_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace {

const std::string folder = std::string(TICKETGATE_SOURCE_DIR) + "/tests/mail/";

TEST(ParseCommand, OneObjectAMailWithTheKeysInOrder) {
    std::ostringstream out, err;
    EXPECT_EQ(program::parse_files({.paths = {folder + "forward_only.eml"}, .jsonl = true, .mail_from = {}},
                                   out, err),
              0);
    const std::string line = out.str();
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    std::size_t at = 0;
    for (const char* key :
         {"file", "subject", "from", "from_all", "to", "cc", "reply_to", "date", "message_id", "in_reply_to",
          "references", "text", "html", "attachments", "warnings"}) {
        const std::size_t found = line.find("\"" + std::string(key) + "\":", at);
        ASSERT_NE(found, std::string::npos) << key;
        at = found + 1;
    }
    EXPECT_THAT(line, testing::HasSubstr("\"from\":{\"name\":\"\",\"address\":\"ann@customer.example\"}"));
    EXPECT_THAT(line, testing::HasSubstr("\"date\":null,\"message_id\":null"));
    EXPECT_THAT(line,
                testing::HasSubstr("{\"name\":\"It is broken.eml\",\"type\":\"message/rfc822\",\"size\":"));
    EXPECT_EQ(err.str(), "");
}

TEST(ParseCommand, WalksADirectoryInTheOrderOfNames) {
    std::ostringstream out, err;
    EXPECT_EQ(program::parse_files({.paths = {folder}, .jsonl = true, .mail_from = {}}, out, err), 0);
    const std::string text = out.str();
    EXPECT_LT(text.find("forward_only.eml\""), text.find("html_only.eml\""));
    EXPECT_LT(text.find("html_only.eml\""), text.find("unclosed.eml\""));
}

TEST(ParseCommand, AFileThatCannotBeReadIsStatusTwoAndTheOthersArePrinted) {
    std::ostringstream out, err;
    EXPECT_EQ(
        program::parse_files(
            {.paths = {folder + "no-such-file", folder + "unclosed.eml"}, .jsonl = true, .mail_from = {}},
            out, err),
        2);
    EXPECT_THAT(err.str(), testing::HasSubstr("no-such-file"));
    EXPECT_THAT(out.str(), testing::HasSubstr("\"subject\":\"inner part never closed\""));
}

TEST(ParseCommand, PrettyForPeople) {
    std::ostringstream out, err;
    EXPECT_EQ(program::parse_files({.paths = {folder + "old_client.eml"}, .jsonl = false, .mail_from = {}},
                                   out, err),
              0);
    EXPECT_THAT(out.str(),
                testing::HasSubstr("\n  \"from\": {\n    \"name\": \"Joe of the \\\"old\\\" client\",\n"));
    EXPECT_THAT(out.str(), testing::HasSubstr("\n  \"attachments\": [],\n"));
}

}  // namespace
