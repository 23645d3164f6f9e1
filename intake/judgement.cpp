#include "intake/judgement.hpp"

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

}  // namespace intake
