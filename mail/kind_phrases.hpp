// The words of mail/kind_words.hpp, as they are written; kind_words.cpp folds them.
#pragma once

#include <span>

namespace mail {

using Phrases = std::span<const char* const>;

// What programs begin the subject of an absence note with; those who don't say that anybody is away; what
// mail servers write over mail that they could not deliver.
[[nodiscard]] Phrases away_subjects();
[[nodiscard]] Phrases automatic_subjects();
[[nodiscard]] Phrases server_subjects();
// Anywhere in the words of what is a machine's answer by other signs.
[[nodiscard]] Phrases absence_phrases();
// Local parts without their punctuation.
[[nodiscard]] Phrases no_reply_words();
[[nodiscard]] Phrases mail_server_words();

}  // namespace mail
