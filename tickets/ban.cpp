#include "tickets/ban.hpp"

#include "mail/mailbox.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace tickets {
namespace {

constexpr std::array kinds{BanKind::person, BanKind::address, BanKind::domain, BanKind::network};
constexpr std::array effects{BanEffect::refuse, BanEffect::hold, BanEffect::discard};

constexpr std::string_view permanent_word = "permanent";
constexpr unsigned ipv4_bits = 96;  // in front of an IPv4 address
constexpr unsigned widest_ipv4 = ipv4_bits + 8, widest_ipv6 = 16;

struct Unit {
    std::string_view name;
    int minutes, months;
};
// The longest first, as str() tries them.
constexpr std::array<Unit, 5> units{
    {{"mo", 0, 1}, {"w", 7 * 24 * 60, 0}, {"d", 24 * 60, 0}, {"h", 60, 0}, {"m", 1, 0}}};
constexpr int most_months = 120, most_minutes = 10 * 366 * 24 * 60;

std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool is_ipv4(std::string_view bytes) {
    constexpr std::string_view mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
    return bytes.starts_with(mapped);
}

std::string network_text(const BanNetwork& network) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool ipv4 = is_ipv4(network.bytes) && network.bits >= ipv4_bits;
    inet_ntop(ipv4 ? AF_INET : AF_INET6, network.bytes.data() + (ipv4 ? 12 : 0), text.data(), text.size());
    return std::string(text.data()) + "/" + std::to_string(network.bits - (ipv4 ? ipv4_bits : 0));
}

}  // namespace

std::string_view name(BanKind kind) {
    switch (kind) {
        case BanKind::person:
            return "person";
        case BanKind::address:
            return "address";
        case BanKind::domain:
            return "domain";
        case BanKind::network:
            return "network";
    }
    return "address";
}

std::string_view name(BanEffect effect) {
    switch (effect) {
        case BanEffect::refuse:
            return "refuse";
        case BanEffect::hold:
            return "hold";
        case BanEffect::discard:
            return "discard";
    }
    return "hold";
}

std::optional<BanKind> ban_kind_named(std::string_view text) {
    const auto* const found = std::ranges::find(kinds, text, [](BanKind kind) { return name(kind); });
    return found == kinds.end() ? std::nullopt : std::optional(*found);
}

std::optional<BanEffect> ban_effect_named(std::string_view text) {
    const auto* const found = std::ranges::find(effects, text, [](BanEffect effect) { return name(effect); });
    return found == effects.end() ? std::nullopt : std::optional(*found);
}

std::string BanSubject::str() const {
    std::string text(name(kind));
    text.append(" ").append(value);
    if (subdomains) text += " and its subdomains";
    if (plus_addresses) text += " and its plus-addresses";
    return text;
}

