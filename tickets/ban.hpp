// Bans in the desk's words: who may not write, for how long, and what they are told. Pure; the clock is the
// caller's. docs/policy.md has the rules for people.
//
// A subject is kept in one form whatever spelling it was given in: an address by its key (mail::Mailbox), a
// domain in A-labels, a network by its first address. An end is a point in time, so a ban ends by itself.
#pragma once

#include "tickets/uuid.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tickets {

using Time = std::chrono::system_clock::time_point;

enum class BanKind { person, address, domain, network };
enum class BanEffect { refuse, hold, discard };
[[nodiscard]] std::string_view name(BanKind kind);  // as written above, here and below
[[nodiscard]] std::string_view name(BanEffect effect);
[[nodiscard]] std::optional<BanKind> ban_kind_named(std::string_view text);
[[nodiscard]] std::optional<BanEffect> ban_effect_named(std::string_view text);

struct BanSubject {
    BanKind kind = BanKind::address;
    std::string value;                      // of a person: the address they were banned by
    bool subdomains = false;                // of a domain: what is below it too
    bool plus_addresses = false;            // of a person or an address: local+anything@domain too
    [[nodiscard]] std::string str() const;  // for people: "domain x.example and its subdomains"
    bool operator==(const BanSubject&) const = default;
};

// Nothing when `text` is none. With `plus_addresses` a `+tag` of the address itself goes.
[[nodiscard]] std::optional<BanSubject> banned_address(std::string_view text, bool plus_addresses);
[[nodiscard]] std::optional<BanSubject> banned_domain(std::string_view text, bool subdomains);
// CIDR notation, or one address. Nothing either for more than an IPv4 /8 or an IPv6 /16: nobody means that.
[[nodiscard]] std::optional<BanSubject> banned_network(std::string_view text);

// Bits that both kinds of addresses have in common here: IPv4 is ::ffff:a.b.c.d, its /24 a /120.
struct BanNetwork {
    std::string bytes;  // 16
    unsigned bits = 128;
};
[[nodiscard]] std::optional<BanNetwork> ban_network(std::string_view cidr);
// What of an address's 16 bytes a network of so many bits has.
[[nodiscard]] std::string masked(std::string_view bytes, unsigned bits);

// `local+tag@domain` without the tag; an address without one as it is. Both are keys.
[[nodiscard]] std::string without_tag(std::string_view address_key);

// Minutes to months, or permanent: "90m", "12h", "7d", "2w", "3mo", "permanent".
struct BanLength {
    int minutes = 0;
    int months = 0;  // by the calendar; neither: permanent
    [[nodiscard]] bool permanent() const { return minutes == 0 && months == 0; }
    // None: never. A day that a month lacks becomes its last.
    [[nodiscard]] std::optional<Time> end(Time begin) const;
    [[nodiscard]] std::string str() const;
    bool operator==(const BanLength&) const = default;
};
[[nodiscard]] std::optional<BanLength> parse_ban_length(std::string_view text);

// The ladder: who had so many bans before, or more, gets this length where none is given.
struct BanRule {
    int offences = 0;
    BanLength length;
};
// That of the most offences which do not exceed `offences`; null where there is none.
[[nodiscard]] const BanRule* rule_for(std::span<const BanRule> rules, int offences);

inline constexpr std::int64_t whole_installation = 0;  // in place of a workspace's number

struct Ban {
    Uuid id;
    std::int64_t workspace = whole_installation;
    BanSubject subject;
    std::string reason;  // for the desk alone
    BanEffect effect = BanEffect::refuse;
    Time begins;
    std::optional<Time> ends;  // none: permanent
    [[nodiscard]] bool holds_at(Time now) const { return !ends || now < *ends; }
};

// What a refused sender reads: `words` of the workspace (empty: ours), and until when, which only somebody
// hears whose domain vouches for the client (SPF): a stranger who uses the name learns nothing.
[[nodiscard]] std::string ban_words(std::string_view words, const std::optional<Time>& ends, bool spf_passed);

// Whether they can stand in an SMTP reply: at most 200 printable ASCII characters.
[[nodiscard]] bool can_be_ban_words(std::string_view text);
// A reason: 1 to 200 bytes on one line.
[[nodiscard]] bool can_be_ban_reason(std::string_view text);

}  // namespace tickets
