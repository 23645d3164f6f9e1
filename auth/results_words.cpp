#include "auth/results_words.hpp"

#include "mail/text.hpp"

#include <algorithm>

namespace auth {
namespace {

constexpr std::size_t longest_field = 16 * 1024, most_results = 100;

class Words {
  public:
    explicit Words(std::string_view text) : text_(text.substr(0, longest_field)) {}

    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] bool at(char c) const { return !at_end() && text_[at_] == c; }
    void skip() { ++at_; }

    // CFWS (RFC 5322 §3.2.2); what the comments say is added to `comments`.
    void skip_blanks(std::string* comments = nullptr) {
        while (!at_end()) {
            if (text_[at_] == '(') {
                take_comment(comments);
            } else if (mail::is_space(text_[at_])) {
                ++at_;
            } else {
                return;
            }
        }
    }

    // What stands together up to a blank, a comment, `;` or one of `ends`; quotes are opened.
    std::string take_word(std::string_view ends) {
        std::string word;
        while (!at_end()) {
            const char c = text_[at_];
            if (c == '"') {
                take_quoted(word);
                continue;
            }
            if (mail::is_space(c) || c == '(' || c == ';' || ends.find(c) != std::string_view::npos) break;
            word += c;
            ++at_;
        }
        return word;
    }

    // Behind the next `;` that stands in no quotes and no comment.
    void skip_result() {
        std::string ignored;
        while (!at_end()) {
            const char c = text_[at_];
            if (c == '"') {
                take_quoted(ignored);
            } else if (c == '(') {
                take_comment(nullptr);
            } else {
                ++at_;
                if (c == ';') return;
            }
        }
    }

  private:
    void take_quoted(std::string& into) {
        for (++at_; !at_end() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            if (text_[at_] != '\r' && text_[at_] != '\n') into += text_[at_];
        }
        ++at_;
    }
    void take_comment(std::string* into) {
        std::size_t depth = 0;
        if (into != nullptr && !into->empty()) *into += ' ';
        for (; !at_end(); ++at_) {
            const char c = text_[at_];
            if (c == '\\') {
                ++at_;
            } else if (c == '(') {
                ++depth;
            } else if (c == ')' && --depth == 0) {
                ++at_;
                return;
            } else if (into != nullptr) {
                *into += c;
            }
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::string_view StatedResult::get(std::string_view property) const {
    const auto found = std::find_if(properties.begin(), properties.end(),
                                    [&](const auto& one) { return one.first == property; });
    return found == properties.end() ? std::string_view() : std::string_view(found->second);
}

ClaimedId claimed_id(std::string_view field_value) {
    ClaimedId id;
    Words words(field_value);
    words.skip_blanks();
    id.first = id.joined = words.take_word("");
    for (words.skip_blanks(); !words.at_end() && !words.at(';'); words.skip_blanks())
        id.joined += words.take_word("");
    return id;
}

std::vector<StatedResult> stated_results(std::string_view field_value) {
    std::vector<StatedResult> results;
    Words words(field_value);
    words.skip_result();  // the id
    while (!words.at_end() && results.size() < most_results) {
        StatedResult stated;
        for (words.skip_blanks(&stated.comment); !words.at_end() && !words.at(';');
             words.skip_blanks(&stated.comment)) {
            std::string name = mail::lower(words.take_word("=/"));
            words.skip_blanks(&stated.comment);
            if (words.at('/')) {  // the method's version
                words.skip();
                words.skip_blanks(&stated.comment);
                (void)words.take_word("=");
                words.skip_blanks(&stated.comment);
            }
            if (!words.at('=')) continue;  // a word that says nothing: `none`, or prose
            words.skip();
            words.skip_blanks(&stated.comment);
            std::string value = words.take_word("");
            if (stated.method.empty()) {
                stated.method = std::move(name);
                stated.result = mail::lower(value);
            } else {
                stated.properties.emplace_back(std::move(name), std::move(value));
            }
        }
        words.skip_result();
        if (!stated.method.empty()) results.push_back(std::move(stated));
    }
    return results;
}

}  // namespace auth
