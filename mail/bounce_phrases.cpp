#include "mail/bounce_phrases.hpp"

#include "mail/bounce_phrase_lists.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace mail {
namespace {

// The phrases, ready to look up by their first two letters: one pass over the words finds them all.
class Index {
  public:
    explicit Index(std::span<const BouncePhrases> groups) : heads_(std::size_t{1} << 14) {
        for (const BouncePhrases& group : groups) {
            std::string_view rest = group.list;
            while (!rest.empty()) {
                const std::size_t end = std::min(rest.find_first_of("|\n"), rest.size());
                const std::string_view phrase = rest.substr(0, end);
                if (phrase.size() >= 2) heads_[head(phrase)].emplace_back(phrase, group.reason);
                rest.remove_prefix(std::min(end + 1, rest.size()));
            }
        }
    }

    ReasonSet find(std::string_view words) const {
        ReasonSet found;
        std::set<const char*>
            failed;  // what does not go on behind its first place does not behind a later one
        for (std::size_t at = 0; at + 1 < words.size(); ++at) {
            for (const auto& [phrase, reason] : heads_[head(words.substr(at))]) {
                if (found[static_cast<std::size_t>(reason)]) continue;
                const std::size_t star = phrase.find('*');
                if (!words.substr(at).starts_with(phrase.substr(0, star))) continue;
                if (star != std::string_view::npos) {
                    if (!failed.insert(phrase.data()).second || !has_phrase(words.substr(at), phrase))
                        continue;
                }
                found.set(static_cast<std::size_t>(reason));
            }
        }
        return found;
    }

  private:
    static std::size_t head(std::string_view phrase) {
        return static_cast<std::size_t>(phrase[0] & 0x7f) << 7 | static_cast<std::size_t>(phrase[1] & 0x7f);
    }
    std::vector<std::vector<std::pair<std::string_view, Reason>>> heads_;
};

}  // namespace

bool has_phrase(std::string_view text, std::string_view phrase) {
    for (;;) {
        const std::size_t star = phrase.find('*');
        const std::string_view piece = phrase.substr(0, star);
        const std::size_t at = text.find(piece);
        if (at == std::string_view::npos) return false;
        if (star == std::string_view::npos) return true;
        text.remove_prefix(at + piece.size());
        phrase.remove_prefix(star + 1);
    }
}

ReasonSet reasons_in(std::string_view words) {
    static const Index index(common_phrases);
    return index.find(words);
}

Reason certain_reason_in(std::string_view words) {
    static const Index index(certain_phrases);
    const ReasonSet found = index.find(words);
    for (const BouncePhrases& group : certain_phrases)
        if (found[static_cast<std::size_t>(group.reason)]) return group.reason;
    return Reason::undefined;
}

}  // namespace mail
