#include "auth/tags.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace auth {
namespace {

bool is_name(std::string_view text) {
    return !text.empty() && mail::is_alpha(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
        return mail::is_alpha(c) || mail::is_digit(c) || c == '_';
    });
}

bool is_value(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return mail::is_control(c) && !mail::is_space(c); });
}

constexpr std::array<signed char, 256> base64_values = [] {
    std::array<signed char, 256> values{};
    values.fill(-1);
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
    return values;
}();

}  // namespace

std::optional<TagList> TagList::parse(std::string_view text) {
    TagList list;
    while (true) {
        const std::size_t end = std::min(text.find(';'), text.size());
        const std::string_view one = text.substr(0, end);
        const bool last = end == text.size();
        if (mail::trim(one).empty()) {
            if (last && !list.tags_.empty()) return list;  // behind the last `;`
            return std::nullopt;
        }
        const std::size_t equals = one.find('=');
        if (equals == std::string_view::npos || list.tags_.size() == max_tags) return std::nullopt;
        const Tag tag{mail::trim(one.substr(0, equals)), mail::trim(one.substr(equals + 1)),
                      one.substr(equals + 1)};
        if (!is_name(tag.name) || !is_value(tag.value) || list.find(tag.name) != nullptr) return std::nullopt;
        list.tags_.push_back(tag);
        if (last) return list;
        text.remove_prefix(end + 1);
    }
}

const Tag* TagList::find(std::string_view name) const {
    const auto at =
        std::find_if(tags_.begin(), tags_.end(), [&](const Tag& tag) { return tag.name == name; });
    return at == tags_.end() ? nullptr : &*at;
}

std::optional<std::string_view> TagList::value(std::string_view name) const {
    const Tag* const tag = find(name);
    return tag == nullptr ? std::nullopt : std::optional(tag->value);
}

std::vector<std::string_view> colon_list(std::string_view value) {
    std::vector<std::string_view> list;
    while (!value.empty()) {
        const std::size_t end = std::min(value.find(':'), value.size());
        if (const std::string_view one = mail::trim(value.substr(0, end)); !one.empty()) list.push_back(one);
        value.remove_prefix(std::min(end + 1, value.size()));
    }
    return list;
}

std::optional<std::string> strict_base64(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    std::size_t characters = 0, padding = 0;
    for (const char c : text) {
        if (mail::is_space(c)) continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        const signed char value = base64_values[static_cast<unsigned char>(c)];
        if (value < 0 || padding > 0) return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        ++characters;
        if (characters % 4 == 0) {
            bytes += static_cast<char>(bits >> 16);
            bytes += static_cast<char>(bits >> 8);
            bytes += static_cast<char>(bits);
            bits = 0;
        }
    }
    const std::size_t left = characters % 4;
    if (left == 1 || padding > (left == 0 ? 0 : 4 - left)) return std::nullopt;
    if (left == 2) bytes += static_cast<char>(bits >> 4);
    if (left == 3) {
        bytes += static_cast<char>(bits >> 10);
        bytes += static_cast<char>(bits >> 2);
    }
    return bytes;
}

std::optional<std::uint64_t> decimal(std::string_view text) {
    if (text.empty() || !std::all_of(text.begin(), text.end(), mail::is_digit)) return std::nullopt;
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t number = 0;
    for (const char c : text) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        number = number > (most - digit) / 10 ? most : number * 10 + digit;
    }
    return number;
}

}  // namespace auth
