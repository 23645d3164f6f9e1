#include "intake/rule_trial.hpp"

#include "store/desk_store.hpp"
#include "store/rule_store.hpp"

#include <algorithm>

namespace intake {
namespace {

constexpr std::int64_t page = 200;

std::vector<policy::Addressed> addressed(const store::LatestMail& mail, const store::Snapshot& settings,
                                         std::int64_t workspace) {
    std::vector<policy::Addressed> list;
    for (const auto id : mail.mailboxes) {
        const auto mailbox = settings.mailboxes.find({workspace, id});
        list.push_back({id, {mailbox == settings.mailboxes.end() ? std::string() : mailbox->second.address}});
    }
    return list;
}

}  // namespace

store::asio::awaitable<TrialReport> try_rules(store::Pool& pool, const store::Snapshot& settings,
                                              std::int64_t workspace, const policy::RuleSet& rules,
                                              std::int64_t last,
                                              std::function<void(const TriedMail&)> matched) {
    TrialReport report;
    std::optional<tickets::Uuid> behind;
    while (report.asked < last) {
        const auto mails = co_await store::RuleStore(pool).latest_mails(
            workspace, std::min(page, last - report.asked), behind);
        if (mails.empty()) break;
        for (const auto& mail : mails) {
            ++report.asked;
            const std::string raw =
                (co_await store::DeskStore(pool).raw(workspace, mail.interaction)).value_or("");
            auth::Authentication authentication;
            authentication.client_address = mail.client;
            authentication.verdict = mail.verdict;
            const policy::RuleInput input{.raw = raw,
                                          .from = mail.author,
                                          .mail_from = mail.reverse_path,
                                          .client = mail.client,
                                          .authentication = authentication,
                                          .kind = mail.kind,
                                          .subject = mail.subject,
                                          .size = mail.size,
                                          .spam_score = mail.spam_score};
            auto decision =
                policy::most_welcoming(rules.evaluate(input, addressed(mail, settings, workspace)));
            if (decision.rules.empty()) continue;
            ++report.matched;
            matched({mail.interaction, mail.received, mail.author, mail.subject, mail.became,
                     std::move(decision)});
        }
        behind = mails.back().interaction;
    }
    co_return report;
}

}  // namespace intake
