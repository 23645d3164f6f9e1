// Tables of HTML's names, found by their first letter: what is asked for each tag adds up.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace mail {

// `Entry` has a `name` that begins with a lower-case letter; the entries are sorted by it.
template <typename Entry, std::size_t size>
class HtmlNames {
  public:
    constexpr explicit HtmlNames(const std::array<Entry, size>& entries) : entries_(entries) {
        for (std::size_t letter = 0; letter < first_.size(); ++letter)
            while (first_[letter] < size &&
                   static_cast<std::size_t>(entries_[first_[letter]].name[0] - 'a') < letter)
                ++first_[letter];
    }

    // None for a name that is not there.
    [[nodiscard]] constexpr const Entry* find(std::string_view name) const {
        if (name.empty() || name[0] < 'a' || name[0] > 'z') return nullptr;
        const auto letter = static_cast<std::size_t>(name[0] - 'a');
        for (std::size_t i = first_[letter]; i < first_[letter + 1]; ++i)
            if (entries_[i].name == name) return &entries_[i];
        return nullptr;
    }

    [[nodiscard]] constexpr bool sorted() const {
        return std::is_sorted(entries_.begin(), entries_.end(),
                              [](const Entry& a, const Entry& b) { return a.name < b.name; });
    }

  private:
    std::array<Entry, size> entries_;
    std::array<std::size_t, 27> first_{};
};

}  // namespace mail