std::optional<BanSubject> banned_address(std::string_view text, bool plus_addresses) {
    const mail::Mailbox mailbox = mail::mailbox_of(text);
    if (mailbox.local_part.empty() || mailbox.local_part.size() > 64 ||
        mail::domain_to_ascii(mailbox.domain).empty() ||
        text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
        return std::nullopt;
    std::string key = mailbox.key();
    return BanSubject{BanKind::address, plus_addresses ? without_tag(key) : key, false, plus_addresses};
}

std::optional<BanSubject> banned_domain(std::string_view text, bool subdomains) {
    std::string domain = mail::domain_to_ascii(text);
    if (domain.empty()) return std::nullopt;
    return BanSubject{BanKind::domain, std::move(domain), subdomains, false};
}

std::optional<BanSubject> banned_network(std::string_view text) {
    const auto network = ban_network(text);
    if (!network || network->bits < (is_ipv4(network->bytes) ? widest_ipv4 : widest_ipv6))
        return std::nullopt;
    return BanSubject{BanKind::network, network_text(*network), false, false};
}

std::optional<BanNetwork> ban_network(std::string_view cidr) {
    const std::string address(cidr.substr(0, cidr.find('/')));
    std::array<char, 16> bytes{};
    unsigned before = 0;
    if (inet_pton(AF_INET, address.c_str(), bytes.data() + 12) == 1) {
        bytes[10] = bytes[11] = '\xff';
        before = ipv4_bits;
    } else if (address.find('\0') != std::string::npos ||
               inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) {
        return std::nullopt;
    }
    unsigned bits = 128;
    if (const auto slash = cidr.find('/'); slash != std::string_view::npos) {
        const auto given = number(cidr.substr(slash + 1));
        if (!given || *given > 128 - before) return std::nullopt;
        bits = before + *given;
    }
    return BanNetwork{masked({bytes.data(), bytes.size()}, bits), bits};
}

std::string masked(std::string_view bytes, unsigned bits) {
    std::string kept(bytes);
    for (unsigned i = 0; i < kept.size(); ++i) {
        const unsigned left = bits > 8 * i ? std::min(8U, bits - 8 * i) : 0;
        kept[i] = static_cast<char>(static_cast<unsigned char>(kept[i]) & (0xffU << (8 - left)));
    }
    return kept;
}

std::string without_tag(std::string_view address_key) {
    const auto at = address_key.rfind('@');
    const auto plus = address_key.substr(0, at).find('+');
    if (at == std::string_view::npos || plus == 0 || plus == std::string_view::npos)
        return std::string(address_key);
    const mail::Mailbox whole = mail::mailbox_of(address_key);  // may be quoted
    return mail::Mailbox{whole.local_part.substr(0, whole.local_part.find('+')), whole.domain}.key();
}

std::optional<Time> BanLength::end(Time begin) const {
    using namespace std::chrono;
    if (permanent()) return std::nullopt;
    if (months == 0) return begin + std::chrono::minutes(minutes);
    const auto day = floor<days>(begin);
    year_month_day date = year_month_day(day) + std::chrono::months(months);
    if (!date.ok()) date = date.year() / date.month() / last;
    return sys_days(date) + (begin - day);
}

std::string BanLength::str() const {
    for (const auto& unit : units) {
        if (unit.months > 0 && months > 0) return std::to_string(months) + std::string(unit.name);
        if (unit.minutes > 0 && minutes > 0 && minutes % unit.minutes == 0)
            return std::to_string(minutes / unit.minutes) + std::string(unit.name);
    }
    return std::string(permanent_word);
}

std::optional<BanLength> parse_ban_length(std::string_view text) {
    if (text == permanent_word) return BanLength{};
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = number(text.substr(0, digits));
    const auto* const unit = std::ranges::find(units, text.substr(digits), &Unit::name);
    if (!count || *count == 0 || unit == units.end()) return std::nullopt;
    if (unit->months > 0) {
        if (*count > most_months) return std::nullopt;
        return BanLength{0, static_cast<int>(*count)};
    }
    if (*count > static_cast<unsigned>(most_minutes / unit->minutes)) return std::nullopt;
    return BanLength{static_cast<int>(*count) * unit->minutes, 0};
}

const BanRule* rule_for(std::span<const BanRule> rules, int offences) {
    const BanRule* found = nullptr;
    for (const auto& rule : rules)
        if (rule.offences <= offences && (!found || rule.offences > found->offences)) found = &rule;
    return found;
}

std::string ban_words(std::string_view words, const std::optional<Time>& ends, bool spf_passed) {
    std::string text(words.empty() ? "Mail from you is not accepted here" : words);
    if (!ends || !spf_passed) return text;
    using namespace std::chrono;
    const auto minute = ceil<minutes>(*ends);  // not before it is over
    const auto day = floor<days>(minute);
    const year_month_day date(day);
    const hh_mm_ss time(minute - day);
    std::array<char, 64> until{};
    std::snprintf(until.data(), until.size(), " until %04d-%02u-%02u %02d:%02d UTC",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()));
    return text + until.data();
}

bool can_be_ban_words(std::string_view text) {
    return text.size() <= 200 && std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool can_be_ban_reason(std::string_view text) {
    return !text.empty() && text.size() <= 200 && std::ranges::none_of(text, [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
    });
}

}  // namespace tickets
