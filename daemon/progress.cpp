#include "daemon/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace program {
namespace {

using namespace std::chrono_literals;

constexpr Progress::Clock::duration bar_every = 200ms, line_every = 5s;
constexpr double memory = 10;  // seconds
constexpr std::size_t bar_width = 24;

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

std::string duration(double seconds) {
    if (seconds > 1e8) return "long";
    const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
    if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

Progress::Progress(std::ostream& out, bool terminal, std::uint64_t total, std::string unit,
                   Clock::time_point now)
    : out_(out),
      terminal_(terminal),
      total_(total),
      unit_(std::move(unit)),
      shown_at_(now),
      measured_at_(now) {}

void Progress::update(std::uint64_t done, std::uint64_t count, Clock::time_point now) {
    done_ = done;
    count_ = count;
    if (now - shown_at_ < (terminal_ ? bar_every : line_every)) return;
    const double seconds = std::chrono::duration<double>(now - measured_at_).count();
    const bool first = done_rate_ == 0 && count_rate_ == 0;
    const double weight = first ? 1 : 1 - std::exp(-seconds / memory);
    done_rate_ += weight * (static_cast<double>(done - measured_done_) / seconds - done_rate_);
    count_rate_ += weight * (static_cast<double>(count - measured_count_) / seconds - count_rate_);
    measured_at_ = shown_at_ = now;
    measured_done_ = done;
    measured_count_ = count;

    out_ << (terminal_ ? "\r" : "") << line() << (terminal_ ? "\x1b[K" : "\n") << std::flush;
    bar_stands_ = terminal_;
}

std::string Progress::line() const {
    const double share =
        total_ == 0 ? 1 : std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
    const std::uint64_t left = total_ > done_ ? total_ - done_ : 0;
    const std::string time_left =
        done_rate_ > 0 ? duration(static_cast<double>(left) / done_rate_) + " left" : "stands still";
    std::string bar;
    if (terminal_) {
        const auto full = static_cast<std::size_t>(share * bar_width);
        bar = "[" + std::string(full, '#') + std::string(bar_width - full, '-') + "] ";
    }
    return fmt::format("{}{:3.0f}%  {} {}  {}/s  {}", bar, std::floor(share * 100), grouped(count_), unit_,
                       grouped(static_cast<std::uint64_t>(count_rate_)), time_left);
}

void Progress::note(std::string_view line) {
    const bool stood = bar_stands_;
    clear();
    out_ << line << '\n';
    if (stood) {
        out_ << this->line();
        bar_stands_ = true;
    }
    out_ << std::flush;
}

void Progress::clear() {
    if (bar_stands_) out_ << "\r\x1b[K" << std::flush;
    bar_stands_ = false;
}

}  // namespace program
