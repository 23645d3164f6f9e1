#include "daemon/house_log.hpp"

#include <vector>

namespace program {

void HouseLog::event(smtp::EventLog::Level level, std::string_view name, std::string_view session,
                     Fields fields) {
    const auto severity = [&] {
        switch (level) {
            case smtp::EventLog::Level::debug:
                return program::Level::debug;
            case smtp::EventLog::Level::info:
                return program::Level::info;
            case smtp::EventLog::Level::warning:
                return program::Level::warning;
            case smtp::EventLog::Level::error:
                return program::Level::error;
        }
        return program::Level::error;
    }();
    if (!log_.writes(severity)) return;
    std::vector<Field> all;
    if (!session.empty()) all.emplace_back("session", session);
    for (const auto& [key, value] : fields) all.emplace_back(key, value);
    log_.event(severity, name, all);
}

void HouseLog::kind_of_mail(std::string_view kind) {
    metrics_.kind(kind);
}

void HouseLog::disposed(std::string_view disposition, std::string_view reason, std::size_t count) {
    metrics_.disposed(disposition, reason, count);
}

void HouseLog::batch_committed(std::size_t mails, std::size_t bytes,
                               std::chrono::steady_clock::duration time) {
    metrics_.batch(mails, bytes, time);
    log_.event(program::Level::debug, "intake.committed",
               {{"mails", mails}, {"bytes", bytes}, {"seconds", Duration(time).count()}});
}

void HouseLog::mail_committed(std::chrono::steady_clock::duration since_final_dot) {
    metrics_.final_dot_to_commit(since_final_dot);
}

void HouseLog::batch_failed(std::string_view kind, std::string_view message) {
    metrics_.batch_failed(kind);
    log_.event(kind == "serialization" ? program::Level::info : program::Level::error, "intake.batch_failed",
               {{"kind", kind}, {"error", message}});
}

void HouseLog::ban_applied(const intake::AppliedBan& ban, const smtp::Sender& sender) {
    const std::string_view scope = ban.installation ? "installation" : "workspace";
    metrics_.banned(scope, ban.effect);
    log_.event(program::Level::info, "ban.applied",
               {{"ban", ban.ban.str()},
                {"scope", scope},
                {"effect", ban.effect},
                {"stage", ban.stage},
                {"client", sender.client_address},
                {"from", sender.reverse_path}});
}

void HouseLog::scanned(std::string_view scanner, std::string_view found, std::string_view why) {
    metrics_.scanned(found);
    if (found == "away")
        log_.event(program::Level::warning, "scanner.away",
                   {{"scanner", std::string(scanner)}, {"reason", std::string(why)}});
}

void HouseLog::rules_matched(std::int64_t workspace, const std::vector<std::int64_t>& rules) {
    rule_counts_.add(workspace, rules, std::chrono::system_clock::now());
}

void HouseLog::acknowledged(std::size_t count) {
    metrics_.acknowledged(count);
    if (count > 0 && mail_queued) mail_queued();
}

void HouseLog::outcome_unknown(bool committed) {
    metrics_.outcome_unknown(committed);
    log_.event(program::Level::warning, "intake.commit_looked_up", {{"committed", committed}});
}

void HouseLog::failed(std::string_view what, const std::exception& error) const {
    log_.event(program::Level::error, what, {{"error", error.what()}});
}

}  // namespace program
