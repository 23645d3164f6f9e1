// Folding eight bytes at a time and asking a table by two bytes give what the simple way gives.
#include "mail/folded_line.hpp"
#include "mail/text.hpp"
#include "mail/word_table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using mail::WordTable;

std::string simply_folded(std::string_view line) {
    std::string out;
    for (const char c : line) {
        const bool blank = c == ' ' || c == '\t' || c == '\r';
        if (blank && (out.empty() || out.back() == ' ')) continue;
        out += blank ? ' ' : mail::lower(c);
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

bool simply_marked(std::string_view folded) {
    return folded.find_first_of("0123456789:;<=>?@") != std::string_view::npos;
}

TEST(FoldedLine, EachByteAtEachPlace) {
    for (int byte = 1; byte < 0x80; ++byte)
        for (std::size_t at = 0; at < 20; ++at)
            for (const char other : {' ', 'A', '\t'}) {
                std::string line = "Joe said, That is It";
                line[at] = static_cast<char>(byte);
                if (at > 0) line[at - 1] = other;
                mail::LineFolder folder(line.size());
                const mail::FoldedLine folded = folder.fold(line);
                EXPECT_EQ(folded.text, simply_folded(line)) << byte << ' ' << at;
                EXPECT_EQ(folded.marked, simply_marked(folded.text)) << byte << ' ' << at;
                EXPECT_EQ(mail::fold_line(line), folded.text);
            }
}

TEST(FoldedLine, OtherScripts) {
    const struct {
        const char* line;
        const char* folded;
        bool marked;
    } cases[] = {
        {"\u00c4rger \u00a0\u3000 MIT \u00c9mile", "\u00e4rger mit \u00e9mile", false},
        {"\u041e\u0442: Joe", "\u043e\u0442: joe", true},
        {"\uff1a", ":", true},
        {"am \u0663. M\u00e4rz", "am 3. m\u00e4rz", true},
        {"On\u200b M\u00adonday", "on monday", false},
        {"12345678\u00c4abcdefgh 9", "12345678\u00e4abcdefgh 9", true},
        {"abcdefg \u00a0 h", "abcdefg h", false},
        {"\U0001f600 SMILE", "\U0001f600 smile", false},
        {"", "", false},
        {" \t\u00a0 ", "", false},
    };
    for (const auto& one : cases) {
        mail::LineFolder folder(std::string_view(one.line).size());
        const mail::FoldedLine folded = folder.fold(one.line);
        EXPECT_EQ(folded.text, one.folded) << one.line;
        EXPECT_EQ(folded.marked, one.marked) << one.line;
        EXPECT_EQ(mail::fold_line(one.line), one.folded);
    }
    EXPECT_EQ(mail::fold_line(std::string(mail::max_marked_line + 1, 'x')), "");
    EXPECT_EQ(mail::fold_line(std::string(mail::max_marked_line, 'X')),
              std::string(mail::max_marked_line, 'x'));
}

TEST(FoldedLine, ManyInOneBuffer) {
    mail::LineFolder folder(9);
    const mail::FoldedLine first = folder.fold("A  B");
    const mail::FoldedLine second = folder.fold("5 \u00c4");
    EXPECT_EQ(first.text, "a b");
    EXPECT_EQ(second.text, "5 \u00e4");
    EXPECT_FALSE(first.marked);
    EXPECT_TRUE(second.marked);
}

TEST(WordTable, IsAskedByTwoBytes) {
    const std::vector<std::string_view> words{"on ", "one", "wrote", "\u00e9crit", "te"};
    const WordTable first(words, WordTable::By::first), last(words, WordTable::By::last);
    EXPECT_TRUE(first.start("on monday"));
    EXPECT_TRUE(first.start("\u00e9crit"));
    EXPECT_FALSE(first.start("only"));
    EXPECT_FALSE(first.start("o"));
    EXPECT_FALSE(first.start(""));
    EXPECT_TRUE(first.within("he wrote it"));
    EXPECT_TRUE(first.within("te"));
    EXPECT_FALSE(first.within("t e"));
    EXPECT_FALSE(first.within("o"));
    std::vector<std::string_view> near;
    EXPECT_FALSE(last.any_near("joe wrote", [&](std::string_view word) {
        near.push_back(word);
        return false;
    }));
    EXPECT_EQ(near, (std::vector<std::string_view>{"wrote", "te"}));
}

}  // namespace
