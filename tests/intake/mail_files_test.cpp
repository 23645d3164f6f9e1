#include "intake/mail_files.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <vector>

namespace intake {
namespace {

namespace fs = std::filesystem;

struct MailFilesTest : testing::Test {
    fs::path folder = fs::temp_directory_path() / ("mail_files_test." + std::to_string(getpid()));

    void SetUp() override { fs::create_directory(folder); }
    void TearDown() override { fs::remove_all(folder); }

    std::string write(const std::string& name, const std::string& bytes) {
        fs::create_directories((folder / name).parent_path());
        std::ofstream(folder / name, std::ios::binary) << bytes;
        return (folder / name).string();
    }

    static std::vector<FileMail> read(const std::string& path, std::size_t max_size = 1 << 20) {
        const auto opened = open_mail_files(path, max_size);
        EXPECT_EQ(opened.problem, "");
        std::vector<FileMail> mails;
        while (auto mail = opened.mails->next()) mails.push_back(std::move(*mail));
        EXPECT_EQ(opened.mails->bytes(), opened.mails->bytes_read());
        return mails;
    }

    static std::vector<std::string> raws(const std::vector<FileMail>& mails) {
        std::vector<std::string> list;
        for (const auto& mail : mails) list.push_back(mail.raw);
        return list;
    }
};

const std::string from_line = "From ann@client.example Mon Jan  2 15:04:05 2006\n";

TEST_F(MailFilesTest, AnMboxIsCutAtItsFromLinesOnly) {
    const auto mails =
        read(write("a.mbox", from_line + "Subject: 1\n\nFrom the beginning\n\nFrom here on: nothing\n" +
                                 from_line + "no empty line before\n\n" + from_line + "Subject: 2\n\nbye\n"));
    ASSERT_EQ(mails.size(), 2U);
    EXPECT_EQ(mails[0].raw, "Subject: 1\r\n\r\nFrom the beginning\r\n\r\nFrom here on: nothing\r\n" +
                                from_line.substr(0, from_line.size() - 1) + "\r\nno empty line before\r\n");
    EXPECT_EQ(mails[1].raw, "Subject: 2\r\n\r\nbye\r\n");
    EXPECT_EQ(mails[0].place, (folder / "a.mbox").string() + ", mail 1 at byte 49");
    EXPECT_NE(mails[1].place.find("mail 2 at byte "), std::string::npos);
}

TEST_F(MailFilesTest, QuotedFromLinesLoseOneSign) {
    const auto mails =
        read(write("a.mbox", from_line + "Subject: 1\n\n>From x\n>>From y\n> From z\n>Fromage\nFrom\n"));
    EXPECT_EQ(raws(mails), std::vector<std::string>{
                               "Subject: 1\r\n\r\nFrom x\r\n>From y\r\n> From z\r\n>Fromage\r\nFrom\r\n"});
}

TEST_F(MailFilesTest, AnMboxOfCrlfLinesIsReadToo) {
    const std::string crlf = from_line.substr(0, from_line.size() - 1) + "\r\n";
    const auto mails =
        read(write("a.mbox", crlf + "Subject: 1\r\n\r\nx\r\n\r\n" + crlf + "Subject: 2\r\n\r\n"));
    EXPECT_EQ(raws(mails), (std::vector<std::string>{"Subject: 1\r\n\r\nx\r\n", "Subject: 2\r\n"}));
}

TEST_F(MailFilesTest, AMailThatIsTooLargeOrEmptyIsNamedAndTheRestIsRead) {
    const std::string long_line(300'000, 'x');
    const auto mails = read(write("a.mbox", from_line + "\n" + from_line + "S: 1\n\n" + long_line + "\n\n" +
                                                from_line + "S: 2\n\n" + long_line.substr(0, 90'000) + "\n"),
                            100'000);
    ASSERT_EQ(mails.size(), 3U);
    EXPECT_EQ(mails[0].problem, "is empty");
    EXPECT_EQ(mails[1].problem, "is larger than 100000 bytes (smtp.max_message_size)");
    EXPECT_EQ(mails[2].problem, "");
    EXPECT_EQ(mails[2].raw, "S: 2\r\n\r\n" + long_line.substr(0, 90'000) + "\r\n");
}

TEST_F(MailFilesTest, AnEmptyMboxHasNoMails) {
    EXPECT_TRUE(read(write("a.mbox", "")).empty());
}

TEST_F(MailFilesTest, OfAMaildirNewAndCurAreReadInTheOrderOfDelivery) {
    write("new/3.host", "Subject: 3\n\n");
    write("cur/1.host:2,S", "Subject: 1\n\n");
    write("cur/2.host:2,", "Subject: 2\n\n");
    write("tmp/0.host", "Subject: half\n\n");
    write("dovecot.index", "no mail");
    EXPECT_EQ(raws(read(folder.string())),
              (std::vector<std::string>{"Subject: 1\r\n\r\n", "Subject: 2\r\n\r\n", "Subject: 3\r\n\r\n"}));
}

TEST_F(MailFilesTest, OfAFolderEveryFileIsAMail) {
    write("b.eml", "Subject: b\r\n\r\nbare\nstays\r\n");
    write("deep/a", from_line + "Subject: a\n\nno end");
    write(".DS_Store", "not mail");
    write(".hidden/c.eml", "Subject: c\n\n");
    write("empty.eml", "");
    const auto mails = read(folder.string());
    EXPECT_EQ(raws(mails), (std::vector<std::string>{"Subject: a\r\n\r\nno end\r\n",
                                                     "Subject: b\r\n\r\nbare\nstays\r\n", ""}));
    EXPECT_EQ(mails[2].problem, "is empty");
    EXPECT_EQ(mails[2].place, (folder / "empty.eml").string());
}

TEST_F(MailFilesTest, WhatIsNoMailArchiveIsSaid) {
    EXPECT_NE(open_mail_files((folder / "none").string(), 9).problem.find("there is no "), std::string::npos);
    EXPECT_NE(open_mail_files(write("x.eml", "Subject: x\n\n"), 9).problem.find("is no mbox"),
              std::string::npos);
    EXPECT_NE(open_mail_files("/dev/null", 9).problem.find("neither"), std::string::npos);
}

TEST(AsItTravels, OnlyAFileOfLfLinesIsChanged) {
    EXPECT_EQ(as_it_travels("a\nb\r\nc"), "a\r\nb\r\nc\r\n");
    EXPECT_EQ(as_it_travels("a\r\nb\nc\r\n"), "a\r\nb\nc\r\n");
    EXPECT_EQ(as_it_travels("From x"), "");
    EXPECT_EQ(as_it_travels("From: x\n"), "From: x\r\n");
    EXPECT_EQ(as_it_travels("\n"), "\r\n");
}

}  // namespace
}  // namespace intake
