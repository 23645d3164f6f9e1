#include "intake/bans.hpp"

#include <algorithm>

namespace intake {
namespace {

using policy::Action;

policy::Decision decision_of(const tickets::Ban& ban, const store::Snapshot& settings, bool spf_passed) {
    const auto words = settings.ban_words.find(ban.workspace);
    return policy::decide(ban, words == settings.ban_words.end() ? "" : words->second, spf_passed);
}

policy::Sender sender_of(const Arrival& mail) {
    policy::Sender sender{mail.client_address, mail.authors};
    if (!mail.reverse_path.empty()) sender.addresses.push_back(mail::mailbox_of(mail.reverse_path));
    return sender;
}

// The mailboxes that it was sent to as postmaster, as a part of their own: bans are not for them.
void set_postmasters_apart(std::vector<Part>& parts) {
    const auto count = parts.size();
    for (std::size_t i = 0; i < count; ++i) {
        const auto is_postmaster = [&](std::int64_t mailbox) {
            return std::ranges::count(parts[i].postmasters, mailbox) > 0;
        };
        if (parts[i].postmasters.empty() || std::ranges::all_of(parts[i].mailboxes, is_postmaster)) continue;
        Part others = parts[i];
        others.postmasters.clear();
        std::erase_if(others.mailboxes, is_postmaster);
        std::erase_if(parts[i].mailboxes, [&](std::int64_t mailbox) { return !is_postmaster(mailbox); });
        parts.push_back(std::move(others));
    }
}

}  // namespace

const tickets::Ban* ban_of(const policy::Bans& bans, std::int64_t workspace, const policy::Sender& sender,
                           store::Timestamp now) {
    const auto* const own = bans.find(workspace, sender, now);
    const auto* const of_all = bans.find(tickets::whole_installation, sender, now);
    if (!own || !of_all) return own ? own : of_all;
    return policy::action_of(*of_all) > policy::action_of(*own) ? of_all : own;
}

smtp::Reply refusal(const tickets::Ban& ban, const store::Snapshot& settings, bool spf_passed) {
    const auto words = decision_of(ban, settings, spf_passed).words;
    return {words.code, words.status, words.text};
}

void apply_bans(Arrival& mail, const store::Snapshot& settings, const policy::Bans& bans,
                store::Timestamp now, bool spf_passed) {
    if (bans.size() == 0) return;
    const policy::Sender sender = sender_of(mail);
    const auto find = [&](const Part& part) { return ban_of(bans, part.workspace, sender, now); };
    if (std::ranges::none_of(mail.parts, find)) return;
    set_postmasters_apart(mail.parts);
    for (Part& part : mail.parts)
        if (const auto* const ban = part.postmasters.empty() ? find(part) : nullptr)
            policy::combine(part.policy, decision_of(*ban, settings, spf_passed));
}

std::vector<AppliedBan> applied_bans(const Arrival& mail, const policy::Bans& bans, store::Timestamp now) {
    std::vector<AppliedBan> applied;
    if (bans.size() == 0) return applied;
    const policy::Sender sender = sender_of(mail);
    for (const Part& part : mail.parts)
        if (const auto* const ban =
                part.postmasters.empty() ? ban_of(bans, part.workspace, sender, now) : nullptr)
            applied.push_back({ban->id, ban->workspace == tickets::whole_installation,
                               policy::name(part.policy.action), "content"});
    return applied;
}

}  // namespace intake
