#include "daemon/terminal_text.hpp"

#include <gtest/gtest.h>

namespace {

using program::cut;
using program::one_line;
using program::printable;

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

TEST(TerminalText, NothingMovesTheCursorTurnsTheOrderOrHides) {
    for (const auto& [text, shown] : std::initializer_list<std::pair<std::string, std::string>>{
             {"a\x1b[2Jb\x7f", "a [2Jb "},
             {"a\xc2\x9b"
              "2Jb",
              "a 2Jb"},                                                     // CSI as one C1 control
             {"invoice\xe2\x80\xaegpj.exe", "invoicegpj.exe"},              // right-to-left override
             {"\xe2\x81\xa6x\xe2\x81\xa9 \xd8\x9cy", "x y"},                // isolates, Arabic letter mark
             {"pay\xe2\x80\x8bpal\xef\xbb\xbf\xf3\xa0\x81\x81", "paypal"},  // no width; a tag character
             {"a\xc2\xa0"
              "b \xc3\xa4\xe6\x97\xa5\xf0\x9f\x93\xa7",
              "a b \xc3\xa4\xe6\x97\xa5\xf0\x9f\x93\xa7"}})
        EXPECT_EQ(printable(text), shown);
    EXPECT_EQ(printable("a\r\n\tb"), "a \n\tb");
    EXPECT_EQ(one_line("  a\n\tb "), "  a  b ") << "blanks in front stay";
}

}  // namespace
