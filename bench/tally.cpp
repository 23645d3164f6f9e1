#include "bench/tally.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

namespace bench {
namespace {

double seconds(Tally::clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

void Tally::accepted(clock::duration since_final_dot) {
    latencies_.push_back(since_final_dot);
}

void Tally::failed(std::string_view reply) {
    ++failures_;
    ++replies_[std::string(reply.substr(0, 80))];
}

double Tally::rate() const {
    double const elapsed = seconds(ended_ - started_);
    return elapsed > 0 ? static_cast<double>(latencies_.size()) / elapsed : 0;
}

double Tally::within_ms(double share) const {
    if (latencies_.empty()) return 0;
    std::vector<clock::duration> sorted = latencies_;
    auto const rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), sorted.begin() + rank, sorted.end());
    return seconds(sorted[static_cast<std::size_t>(rank)]) * 1000;
}

std::string Tally::text() const {
    std::string out = fmt::format(
        "{} accepted over {} connections in {:.2f} s: {:.0f}/s\n"
        "final dot to 250: p50 {:.2f} ms, p99 {:.2f} ms, longest {:.2f} ms\n",
        latencies_.size(), connections_, seconds(ended_ - started_), rate(), within_ms(0.5), within_ms(0.99),
        within_ms(1));
    for (auto const& [reply, count] : replies_) out += fmt::format("{} times: {}\n", count, reply);
    return out;
}

std::string Tally::json(double compression, double cpu_seconds) const {
    boost::json::object refused;
    for (auto const& [reply, count] : replies_) refused[reply] = count;
    return boost::json::serialize(boost::json::object{{"accepted", latencies_.size()},
                                                      {"failed", failures_},
                                                      {"connections", connections_},
                                                      {"seconds", seconds(ended_ - started_)},
                                                      {"rate", rate()},
                                                      {"p50_ms", within_ms(0.5)},
                                                      {"p99_ms", within_ms(0.99)},
                                                      {"max_ms", within_ms(1)},
                                                      {"compression", compression},
                                                      {"cpu_seconds", cpu_seconds},
                                                      {"replies", std::move(refused)}}) +
           "\n";
}

}  // namespace bench
