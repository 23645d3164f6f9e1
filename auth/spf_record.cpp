#include "auth/spf_record.hpp"

#include "auth/spf_macro.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace auth {
namespace {

using Mechanism = SpfTerm::Mechanism;
namespace ip = boost::asio::ip;

struct Named {
    std::string_view name;
    Mechanism mechanism;
};
constexpr std::array mechanisms{
    Named{"all", Mechanism::all}, Named{"include", Mechanism::include}, Named{"a", Mechanism::a},
    Named{"mx", Mechanism::mx},   Named{"ptr", Mechanism::ptr},         Named{"ip4", Mechanism::ip4},
    Named{"ip6", Mechanism::ip6}, Named{"exists", Mechanism::exists},
};

// `0`, or digits that don't begin with 0, up to `most`.
std::optional<unsigned> prefix_length(std::string_view digits, unsigned most) {
    if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
    unsigned value = 0;
    for (const char c : digits) {
        if (!mail::is_digit(c)) return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value <= most ? std::optional(value) : std::nullopt;
}

// Takes `/digits` off the end. A domain-spec may hold slashes itself, so the end is where lengths are looked
// for.
std::optional<std::string_view> take_length(std::string_view& text) {
    std::size_t begin = text.size();
    while (begin > 0 && mail::is_digit(text[begin - 1])) --begin;
    if (begin == text.size() || begin == 0 || text[begin - 1] != '/') return std::nullopt;
    const std::string_view digits = text.substr(begin);
    text.remove_suffix(digits.size() + 1);
    return digits;
}

// dual-cidr-length: [ "/" ip4 ] [ "//" ip6 ]
bool take_dual_length(std::string_view& text, SpfTerm& term) {
    auto digits = take_length(text);
    if (digits && text.ends_with('/')) {
        text.remove_suffix(1);
        const auto bits = prefix_length(*digits, 128);
        if (!bits) return false;
        term.bits6 = *bits;
        digits = take_length(text);
    }
    if (digits) {
        const auto bits = prefix_length(*digits, 32);
        if (!bits) return false;
        term.bits4 = *bits;
    }
    return true;
}

// What follows the name of a mechanism: nothing, `:domain-spec`.
bool take_domain(std::string_view rest, bool required, SpfTerm& term) {
    if (rest.empty()) return !required;
    if (!rest.starts_with(':') || !is_domain_spec(rest.substr(1))) return false;
    term.domain = rest.substr(1);
    return true;
}

// By hand, since the system's readers take octal, scopes and short forms for addresses too.
std::optional<ip::address_v4> parse_ip4(std::string_view text) {
    ip::address_v4::bytes_type bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::size_t dot = std::min(text.find('.'), text.size());
        const auto value = prefix_length(text.substr(0, dot), 255);
        if (!value || (dot == text.size()) != (i == 3)) return std::nullopt;
        bytes[i] = static_cast<unsigned char>(*value);
        text.remove_prefix(std::min(text.size(), dot + 1));
    }
    return ip::address_v4(bytes);
}

bool take_network(std::string_view rest, SpfTerm& term) {
    if (!rest.starts_with(':')) return false;
    rest.remove_prefix(1);
    const bool four = term.mechanism == Mechanism::ip4;
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view address = rest.substr(0, slash);
    if (slash < rest.size()) {
        const auto bits = prefix_length(rest.substr(slash + 1), four ? 32 : 128);
        if (!bits) return false;
        (four ? term.bits4 : term.bits6) = *bits;
    }
    if (four) {
        const auto network = parse_ip4(address);
        if (network) term.network = *network;
        return network.has_value();
    }
    boost::system::error_code error;
    if (address.find('%') != std::string_view::npos) return false;
    term.network = ip::make_address_v6(std::string(address), error);
    return !error;
}

bool parse_directive(std::string_view text, SpfRecord& record) {
    SpfTerm term;
    switch (text.front()) {
        case '-':
            term.result = Result::fail;
            break;
        case '~':
            term.result = Result::softfail;
            break;
        case '?':
            term.result = Result::neutral;
            break;
        default:
            break;
    }
    if (text.front() == '+' || term.result != Result::pass) text.remove_prefix(1);
    const std::size_t end = std::min(text.find_first_of(":/"), text.size());
    const auto* const named = std::find_if(mechanisms.begin(), mechanisms.end(), [&](const Named& known) {
        return mail::iequals(text.substr(0, end), known.name);
    });
    if (named == mechanisms.end()) return false;
    term.mechanism = named->mechanism;
    std::string_view rest = text.substr(end);
    bool good = false;
    switch (term.mechanism) {
        case Mechanism::all:
            good = rest.empty();
            break;
        case Mechanism::include:
        case Mechanism::exists:
            good = take_domain(rest, true, term);
            break;
        case Mechanism::ptr:
            good = take_domain(rest, false, term);
            break;
        case Mechanism::a:
        case Mechanism::mx:
            good = take_dual_length(rest, term) && take_domain(rest, false, term);
            break;
        case Mechanism::ip4:
        case Mechanism::ip6:
            good = take_network(rest, term);
            break;
    }
    if (good) record.terms.push_back(std::move(term));
    return good;
}

// `name=value`: of redirect and exp at most one each, of others (unknown modifiers) the form is checked.
bool parse_modifier(std::string_view name, std::string_view value, SpfRecord& record) {
    if (name.empty() || !mail::is_alpha(name[0])) return false;
    for (const char c : name) {
        if (!mail::is_alpha(c) && !mail::is_digit(c) && c != '-' && c != '_' && c != '.') return false;
    }
    std::string* const known = mail::iequals(name, "redirect") ? &record.redirect
                               : mail::iequals(name, "exp")    ? &record.explanation
                                                               : nullptr;
    if (known == nullptr) return is_macro_string(value, MacroUse::explanation);
    if (!known->empty() || !is_domain_spec(value)) return false;
    *known = value;
    return true;
}

}  // namespace

bool is_spf_record(std::string_view text) {
    constexpr std::string_view version = "v=spf1";
    return mail::iequals(text.substr(0, version.size()), version) &&
           (text.size() == version.size() || text[version.size()] == ' ');
}

std::optional<SpfRecord> parse_spf_record(std::string_view text) {
    if (!is_spf_record(text) || text.size() > max_spf_record) return std::nullopt;
    SpfRecord record;
    for (std::size_t at = std::min(text.find(' '), text.size()); at < text.size();) {
        if (text[at] == ' ') {
            ++at;
            continue;
        }
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string_view term = text.substr(at, end - at);
        const std::size_t mark = term.find_first_of(":/=");
        const bool good = mark != std::string_view::npos && term[mark] == '='
                              ? parse_modifier(term.substr(0, mark), term.substr(mark + 1), record)
                              : parse_directive(term, record);
        if (!good) return std::nullopt;
        at = end;
    }
    return record;
}

bool in_network(const ip::address& address, const ip::address& network, unsigned bits4, unsigned bits6) {
    const auto same = [](const auto& a, const auto& b, unsigned bits) {
        std::size_t i = 0;
        for (; bits >= 8; bits -= 8, ++i) {
            if (a[i] != b[i]) return false;
        }
        return bits == 0 || (a[i] ^ b[i]) >> (8 - bits) == 0;
    };
    if (address.is_v4() && network.is_v4()) {
        return same(address.to_v4().to_bytes(), network.to_v4().to_bytes(), bits4);
    }
    if (address.is_v6() && network.is_v6()) {
        return same(address.to_v6().to_bytes(), network.to_v6().to_bytes(), bits6);
    }
    return false;
}

}  // namespace auth
