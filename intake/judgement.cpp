#include "intake/judgement.hpp"

#include "intake/acknowledgement.hpp"
#include "intake/bans.hpp"
#include "intake/rules.hpp"

#include <algorithm>

namespace intake {

using policy::Action;

std::optional<smtp::Reply> settle(std::vector<Part>& parts, bool refusable) {
    const auto refuses = [](const Part& part) { return part.policy.action == Action::refuse; };
    if (std::ranges::none_of(parts, refuses)) return std::nullopt;
    // One that wants it to come again later keeps it from being refused for good.
    const policy::Words& words = std::ranges::min_element(parts, {}, [](const Part& part) {
                                     return part.policy.words.code;
                                 })->policy.words;
    if ((refusable || words.code < 500) && std::ranges::all_of(parts, refuses))
        return smtp::Reply{words.code, words.status, words.text};
    for (Part& part : parts)
        if (refuses(part)) part.policy.action = Action::hold;
    return std::nullopt;
}

Judged judge(const smtp::ReceivedMessage& message, const store::Snapshot& settings, const policy::Bans& bans,
             const Examination& examination, const policy::ScanChoices& choices, const std::string& host_name,
             const Uuid& id, Envelope envelope, store::Timestamp now) {
    Judged judged{prepare(message, settings, host_name, id, envelope), {}};
    Arrival& arrival = judged.arrival;
    apply_bans(arrival, settings, bans, now, examination.spf_passed());
    apply_examination(arrival, settings, examination, choices, host_name);
    apply_rules(arrival, message.raw, message.recipients, settings,
                examination.authentication.value_or(auth::Authentication()), examination.spam_score());
    judged.refusal = settle(arrival.parts, message.refusable);
    apply_acknowledgements(arrival, settings);
    return judged;
}

}  // namespace intake
