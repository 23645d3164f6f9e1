// A table of words, asked by their first or last bytes: a text is compared with few of them, and most texts
// with none. No word is shorter than two bytes.
#pragma once

#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace mail {

class WordTable {
  public:
    enum class By { first, last };
    WordTable(std::span<const std::string_view> words, By by) : by_(by) {
        for (const std::string_view word : words) {
            const std::uint16_t pair = pair_of(word);
            pairs_[pair] = true;
            words_[pair % words_.size()].push_back(word);
        }
    }

    // Of the words that share the text's two first or last bytes, in their order: does `accept` take any?
    [[nodiscard]] bool any_near(std::string_view text, auto accept) const {
        if (text.size() < 2) return false;
        const std::uint16_t pair = pair_of(text);
        return pairs_[pair] && std::ranges::any_of(words_[pair % words_.size()], [&](std::string_view word) {
                   return pair_of(word) == pair && accept(word);
               });
    }
    [[nodiscard]] bool start(std::string_view text) const {
        return any_near(text, [&](std::string_view word) { return text.starts_with(word); });
    }
    // Anywhere in the text (the table is by first bytes), where `accept` takes the place and the word.
    [[nodiscard]] bool within(std::string_view text, auto accept) const {
        for (std::size_t at = 0; at + 1 < text.size(); ++at)
            if (pairs_[pair_at(text.data() + at)] && any_near(text.substr(at), [&](std::string_view word) {
                    return text.substr(at).starts_with(word) && accept(at, word);
                }))
                return true;
        return false;
    }
    [[nodiscard]] bool within(std::string_view text) const {
        return within(text, [](std::size_t, std::string_view) { return true; });
    }

  private:
    static std::uint16_t pair_at(const char* two) {
        std::uint16_t pair = 0;
        std::memcpy(&pair, two, sizeof pair);
        return pair;
    }
    [[nodiscard]] std::uint16_t pair_of(std::string_view text) const {
        return pair_at(text.data() + (by_ == By::first ? 0 : text.size() - 2));
    }

    By by_;
    std::array<std::vector<std::string_view>, 256> words_;
    std::bitset<256 * 256> pairs_;
};

// string_view's own cannot know the length while it compiles, and calls memcmp().
template <std::size_t Size>
[[nodiscard]] bool starts_with(std::string_view text, const char (&word)[Size]) {
    return text.size() >= Size - 1 && std::memcmp(text.data(), word, Size - 1) == 0;
}

}  // namespace mail
