#include "mail/safe_style.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace mail {
namespace {

constexpr std::size_t max_style = 8 * 1024;

enum Kind : unsigned {
    word = 1,
    colour = 2,
    number = 4,    // bare, a length or a percentage
    negative = 8,  // a number below zero, down to -200
    string = 16,
    separator = 32  // comma or slash
};
constexpr unsigned size = word | number;
constexpr unsigned edge = word | number | colour;

struct Property {
    std::string_view name;
    unsigned kinds;
};
constexpr auto properties = std::to_array<Property>({
    {"background", word | colour},  // its colour alone
    {"background-color", word | colour},
    {"border", edge},
    {"border-bottom", edge},
    {"border-bottom-color", word | colour},
    {"border-bottom-left-radius", number},
    {"border-bottom-right-radius", number},
    {"border-bottom-style", word},
    {"border-bottom-width", size},
    {"border-collapse", word},
    {"border-color", word | colour},
    {"border-left", edge},
    {"border-left-color", word | colour},
    {"border-left-style", word},
    {"border-left-width", size},
    {"border-radius", number | separator},
    {"border-right", edge},
    {"border-right-color", word | colour},
    {"border-right-style", word},
    {"border-right-width", size},
    {"border-spacing", number},
    {"border-style", word},
    {"border-top", edge},
    {"border-top-color", word | colour},
    {"border-top-left-radius", number},
    {"border-top-right-radius", number},
    {"border-top-style", word},
    {"border-top-width", size},
    {"border-width", size},
    {"box-sizing", word},
    {"caption-side", word},
    {"clear", word},
    {"color", word | colour},
    {"direction", word},
    {"display", word},
    {"empty-cells", word},
    {"float", word},
    {"font", word | number | string | separator},
    {"font-family", word | string | separator},
    {"font-size", size},
    {"font-stretch", word},
    {"font-style", word},
    {"font-variant", word},
    {"font-weight", size},
    {"height", size},
    {"letter-spacing", size | negative},
    {"line-height", size},
    {"list-style", word},
    {"list-style-position", word},
    {"list-style-type", word},
    {"margin", size},
    {"margin-bottom", size},
    {"margin-left", size},
    {"margin-right", size},
    {"margin-top", size},
    {"max-height", size},
    {"max-width", size},
    {"min-height", size},
    {"min-width", size},
    {"overflow-wrap", word},
    {"padding", size},
    {"padding-bottom", size},
    {"padding-left", size},
    {"padding-right", size},
    {"padding-top", size},
    {"table-layout", word},
    {"text-align", word},
    {"text-decoration", word | colour},
    {"text-decoration-color", word | colour},
    {"text-decoration-line", word},
    {"text-decoration-style", word},
    {"text-indent", size | negative},
    {"text-transform", word},
    {"vertical-align", size},
    {"white-space", word},
    {"width", size},
    {"word-break", word},
    {"word-spacing", size},
    {"word-wrap", word},
});

bool is_css_space(char c) {
    return is_space(c) || c == '\f';
}
bool is_word_char(char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_';
}

struct Unit {
    std::string_view name;
    double most;
};
constexpr auto units = std::to_array<Unit>({{"", 10000},
                                            {"%", 1000},
                                            {"px", 5000},
                                            {"pt", 4000},
                                            {"em", 300},
                                            {"rem", 300},
                                            {"ex", 500},
                                            {"ch", 500},
                                            {"in", 60},
                                            {"cm", 140},
                                            {"mm", 1400},
                                            {"pc", 350},
                                            {"vw", 200},
                                            {"vh", 200}});

struct Token {
    Kind kind = word;
    std::string text;
    bool bad = false;
};

class Lexer {
  public:
    explicit Lexer(std::string_view value) : value_(value) {}

    std::optional<Token> next() {
        while (at_ < value_.size() && is_css_space(value_[at_])) ++at_;
        if (at_ == value_.size() || value_[at_] == '!') return std::nullopt;  // `!important` is for us to say
        const char c = value_[at_];
        const char after = at_ + 1 < value_.size() ? value_[at_ + 1] : '\0';
        if (is_alpha(c) || (c == '-' && is_alpha(after))) return read_word();
        if (is_digit(c) || c == '.' || c == '+' || c == '-') return read_number();
        if (c == '#') return read_hex();
        if (c == '"' || c == '\'') return read_string();
        if (c == '/' && after == '*') return bad(value_.size());
        if (c == ',' || c == '/') {
            ++at_;
            return Token{separator, std::string(1, c)};
        }
        return bad(at_ + 1);
    }

  private:
    Token bad(std::size_t end) {
        at_ = end;
        return {word, "", true};
    }

    Token read_word() {
        const std::string_view name = take_word();
        if (at_ < value_.size() && value_[at_] == '(') return function(lower(name));
        return {word, std::string(name), name.size() > 60};
    }

