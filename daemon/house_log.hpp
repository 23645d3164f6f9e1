// What the rooms report, as log lines and metrics: the other end of smtp::EventLog and intake::Probe.
#pragma once

#include "daemon/logging.hpp"
#include "daemon/metrics.hpp"
#include "intake/probe.hpp"
#include "smtp/event_log.hpp"
#include "store/rule_store.hpp"

#include <exception>
#include <functional>
#include <string_view>

namespace program {

class HouseLog : public smtp::EventLog, public intake::Probe {
  public:
    HouseLog(const Log& log, Metrics& metrics, store::RuleCounts& rule_counts)
        : log_(log), metrics_(metrics), rule_counts_(rule_counts) {}

    void event(smtp::EventLog::Level level, std::string_view name, std::string_view session,
               Fields fields) override;

    void kind_of_mail(std::string_view kind) override;
    void disposed(std::string_view disposition, std::string_view reason, std::size_t count) override;
    void batch_committed(std::size_t mails, std::size_t bytes,
                         std::chrono::steady_clock::duration time) override;
    void mail_committed(std::chrono::steady_clock::duration since_final_dot) override;
    void batch_failed(std::string_view kind, std::string_view message) override;
    void ban_applied(const intake::AppliedBan& ban, const smtp::Sender& sender) override;
    void verified(std::string_view verdict) override { metrics_.verified(verdict); }
    void scanned(std::string_view scanner, std::string_view found, std::string_view why) override;
    void rules_matched(std::int64_t workspace, const std::vector<std::int64_t>& rules) override;
    void acknowledged(std::size_t count) override;
    void bounced(std::string_view result, std::string_view found) override {
        metrics_.bounced(result, found);
    }
    void outcome_unknown(bool committed) override;

    // Called when acknowledgements were queued, which the database tells nobody. May be empty.
    std::function<void()> mail_queued;

    // Something of ours went wrong.
    void failed(std::string_view what, const std::exception& error) const;

  private:
    const Log& log_;
    Metrics& metrics_;
    store::RuleCounts& rule_counts_;
};

}  // namespace program
