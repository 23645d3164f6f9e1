#include "outbound/dane.hpp"

#include "tests/support/authority.hpp"

#include <gtest/gtest.h>

namespace outbound {
namespace {

using Demand = Dane::Demand;
using Status = net::DnsAnswer::Status;

std::string tlsa(unsigned usage, unsigned selector, unsigned matching, std::size_t length, char fill = 'x') {
    return std::string{static_cast<char>(usage), static_cast<char>(selector), static_cast<char>(matching)} +
           std::string(length, fill);
}

net::DnsAnswer answer(std::vector<std::string> records, bool secure = true) {
    return {.status = Status::found, .secure = secure, .records = std::move(records)};
}

std::string whole(unsigned usage, unsigned selector, const std::string& der) {
    return tlsa(usage, selector, 0, 0) + der;
}

TEST(Dane, which_records_are_usable) {  // H16
    const auto made = test::Authority().self_signed({"mx.client.example"});
    const std::pair<std::string, bool> table[] = {
        {tlsa(3, 1, 1, 32), true},
        {tlsa(3, 0, 1, 32), true},
        {tlsa(2, 0, 1, 32), true},
        {tlsa(2, 1, 2, 64), true},
        {tlsa(3, 1, 2, 64), true},
        {whole(3, 0, made.der), true},
        {whole(2, 0, made.der), true},
        {whole(3, 1, made.key_der), true},
        {whole(2, 1, made.key_der), true},
        {whole(3, 1, made.der), false},
        {whole(3, 0, made.key_der), false},
        {whole(3, 0, made.der + "x"), false},
        {whole(3, 1, made.key_der + "x"), false},
        {whole(3, 0, made.der.substr(0, made.der.size() - 1)), false},
        {tlsa(3, 0, 0, 500), false},
        {tlsa(3, 1, 0, 91), false},
        {tlsa(0, 1, 1, 32), false},
        {tlsa(1, 1, 1, 32), false},
        {tlsa(4, 1, 1, 32), false},
        {tlsa(255, 1, 1, 32), false},
        {tlsa(3, 2, 1, 32), false},
        {tlsa(3, 255, 1, 32), false},
        {tlsa(3, 1, 3, 32), false},
        {tlsa(3, 1, 255, 32), false},
        {tlsa(3, 1, 1, 31), false},
        {tlsa(3, 1, 1, 33), false},
        {tlsa(3, 1, 1, 19), false},
        {tlsa(3, 1, 1, 0), false},
        {tlsa(3, 1, 2, 32), false},
        {tlsa(3, 1, 2, 63), false},
        {tlsa(3, 1, 0, 0), false},
        {tlsa(3, 1, 0, 31), false},
        {"", false},
        {"\3", false},
        {"\3\1", false},
    };
    for (const auto& [record, usable] : table) {
        const Dane dane = dane_of(answer({record}));
        EXPECT_EQ(dane.demand, usable ? Demand::match : Demand::encrypt) << testing::PrintToString(record);
        EXPECT_EQ(dane.records.size(), usable ? 1U : 0U);
    }
}

TEST(Dane, what_the_answer_demands) {
    EXPECT_EQ(dane_of({.status = Status::no_records, .secure = true}).demand, Demand::none);
    EXPECT_EQ(dane_of({.status = Status::no_name, .secure = true}).demand, Demand::none);
    EXPECT_EQ(dane_of({.status = Status::no_records}).demand, Demand::none);
    EXPECT_EQ(dane_of(answer({tlsa(3, 1, 1, 32)}, false)).demand, Demand::none) << "nobody vouches for it";
    EXPECT_EQ(dane_of({.status = Status::failed, .why = "bogus"}).demand, Demand::not_known);
}

TEST(Dane, usable_ones_count_beside_others_and_once) {
    const Dane dane =
        dane_of(answer({tlsa(0, 0, 1, 32), tlsa(3, 1, 1, 32), "", tlsa(3, 1, 1, 32), tlsa(2, 0, 2, 64)}));
    EXPECT_EQ(dane.demand, Demand::match);
    ASSERT_EQ(dane.records.size(), 2U);
    EXPECT_EQ(dane.records[0].usage, 3);
    EXPECT_EQ(dane.records[1].data, std::string(64, 'x'));
}

TEST(Dane, a_thousand_records_are_cut) {
    std::vector<std::string> many;
    for (int i = 0; i < 1000; ++i)
        many.push_back(tlsa(3, 1, 1, 31) + static_cast<char>(i % 251) + std::string());
    EXPECT_LE(dane_of(answer(many)).records.size(), 32U);
}

}  // namespace
}  // namespace outbound
