#include "mail/sha256.hpp"

#include <gtest/gtest.h>

namespace mail {
namespace {

TEST(Sha256, GivesTheExamplesOfTheStandard) {  // FIPS 180-2, appendix B.1
    EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 in_parts;
    for (const char* part : {"a", "", "bc"}) in_parts.add(part);
    EXPECT_EQ(in_parts.finish(), sha256("abc"));
}

TEST(Hex, HasTwoDigitsAByte) {
    using namespace std::string_view_literals;
    EXPECT_EQ(hex("\0\x7f\x80\xff"sv), "007f80ff");
}

}  // namespace
}  // namespace mail
