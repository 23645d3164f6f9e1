// The content of DATA: finds its end, takes the dots out, keeps the rest bit for bit (RFC 5321 §4.5.2).
//
// The end is exactly CRLF . CRLF on raw bytes, and only a dot behind a true CRLF is ever taken out. A
// bare CR or LF is content: it is kept as it came (changing it would break signatures) and ends
// nothing, in no combination with dots or NULs. Taking a bare LF for a line end here is what SMTP
// smuggling lives on (CVE-2023-51764, VU#302671).
//
// Memory is bounded by `max_size`: what is longer is read to its true end, so that the dialogue stays
// in step, and thrown away. Time is linear.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace smtp {

class DataReader {
  public:
    explicit DataReader(std::size_t max_size, std::size_t expected_size = 0);

    // Takes bytes up to the end of data and says how many; the rest are the next commands.
    std::size_t feed(std::string_view bytes);

    [[nodiscard]] bool done() const { return done_; }
    [[nodiscard]] bool too_big() const { return size_ > max_size_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }          // of the content, kept or not
    [[nodiscard]] std::size_t held() const { return content_.size(); }  // of what is kept
    [[nodiscard]] std::string take() { return std::move(content_); }
    [[nodiscard]] bool discarded() const { return discarding_; }
    // Keeps nothing from now on (no room left for it), and still finds the end.
    void discard();

  private:
    enum class At { line_start, dot, dot_cr, inside };  // what the bytes so far end in
    void keep(std::string_view bytes);

    std::size_t max_size_;
    std::string content_;
    std::uint64_t size_ = 0;
    At at_ = At::line_start;  // the CRLF of the DATA command counts
    bool after_cr_ = false;   // while inside a line
    bool discarding_ = false;
    bool done_ = false;
};

}  // namespace smtp
