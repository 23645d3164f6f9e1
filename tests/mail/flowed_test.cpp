#include "mail/flowed.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(Flowed, ParagraphsAreWholeAgain) {
    const struct {
        const char* text;
        bool delsp;
        const char* expected;
    } cases[] = {
        {"one \ntwo \nthree\nfour\n", false, "one two three\nfour\n"},
        {"one\n\ntwo\n", false, "one\n\ntwo\n"},
        {"\xE4\xBD\xA0 \n\xE5\xA5\xBD\n", true, "\xE4\xBD\xA0\xE5\xA5\xBD\n"},
        {"> one \n> two\nthree\n", false, "> one two\nthree\n"},
        {">> deep \n> less deep\n", false, ">> deep \n> less deep\n"},  // §4.5: depths never join
        {"> quoted \nmine\n", false, "> quoted \nmine\n"},
        {">\n> x\n", false, ">\n> x\n"},
        {" >no quote\n From here\n", false, ">no quote\nFrom here\n"},  // stuffed blanks
        {"text \n-- \nJoe\n", false, "text \n-- \nJoe\n"},
        {"-- \nJoe \nDoe\n", true, "-- \nJoeDoe\n"},
        {"open end ", false, "open end "},
        {"", false, ""},
        {"\n", false, "\n"},
    };
    for (const auto& test : cases) EXPECT_EQ(mail::unflow(test.text, test.delsp), test.expected) << test.text;
}

}  // namespace
