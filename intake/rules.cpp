#include "intake/rules.hpp"

#include <algorithm>

namespace intake {
namespace {

std::vector<policy::Addressed> addressed(const Part& part, const std::vector<smtp::Recipient>& recipients) {
    std::vector<policy::Addressed> list;
    for (const auto mailbox : part.mailboxes) {
        policy::Addressed& to = list.emplace_back(policy::Addressed{mailbox, {}});
        for (const auto& [address, destination] : recipients)
            if (destination.workspace == part.workspace && destination.mailbox == mailbox)
                to.recipients.push_back(address.key());
    }
    return list;
}

}  // namespace

void apply_rules(Arrival& mail, std::string_view raw, const std::vector<smtp::Recipient>& recipients,
                 const store::Snapshot& settings, const auth::Authentication& authentication,
                 std::optional<double> spam_score) {
    const policy::RuleInput input{
        .raw = raw,
        .from = mail.incoming.author,
        .mail_from = mail.reverse_path,
        .client = mail.client_address,
        .authentication = authentication,
        .kind = mail.kind.kind,
        .subject = mail.subject,
        .size = mail.raw_size,
        .spam_score = spam_score,
    };
    for (Part& part : mail.parts) {
        const auto rules = settings.rules.find(part.workspace);
        if (rules == settings.rules.end()) continue;
        auto decisions = rules->second->evaluate(input, addressed(part, recipients));
        for (std::size_t i = 0; i < decisions.size(); ++i)
            if (std::ranges::count(part.postmasters, part.mailboxes[i]))
                decisions[i].action = std::min(decisions[i].action, policy::Action::hold);
        policy::combine(part.policy, policy::most_welcoming(std::move(decisions)));
    }
}

}  // namespace intake
