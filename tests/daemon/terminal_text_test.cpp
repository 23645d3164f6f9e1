#include "daemon/terminal_text.hpp"

#include <gtest/gtest.h>

namespace {

using program::cut;

TEST(TerminalText, ALineIsCutToItsColumns) {
    struct Case {
        std::string line;
        std::size_t columns;
        std::string shown;
    };
    for (const Case& each :
         std::initializer_list<Case>{{"", 0, ""},
                                     {"abcdef", 6, "abcdef"},
                                     {"abcdef", 5, "ab..."},
                                     {"abcdef", 3, "..."},
                                     {"abcdef", 2, ".."},
                                     {"abcdef", 0, ""},
                                     {"\xc3\xa4\xc3\xb6\xc3\xbc", 3, "\xc3\xa4\xc3\xb6\xc3\xbc"},
                                     {"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f.", 4, "\xc3\xa4..."},
                                     {"\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac"},
                                     {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 5, "\xe6\x97\xa5..."},
                                     {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4, "..."},
                                     {"\xf0\x9f\x93\xa7"
                                      "abc",
                                      4, "..."},
                                     {"\x80\xff\xc3", 2, ".."}})
        EXPECT_EQ(cut(each.line, each.columns), each.shown) << each.line << " in " << each.columns;
}

}  // namespace
