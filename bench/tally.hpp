// What a run counted: replies, and the time from final dot to 250.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bench {

class Tally {
  public:
    using clock = std::chrono::steady_clock;

    explicit Tally(std::size_t expected) { latencies_.reserve(expected); }

    void start() { started_ = ended_ = clock::now(); }
    void connected() { ++connections_; }
    void accepted(clock::duration since_final_dot);
    // `reply` is the server's line or our words for a broken connection; the first 80 characters tell them
    // apart.
    void failed(std::string_view reply);
    void finish() { ended_ = clock::now(); }

    [[nodiscard]] std::uint64_t done() const { return latencies_.size() + failures_; }
    [[nodiscard]] std::uint64_t failures() const { return failures_; }
    [[nodiscard]] double rate() const;
    // `share` of the accepted mails were answered within this many milliseconds; 0 when there were none.
    [[nodiscard]] double within_ms(double share) const;

    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string json(double compression, double cpu_seconds) const;

  private:
    clock::time_point started_, ended_;
    std::uint64_t connections_ = 0, failures_ = 0;
    std::vector<clock::duration> latencies_;
    std::map<std::string, std::uint64_t> replies_;
};

}  // namespace bench
