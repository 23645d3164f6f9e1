// The words by which machines give themselves away: in subjects and texts of absence notes, automatic
// answers and bounces, in the world's larger languages, and in local parts of addresses.
//
// Compared without case and accents, so `Reponse automatique` is found as well. None of these words is
// proof: people write about their absence notes too. mail/kind.cpp asks for a second signal.
#pragma once

#include <string>
#include <string_view>

namespace mail {

// Lower case without accents, blanks joined, full-width forms plain. At most `bytes` of the text are read.
[[nodiscard]] std::string folded(std::string_view utf8, std::size_t bytes);

struct SubjectWords {
    enum class What { nothing, away, automatic, bounce };
    What what = What::nothing;
    // `Automatic reply: Your order`: a program put its words before the subject that it answers. Of a
    // bounce: the subject begins with them.
    bool is_prefix = false;
};
[[nodiscard]] SubjectWords words_of_subject(std::string_view folded_subject);

// A bounce's words, and no "Re:" or "Fwd:" before them: those are a person's.
[[nodiscard]] bool is_bounce_subject(std::string_view folded_subject);

[[nodiscard]] bool speaks_of_absence(std::string_view folded_text);

// Local parts and names, without regard to their punctuation.
[[nodiscard]] bool is_no_reply(std::string_view local_part);
[[nodiscard]] bool is_mail_server(std::string_view name);  // mailer-daemon; postmaster is a person too

}  // namespace mail
