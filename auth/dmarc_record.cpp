#include "auth/dmarc_record.hpp"

#include "mail/text.hpp"

#include <algorithm>

namespace auth {
namespace {

constexpr std::size_t longest_record = 16 * 1024;

struct Tag {
    std::string_view name, value;  // blanks around both are gone; no name: malformed
};

Tag take_tag(std::string_view& text) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view tag = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    const std::size_t equals = tag.find('=');
    if (equals == std::string_view::npos) return {};
    const auto blank = [](char c) { return mail::is_blank(c); };
    const auto trimmed = [&](std::string_view part) {
        while (!part.empty() && blank(part.front())) part.remove_prefix(1);
        while (!part.empty() && blank(part.back())) part.remove_suffix(1);
        return part;
    };
    return {trimmed(tag.substr(0, equals)), trimmed(tag.substr(equals + 1))};
}

std::optional<Dmarc::Policy> policy_named(std::string_view name) {
    for (const auto policy : {Dmarc::Policy::none, Dmarc::Policy::quarantine, Dmarc::Policy::reject}) {
        if (mail::iequals(name, auth::name(policy))) return policy;
    }
    return std::nullopt;
}

// One address of the list is enough: `scheme:` and something behind it.
bool has_address(std::string_view list) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        const std::string_view address = mail::trim(list.substr(0, end));
        const std::size_t colon = address.find(':');
        if (colon != std::string_view::npos && colon > 0 && colon + 1 < address.size() &&
            mail::is_alpha(address[0])) {
            return true;
        }
        list.remove_prefix(std::min(list.size(), end + 1));
    }
    return false;
}

}  // namespace

std::optional<DmarcRecord> parse_dmarc_record(std::string_view text) {
    if (text.size() > longest_record) return std::nullopt;
    const Tag version = take_tag(text);
    if (!mail::iequals(version.name, "v") || version.value != "DMARC1") return std::nullopt;
    DmarcRecord record;
    unsigned seen = 0;
    while (!text.empty()) {
        const Tag tag = take_tag(text);
        unsigned bit = 0;
        const auto is = [&](std::string_view name) {
            bit = bit == 0 ? 1 : bit << 1U;
            if (!mail::iequals(tag.name, name) || (seen & bit) != 0) return false;
            seen |= bit;
            return true;
        };
        const auto take_policy = [&](std::optional<Dmarc::Policy>& into) {
            into = policy_named(tag.value);
            record.bad_policy = record.bad_policy || !into;
        };
        const auto says = [&](std::string_view value) { return mail::iequals(tag.value, value); };
        if (is("p")) {
            take_policy(record.policy);
        } else if (is("sp")) {
            take_policy(record.subdomains);
        } else if (is("np")) {
            take_policy(record.non_existent);
        } else if (is("aspf")) {
            record.strict_spf = says("s");
        } else if (is("adkim")) {
            record.strict_dkim = says("s");
        } else if (is("t")) {
            record.testing = says("y");
        } else if (is("psd")) {
            record.suffix = says("y")   ? DmarcRecord::Suffix::yes
                            : says("n") ? DmarcRecord::Suffix::no
                                        : DmarcRecord::Suffix::unknown;
        } else if (is("rua")) {
            record.wants_reports = has_address(tag.value);
        }
    }
    return record;
}

}  // namespace auth
