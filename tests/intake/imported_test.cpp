#include "intake/imported.hpp"

#include <gtest/gtest.h>

namespace intake {
namespace {

using namespace std::chrono;

const store::Timestamp now = sys_days(year(2026) / 11 / 22);

store::Timestamp at(int y, unsigned m, unsigned d, int hour, int minute, int second) {
    return sys_days(year(y) / month(m) / day(d)) + hours(hour) + minutes(minute) + seconds(second);
}

TEST(TimeOfHeader, TheTopmostReceivedFieldCountsThenDate) {
    const std::string lower = "Received: from c by d; Mon, 2 Jan 2006 10:00:00 +0000\r\n";
    const std::string date = "Date: Sun, 1 Jan 2006 09:00:00 -0130\r\n\r\n";
    EXPECT_EQ(time_of_header(
                  "Received: from a (;) by b;\r\n\tMon, 2 Jan 2006 15:04:05 +0200\r\n" + lower + date, now),
              at(2006, 1, 2, 13, 4, 5));
    EXPECT_EQ(time_of_header("Received: from a by b\r\n" + lower + date, now), at(2006, 1, 1, 10, 30, 0))
        << "the topmost is the one that our side wrote";
    EXPECT_EQ(time_of_header(date, now), at(2006, 1, 1, 10, 30, 0));
}

TEST(TimeOfHeader, WhatCannotBeTrueIsNoTime) {
    for (const char* date :
         {"Thu, 1 Jan 1970 00:30:00 +0100", "Mon, 2 Jan 1950 10:00:00 +0000",
          "Mon, 23 Nov 2026 10:00:00 +0000", "Fri, 31 Dec 9999 10:00:00 +0000", "soon", ""}) {
        EXPECT_EQ(time_of_header(std::string("Date: ") + date + "\r\n\r\n", now), std::nullopt) << date;
    }
    EXPECT_EQ(time_of_header("Subject: x\r\n\r\n", now), std::nullopt);
    EXPECT_EQ(time_of_header("Date: Thu, 1 Jan 1970 00:30:00 +0000\r\n\r\n", now), at(1970, 1, 1, 0, 30, 0));
}

TEST(ImportId, IsOneForTheSameMailToTheSameMailbox) {
    EXPECT_EQ(import_id({1, 2}, "mail"), import_id({1, 2}, "mail"));
    EXPECT_NE(import_id({1, 2}, "mail"), import_id({1, 3}, "mail"));
    EXPECT_NE(import_id({1, 2}, "mail"), import_id({2, 2}, "mail"));
    EXPECT_NE(import_id({1, 2}, "mail"), import_id({1, 2}, "mail2"));
}

TEST(PrepareImported, IsMarkedAndHasWhatTheFileTells) {
    const smtp::Recipient to{{"support", "desk.example"}, {1, 10}};
    const auto id = import_id(to.destination, "x");
    const auto arrival = prepare_imported(
        "Return-Path: <Bounce@client.example>\r\nFrom: Ann <ann@client.example>\r\nMessage-ID: <1@c>\r\n\r\n",
        to, {}, id, at(2006, 1, 2, 3, 4, 5));
    EXPECT_TRUE(arrival.imported);
    EXPECT_EQ(arrival.reverse_path, "Bounce@client.example");
    EXPECT_EQ(arrival.trace, "") << "nothing was received by us";
    EXPECT_EQ(arrival.incoming.author, "ann@client.example");
    EXPECT_EQ(arrival.received, at(2006, 1, 2, 3, 4, 5));
    EXPECT_EQ(arrival.intake, id);
    EXPECT_EQ(prepare_imported("Return-Path: <>\r\n\r\n", to, {}, id, now).reverse_path, "");
    EXPECT_EQ(prepare_imported("Return-Path: nonsense\r\n\r\n", to, {}, id, now).reverse_path, "");
}

}  // namespace
}  // namespace intake
