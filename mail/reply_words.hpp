// The tables behind mail/reply_marks.hpp; folded as fold_line() does it.
#pragma once

#include "mail/reply_marks.hpp"

#include <span>
#include <string_view>

namespace mail::reply_words {

struct Label {
    std::string_view word;
    unsigned bits;
};

extern const std::span<const std::string_view> openers;       // "on ", "am "
extern const std::span<const std::string_view> verbs;         // "wrote", "a écrit"
extern const std::span<const std::string_view> spoken_verbs;  // said, writes: as often a person's own words
extern const std::span<const std::string_view> quoting;       // "quoting ": the name follows
extern const std::span<const std::string_view> separators;    // "original message"
extern const std::span<const std::string_view> reply_above;
extern const std::span<const std::string_view> device_openers;  // "sent from"
extern const std::span<const std::string_view> device_ends;     // "から送信"
extern const std::span<const std::string_view> devices;         // "iphone"
extern const std::span<const std::string_view> formulas;        // "best regards"
extern const std::span<const Label> labels;

}  // namespace mail::reply_words
