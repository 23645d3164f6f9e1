// How large a message's header is and how many hops it tells of, counted as the bytes go by.
//
// A hop is a field `Received` (RFC 5321 §6.3). Only fields and their continuations are counted: what has no
// header at all is never "too large a header". The header ends at the first empty line. Linear, no memory.
#pragma once

#include <cstddef>
#include <string_view>

namespace smtp {

class HeaderMeter {
  public:
    void feed(std::string_view bytes);

    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] std::size_t hops() const { return hops_; }

  private:
    enum class At { line_start, line_start_cr, name, blank_behind_name, field, junk, body };
    void in_name(char c);

    At at_ = At::line_start;
    bool in_field_ = false;    // the line before belongs to a field
    std::size_t line_ = 0;     // bytes of the line so far, while it may be a field
    bool may_be_hop_ = false;  // all of the name so far is a prefix of `received`
    std::size_t bytes_ = 0, hops_ = 0;
};

}  // namespace smtp
