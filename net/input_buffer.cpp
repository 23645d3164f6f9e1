#include "net/input_buffer.hpp"

#include <cstring>
#include <utility>

namespace net {

std::span<char> InputBuffer::space() {
    if (!data_) data_ = std::make_unique_for_overwrite<char[]>(capacity);
    if (begin_ > 0) {
        std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    // Callers take lines (shorter than the capacity) or bytes before they read on.
    if (end_ == capacity) discarded_ += std::exchange(end_, 0);
    return {data_.get() + end_, capacity - end_};
}

std::optional<Line> InputBuffer::take_line(std::size_t max) {
    std::string_view held = view();
    std::size_t lf = held.find('\n');
    if (lf == std::string_view::npos) {
        if (discarded_ > 0 || held.size() > max) {
            discarded_ += held.size();
            consume(held.size());
        }
        if (discarded_ > endless) return Line{Line::Kind::endless, {}};
        return std::nullopt;
    }
    consume(lf + 1);
    if (std::exchange(discarded_, 0) > 0 || lf + 1 > max) return Line{Line::Kind::too_long, {}};
    if (lf > 0 && held[lf - 1] == '\r') return Line{Line::Kind::good, held.substr(0, lf - 1)};
    return Line{Line::Kind::bare_lf, held.substr(0, lf)};
}

void InputBuffer::release() {
    if (!empty()) return;
    data_.reset();
    begin_ = end_ = 0;
}

void InputBuffer::clear() {
    begin_ = end_ = discarded_ = 0;
    release();
}

}  // namespace net
