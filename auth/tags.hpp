// Tag lists, `v=1; a=rsa-sha256; ...`: what DKIM-Signature, ARC-Seal and key records are written in.
// RFC 6376 §3.2, with UTF-8 in values as RFC 8616 allows.
//
// Linear and total. A list with a broken tag, an empty one amid others, a name twice, or more than `max_tags`
// is no list at all: which of two values was meant is a question that an attacker must not get to ask.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

inline constexpr std::size_t max_tags = 50;

struct Tag {
    std::string_view name;   // case matters
    std::string_view value;  // without blanks and folds around it; those within stay
    std::string_view place;  // all between `=` and `;`
};

class TagList {
  public:
    [[nodiscard]] static std::optional<TagList> parse(std::string_view text);

    [[nodiscard]] const Tag* find(std::string_view name) const;
    [[nodiscard]] std::optional<std::string_view> value(std::string_view name) const;
    [[nodiscard]] const std::vector<Tag>& tags() const { return tags_; }  // never empty

  private:
    std::vector<Tag> tags_;
};

// `a : b` taken apart at the colons, blanks and folds around each gone; empty ones are left out.
[[nodiscard]] std::vector<std::string_view> colon_list(std::string_view value);

// RFC 4648 base64 with folds anywhere; padding may be missing, nothing may stand behind it.
[[nodiscard]] std::optional<std::string> strict_base64(std::string_view text);

// Digits alone; what is too large for the type is its largest.
[[nodiscard]] std::optional<std::uint64_t> decimal(std::string_view text);

}  // namespace auth
