#include "mail/message_id.hpp"

#include "mail/encoded_word.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_set>

namespace mail {
namespace {

constexpr auto npos = std::string_view::npos;

struct Token {
    std::string id;
    std::string_view before;  // text between the token before and this one
};

std::vector<Token> bracketed(std::string_view text, std::string_view& rest) {
    std::vector<Token> tokens;
    std::size_t done = 0;
    for (std::size_t open = text.find('<'); open != npos; open = text.find('<', done)) {
        std::size_t end = text.find_first_of("<>", open + 1);
        const bool closed = end != npos && text[end] == '>';
        std::string_view inside =
            text.substr(open + 1, (closed ? end : std::min(end, text.size())) - open - 1);
        if (!closed) {  // cut off: only the first word can be the id
            inside = inside.substr(0, trim(inside).find_first_of(" \t,;") == npos
                                          ? npos
                                          : inside.find_first_of(" \t,;", inside.find_first_not_of(" \t")));
            end = open + inside.size();
        }
        // Obsolete syntax has blanks and comments (§4.5.4); a parenthesis without any blank is part of an id.
        std::string id;
        const bool obsolete =
            inside.size() <= 2 * max_id_bytes && std::any_of(inside.begin(), inside.end(), is_space);
        for (std::size_t i = 0; i < inside.size(); ++i) {
            const std::size_t close = obsolete && inside[i] == '(' ? inside.find(')', i) : npos;
            if (close != npos) {
                i = close;
            } else if (!is_space(inside[i])) {
                id += inside[i];
            }
        }
        tokens.push_back({std::move(id), text.substr(done, open - done)});
        done = end + 1;
    }
    rest = done < text.size() ? text.substr(done) : std::string_view();
    return tokens;
}

bool is_id(const std::string& id) {
    return !id.empty() && id.size() <= max_id_bytes;
}

// Some programs fold a long id into encoded-words.
std::string opened(std::string_view text) {
    return text.find("=?") != npos && text.find('<') == npos ? one_line(decode_words(text))
                                                             : std::string(text);
}

bool has_text(std::string_view between) {
    return std::any_of(between.begin(), between.end(),
                       [](char c) { return !is_space(c) && c != ',' && c != ';' && c != '>'; });
}

// `... from Joe Smith` before the bracket; not `Message from joe@x.example of Monday`.
bool names_a_sender(std::string_view before) {
    bool from = false;
    for (std::size_t at = 0; at < before.size();) {
        std::size_t end = at;
        while (end < before.size() && !is_space(before[end]) && before[end] != '(') ++end;
        const std::string_view word = before.substr(at, end - at);
        if (iequals(word, "from")) {
            from = true;
        } else if (iequals(word, "of") || word.find('@') != npos) {
            from = false;
        }
        at = end + 1;
    }
    return from;
}

// Ids that stand without brackets: words with an '@'.
std::vector<std::string> bare(std::string_view text, std::size_t& words) {
    std::vector<std::string> ids;
    constexpr std::string_view separators = " \t,;";
    words = 0;
    for (std::size_t at = 0; (at = text.find_first_not_of(separators, at)) != npos;) {
        const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
        ++words;
        std::string id(text.substr(at, end - at));
        std::erase(id, '>');
        if (id.find('@') != std::string::npos && is_id(id)) ids.push_back(std::move(id));
        at = end;
    }
    return ids;
}

std::vector<std::string> unique(std::vector<std::string> ids) {
    if (ids.size() < 2) return ids;
    std::unordered_set<std::string> seen;
    std::erase_if(ids, [&](const std::string& id) { return !seen.insert(id).second; });
    if (ids.size() > max_references)  // the root and the nearest ancestors say most
        ids.erase(ids.begin() + 1, ids.end() - (max_references - 1));
    return ids;
}

}  // namespace

std::optional<std::string> parse_message_id(std::string_view field) {
    const std::string text = opened(field);
    std::string_view rest;
    for (Token& token : bracketed(text, rest))
        if (is_id(token.id)) return std::move(token.id);
    if (text.find('<') != npos) return std::nullopt;
    std::size_t words = 0;
    auto ids = bare(text, words);
    if (!ids.empty()) return std::move(ids.front());
    std::string id;  // `PM20008:14:54 AM`: whatever it is, it is all that names the mail
    std::copy_if(text.begin(), text.end(), std::back_inserter(id),
                 [](char c) { return !is_space(c) && c != '>'; });
    return is_id(id) ? std::optional(std::move(id)) : std::nullopt;
}

std::vector<std::string> parse_references(std::string_view field, const IsAddress& is_address) {
    const std::string text = opened(field);
    std::string_view rest;
    std::vector<std::string> ids;
    for (Token& token : bracketed(text, rest))
        if (is_id(token.id) && !is_address(token.id)) ids.push_back(std::move(token.id));
    if (text.find('<') == npos) {
        std::size_t words = 0;
        ids = bare(text, words);
        std::erase_if(ids, is_address);
    }
    return unique(std::move(ids));
}

std::vector<std::string> parse_in_reply_to(std::string_view field, const IsAddress& is_address) {
    const std::string text = opened(field);
    std::string_view rest;
    std::vector<std::string> ids;
    bool free_text = false;
    for (Token& token : bracketed(text, rest)) {
        free_text = free_text || has_text(token.before);
        if (is_id(token.id) && !names_a_sender(token.before) && !is_address(token.id))
            ids.push_back(std::move(token.id));
    }
    free_text = free_text || has_text(rest);
    if (text.find('<') == npos) {
        std::size_t words = 0;
        ids = bare(text, words);
        std::erase_if(ids, is_address);
        free_text = words > 1 && words != ids.size();
        if (free_text) ids.clear();  // `joe@x.example's message of Monday`
    }
    // The id follows the phrase, or opens the field.
    if (free_text && ids.size() > 1) {
        if (!text.starts_with('<')) std::swap(ids.front(), ids.back());
        ids.resize(1);
    }
    return unique(std::move(ids));
}

std::vector<std::string> bracketed_tokens(std::string_view field) {
    constexpr std::size_t most = 10;
    const std::string text = opened(field);
    std::string_view rest;
    std::vector<std::string> ids;
    for (Token& token : bracketed(text, rest))
        if (is_id(token.id) && ids.size() < most) ids.push_back(std::move(token.id));
    return unique(std::move(ids));
}

}  // namespace mail
