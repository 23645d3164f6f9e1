#include "tickets/ticket.hpp"

#include <gtest/gtest.h>

namespace tickets {
namespace {

using Ids = std::vector<std::string>;

TEST(Status, NamesAreTheProducts) {
    for (const char* text : {"Open", "Pending", "Overdue", "Resolved"})
        EXPECT_EQ(name(*parse_status(text)), text);
    EXPECT_EQ(parse_status("rESOLVED"), Status::resolved);
    EXPECT_EQ(parse_status("closed"), std::nullopt);
    EXPECT_EQ(parse_status(""), std::nullopt);
}

TEST(Status, APersonsMailOpensWhateverItWas) {
    for (const Status status : {Status::open, Status::pending, Status::overdue, Status::resolved})
        EXPECT_EQ(after_mail(status, mail::Kind::human), Status::open);
}

TEST(Status, AMachinesMailLeavesItAsItWas) {
    using mail::Kind;
    for (const Status status : {Status::open, Status::pending, Status::overdue, Status::resolved})
        for (const Kind kind :
             {Kind::auto_reply, Kind::out_of_office, Kind::bounce, Kind::list, Kind::loop, Kind::report})
            EXPECT_EQ(after_mail(status, kind), status);
}

TEST(ShortId, IsEightCharactersOfTheRandomPart) {
    const Uuid uuid = *Uuid::parse("01234567-89ab-7cde-8f01-23ffffffffff");
    EXPECT_EQ(short_id(uuid), "zzzzzzzz");
    EXPECT_EQ(short_id(*Uuid::parse("01234567-89ab-7cde-8f01-230000000000")), "00000000");
}

TEST(ShortId, IsFoundInSubjectsAsWrittenByPeople) {
    EXPECT_EQ(short_ids_in("Re: [#k7m2q9xt] Printer"), Ids{"k7m2q9xt"});
    EXPECT_EQ(short_ids_in("[#K7M2Q9XT]"), Ids{"k7m2q9xt"});
    EXPECT_EQ(short_ids_in("[#k7m2q9xt] and [#aaaaaaaa] and [#k7m2q9xt]"), (Ids{"k7m2q9xt", "aaaaaaaa"}));
}

TEST(ShortId, NothingElseInASubjectCounts) {
    for (const char* subject :
         {"", "#k7m2q9xt", "[#k7m2q9x]", "[#k7m2q9xtt]", "[# k7m2q9x]", "[#k7m2q9xt", "[#", "[#k7-2q9xt]"})
        EXPECT_TRUE(short_ids_in(subject).empty()) << subject;
}

TEST(ShortId, ASubjectFullOfThemIsBounded) {
    std::string subject;
    for (int i = 0; i < 1000; ++i) subject += "[#aaaaa" + std::to_string(100 + i).substr(0, 3) + "]";
    EXPECT_LE(short_ids_in(subject).size(), 8U);
}

TEST(Ticket, APriorityHasAWordAndANumber) {
    for (const auto priority : {Priority::low, Priority::normal, Priority::high, Priority::urgent}) {
        EXPECT_EQ(parse_priority(name(priority)), priority);
        EXPECT_EQ(priority_of(static_cast<std::int64_t>(priority)), priority);
    }
    EXPECT_EQ(parse_priority("URGENT"), Priority::urgent);
    EXPECT_EQ(parse_priority("urgently"), std::nullopt);
    EXPECT_EQ(priority_of(0), std::nullopt);
    EXPECT_EQ(priority_of(5), std::nullopt);
}

}  // namespace
}  // namespace tickets
