#include "intake/judgement.hpp"

#include <algorithm>

namespace intake {

using policy::Action;

std::optional<smtp::Reply> settle(std::vector<Part>& parts, bool refusable) {
    const auto refuses = [](const Part& part) { return part.policy.action == Action::refuse; };
    const auto refused = std::ranges::find_if(parts, refuses);
    if (refused == parts.end()) return std::nullopt;
    const policy::Words& words = refused->policy.words;
    if ((refusable || words.code < 500) && std::ranges::all_of(parts, refuses))
        return smtp::Reply{words.code, words.status, words.text};
    for (Part& part : parts)
        if (refuses(part)) part.policy.action = Action::hold;
    return std::nullopt;
}

}  // namespace intake
