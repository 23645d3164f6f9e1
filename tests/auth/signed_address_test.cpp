// Addresses that we sign: their form for ever, and that nobody else can make one.
#include "auth/signed_address.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace {

using auth::AddressId;
using auth::AddressKey;
using auth::AddressKeys;
using auth::AddressPurpose;
using Verdict = auth::AddressReading::Verdict;

const AddressKey first{1, std::string(32, 'k')}, second{2, "0123456789abcdef0123456789ABCDEF"};
constexpr AddressId id{0x01, 0x93, 0x5a, 0xf0, 0x11, 0x22, 0x73, 0x44,
                       0x95, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc};

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

// Made by Python's hmac and base64 (RFC 2104, RFC 4648 §6). Mail with such addresses is in the world's
// mailboxes for years: what these say may never change.
TEST(SignedAddress, TheFormStays) {
    const AddressKeys keys({first});
    EXPECT_EQ(keys.sign(AddressPurpose::bounce, 1, id), "b-aeazgwxqcerhgrevmz3yrgnkxpgh2qsfjbg6b2g5gqrifm3g");
    EXPECT_EQ(keys.sign(AddressPurpose::reply, 1, id), "r-aeazgwxqcerhgrevmz3yrgnkxpgb5w54ugrop55fpt33vc2g");
    EXPECT_EQ(AddressKeys({first, second}).sign(AddressPurpose::reply, 0x0102030405060708, AddressId{}),
              "r-aiaaaaaaaaaaaaaaaaaaaaaaaaaddhbun6qgys2vf7jmrpws");
    EXPECT_EQ(keys.sign(AddressPurpose::reply, 1, id).size(), 50U);
}

TEST(SignedAddress, WhatIsSignedNamesItsIdInAnyCase) {
    std::mt19937_64 random(20261122);
    const AddressKeys keys({first, second});
    for (int i = 0; i < 2000; ++i) {
        AddressId any{};
        for (auto& octet : any) octet = static_cast<std::uint8_t>(random());
        const auto workspace = static_cast<std::int64_t>(random() % 1000);
        const auto purpose = i % 2 == 0 ? AddressPurpose::bounce : AddressPurpose::reply;
        std::string text = keys.sign(purpose, workspace, any);
        EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567-"), std::string::npos) << text;
        for (char& c : text)
            if (random() % 2 == 0) c = upper(std::string(1, c))[0];
        const auth::AddressReading reading = keys.verify(text, workspace);
        EXPECT_EQ(reading.verdict, Verdict::genuine) << text;
        EXPECT_EQ(reading.purpose, purpose);
        EXPECT_EQ(reading.id, any);
        EXPECT_EQ(keys.verify(text, workspace + 1).verdict, Verdict::forged) << "of another workspace";
    }
}

TEST(SignedAddress, EachBitCounts) {
    const AddressKeys keys({first});
    const std::string genuine = keys.sign(AddressPurpose::reply, 7, id);
    constexpr std::string_view digits = "abcdefghijklmnopqrstuvwxyz234567";
    for (std::size_t at = 2; at < genuine.size(); ++at)
        for (const char digit : digits) {
            std::string text = genuine;
            text[at] = digit;
            EXPECT_EQ(keys.verify(text, 7).verdict, text == genuine ? Verdict::genuine : Verdict::forged)
                << text;
        }
    EXPECT_EQ(keys.verify("b" + genuine.substr(1), 7).verdict, Verdict::forged) << "for another purpose";
    EXPECT_EQ(keys.verify("b" + genuine.substr(1), 7).purpose, AddressPurpose::bounce);
}

TEST(SignedAddress, OtherLocalPartsAreNone) {
    const AddressKeys keys({first});
    const std::string genuine = keys.sign(AddressPurpose::reply, 1, id);
    for (const std::string& text :
         {std::string(), std::string("r"), std::string("r-"), std::string("support"), std::string("b-team"),
          genuine.substr(0, 49), genuine + "a", genuine + "+x", "x" + genuine.substr(1),
          "r_" + genuine.substr(2), genuine.substr(0, 49) + "1", genuine.substr(0, 49) + "=",
          genuine.substr(0, 49) + std::string(1, '\0'), genuine.substr(0, 49) + "\xC3",
          std::string(100'000, 'r')})
        EXPECT_EQ(keys.verify(text, 1).verdict, Verdict::not_one) << text.substr(0, 60);
}

TEST(SignedAddress, TheLastKeySignsAndAllVerify) {
    const AddressKeys old({first}), both({first, second}), young({second}), none;
    const std::string before = old.sign(AddressPurpose::bounce, 1, id);
    const std::string after = both.sign(AddressPurpose::bounce, 1, id);
    EXPECT_EQ(both.verify(before, 1).verdict, Verdict::genuine);
    EXPECT_EQ(both.verify(after, 1).verdict, Verdict::genuine);
    EXPECT_EQ(young.verify(before, 1).verdict, Verdict::forged);
    EXPECT_EQ(old.verify(after, 1).verdict, Verdict::forged);
    EXPECT_EQ(none.verify(after, 1).verdict, Verdict::forged);
    EXPECT_THROW((void)none.sign(AddressPurpose::bounce, 1, id), std::logic_error);
    const AddressKeys same_id({{2, "another"}});
    EXPECT_EQ(same_id.verify(after, 1).verdict, Verdict::forged);
}

}  // namespace