    // Of functions only colours in numbers.
    Token function(const std::string& name) {
        const std::size_t end = value_.find(')', at_);
        if (end == std::string_view::npos) return bad(value_.size());
        const std::string_view arguments = value_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        if ((name != "rgb" && name != "rgba" && name != "hsl" && name != "hsla") || arguments.size() > 80)
            return {word, "", true};
        std::string text = name + "(";
        bool blank = false;
        for (const char c : arguments) {
            if (is_css_space(c)) {
                blank = text.back() != '(' && text.back() != ',';
                continue;
            }
            if (!is_digit(c) && c != '.' && c != '%' && c != ',' && c != '/') return {word, "", true};
            if (blank && c != ',') text += ' ';
            blank = false;
            text += c;
        }
        return {colour, text + ")"};
    }

    Token read_number() {
        const bool below_zero = value_[at_] == '-';
        if (below_zero || value_[at_] == '+') ++at_;
        const std::size_t begin = at_;
        while (at_ < value_.size() && (is_digit(value_[at_]) || value_[at_] == '.')) ++at_;
        const std::string_view digits = value_.substr(begin, at_ - begin);
        std::string unit;
        if (at_ < value_.size() && value_[at_] == '%') {
            unit = "%";
            ++at_;
        } else {
            unit = lower(take_word());
        }
        double amount = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), amount);
        const auto* known =
            std::find_if(units.begin(), units.end(), [&](const Unit& one) { return one.name == unit; });
        const bool fits = error == std::errc() && end == digits.data() + digits.size() &&
                          digits.size() <= 12 && known != units.end() &&
                          amount <= (below_zero ? 200 : known->most);
        return {below_zero && amount > 0 ? negative : number,
                (below_zero ? "-" : "") + std::string(digits) + unit, !fits};
    }

    Token read_hex() {
        const std::size_t begin = at_++;
        while (at_ < value_.size() && is_word_char(value_[at_])) ++at_;
        const std::string_view text = value_.substr(begin, at_ - begin);
        const bool all_hex =
            std::all_of(text.begin() + 1, text.end(), [](char c) { return hex_digit(c) >= 0; });
        return {colour, lower(text),
                !all_hex || (text.size() != 4 && text.size() != 5 && text.size() != 7 && text.size() != 9)};
    }

    // A font's name. Anything but letters, digits and blanks could be meant for a parser that errs.
    Token read_string() {
        const std::size_t end = value_.find(value_[at_], at_ + 1);
        if (end == std::string_view::npos) return bad(value_.size());
        const std::string_view text = value_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        const bool plain =
            !text.empty() && text.size() <= 60 && std::all_of(text.begin(), text.end(), [](char c) {
                return is_word_char(c) || c == ' ' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
            });
        return {string, "'" + std::string(text) + "'", !plain};
    }

    std::string_view take_word() {
        const std::size_t begin = at_;
        while (at_ < value_.size() && is_word_char(value_[at_])) ++at_;
        return value_.substr(begin, at_ - begin);
    }

    std::string_view value_;
    std::size_t at_ = 0;
};

// A background's colour is kept where the rest of it can't be.
std::string background(std::string_view value) {
    Lexer lexer(value);
    std::string only_word;
    std::size_t tokens = 0;
    while (const auto token = lexer.next()) {
        if (!token->bad && token->kind == colour) return token->text;
        if (++tokens == 1 && !token->bad && token->kind == word) only_word = lower(token->text);
    }
    return tokens == 1 ? only_word : std::string();
}

std::string safe_value(const Property& property, std::string_view value) {
    if (property.name == "background") return background(value);
    const bool keeps_case = property.name.starts_with("font");
    Lexer lexer(value);
    std::string out;
    std::size_t tokens = 0;
    while (auto token = lexer.next()) {
        if (token->bad || (token->kind & property.kinds) == 0 || ++tokens > 32) return {};
        if (token->kind != separator && !out.empty() && !out.ends_with(',') && !out.ends_with('/'))
            out += ' ';
        out += token->kind == word && !keeps_case ? lower(token->text) : token->text;
    }
    return out;
}

// The end of the declaration that begins at `at`: a `;` outside of quotes and parentheses.
std::size_t declaration_end(std::string_view style, std::size_t at) {
    bool in_parentheses = false;
    for (; at < style.size(); ++at) {
        const char c = style[at];
        if (c == '"' || c == '\'') {
            at = style.find(c, at + 1);
            if (at == std::string_view::npos) return style.size();
        } else if (c == '(' || c == ')') {
            in_parentheses = c == '(';
        } else if (c == ';' && !in_parentheses) {
            return at;
        }
    }
    return style.size();
}

}  // namespace

std::string safe_style(std::string_view utf8) {
    std::string out;
    if (utf8.size() > max_style) return out;
    for (std::size_t at = 0; at < utf8.size();) {
        const std::size_t end = declaration_end(utf8, at);
        const std::string_view declaration = utf8.substr(at, end - at);
        at = end + 1;
        const std::size_t colon = declaration.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string name = lower(trim(declaration.substr(0, colon)));
        const auto* property = std::lower_bound(
            properties.begin(), properties.end(), name,
            [](const Property& one, const std::string& wanted) { return one.name < wanted; });
        if (property == properties.end() || property->name != name) continue;
        const std::string value = safe_value(*property, declaration.substr(colon + 1));
        if (value.empty()) continue;
        if (!out.empty()) out += ';';
        out.append(name == "background" ? "background-color" : name).append(":").append(value);
    }
    return out;
}

}  // namespace mail
