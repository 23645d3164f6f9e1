// The content of DATA: finds its end, takes the dots out, and mends or objects to line ends (RFC 5321
// §4.5.2).
//
// The end is exactly CRLF . CRLF on raw bytes, and only a dot behind a true CRLF is ever taken out. A bare CR
// or LF ends nothing, in no combination with dots or NULs: taking one for a line end here is what SMTP
// smuggling lives on (CVE-2023-51764, VU#302671). So that nobody behind us does either, what is kept has
// none: a bare CR becomes a blank and a bare LF a CRLF, or the whole message is refused. All else is kept bit
// for bit.
//
// What is refused is read to its true end, so that the dialogue stays in step, and thrown away. Memory is
// bounded by `max_size`, and by whoever takes out what is held so far. Time is linear.
#pragma once

#include "smtp/header_meter.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace smtp {

enum class BareNewlines { normalize, reject };

struct ContentLimits {
    std::size_t max_size = 50 * 1024 * 1024;
    std::size_t max_header = 4 * 1024 * 1024;
    std::size_t max_hops = 100;
    BareNewlines bare_newlines = BareNewlines::normalize;
    bool refuses =
        true;  // false: what exceeds a limit is kept as well (of what is too big the first max_size bytes)
};

class DataReader {
  public:
    explicit DataReader(const ContentLimits& limits, std::size_t expected_size = 0);

    // Takes bytes up to the end of data and says how many; the rest are the next commands.
    std::size_t feed(std::string_view bytes);

    enum class Fault { none, too_big, bare_newline, header_too_big, too_many_hops, no_room };
    [[nodiscard]] bool done() const { return done_; }
    [[nodiscard]] Fault fault() const { return fault_; }        // the first, or the one that refused it
    [[nodiscard]] bool refused() const { return refused_; }     // nothing is kept since
    [[nodiscard]] std::uint64_t size() const { return size_; }  // of the content, kept or not
    [[nodiscard]] std::size_t held() const { return content_.capacity(); }
    // What was kept since the last call.
    [[nodiscard]] std::string take() { return std::exchange(content_, {}); }
    // Keeps nothing from now on, and still finds the end.
    void refuse(Fault fault);

  private:
    enum class At { line_start, dot, dot_cr, inside, inside_cr };  // what the bytes so far end in
    void keep(std::string_view bytes);
    void bare(std::string_view instead);
    void object(Fault fault);

    ContentLimits limits_;
    HeaderMeter meter_;
    std::string content_;
    std::uint64_t size_ = 0;
    At at_ = At::line_start;  // the CRLF of the DATA command counts
    Fault fault_ = Fault::none;
    bool done_ = false, refused_ = false;
};

}  // namespace smtp
