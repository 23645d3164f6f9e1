// What was read from a peer and not yet used: a bounded buffer that is cut into lines or taken as bytes.
//
// No I/O. The memory (16 KB) is there only while it holds something or is being filled, so that a
// connection that waits costs nothing. Views are valid until space() or release() is called.
// A line ends at LF. RFC 5321 §2.3.8 wants CRLF: a line without its CR is handed out marked, so that
// it gets exactly one refusal and the dialogue stays in step. A line that is too long is thrown away
// up to its end, and once that too goes on for more than `endless` bytes the peer is not worth reading.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace net {

struct Line {
    enum class Kind {
        good,
        bare_lf,   // ended in LF without CR
        too_long,  // its text is gone
        endless,   // no end in sight: close the connection
    };
    Kind kind = Kind::good;
    std::string_view text;  // without its line end
};

class InputBuffer {
  public:
    static constexpr std::size_t capacity = 16 * 1024;
    static constexpr std::size_t endless = 256 * 1024;

    // Room to read into; never empty. What is still unused moves to the front.
    [[nodiscard]] std::span<char> space();
    void commit(std::size_t count) { end_ += count; }

    [[nodiscard]] std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
    [[nodiscard]] bool empty() const { return begin_ == end_; }
    void consume(std::size_t count) { begin_ += count; }

    // The next line of at most `max` octets with its CRLF; nothing when more must be read first.
    [[nodiscard]] std::optional<Line> take_line(std::size_t max);

    // Gives the memory back if nothing is held.
    void release();
    // Forgets everything (STARTTLS).
    void clear();

  private:
    std::unique_ptr<char[]> data_;
    std::size_t begin_ = 0, end_ = 0;
    std::size_t discarded_ = 0;  // of the line that is being thrown away
};

}  // namespace net
