// Reads the replies of a server that may be anybody's: bounded, total, in linear time (RFC 5321 §4.2, H01).
//
// A reply is lines of one code, `250-` before more and `250 ` or `250` at the end. A line may end in LF
// alone, as all clients let it. What is longer than we keep is cut; what has no end in sight, too many lines,
// another code in the middle or no code at all is malformed, and so is all that follows: the dialogue is out
// of step.
#pragma once

#include "smtp/delivery.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace smtp {

struct ServerReply {
    int code = 0;      // 200 ... 599
    std::string text;  // its lines without codes, LF between them; else any bytes, at most 32 KB

    [[nodiscard]] bool positive() const { return code / 100 == 2; }
    [[nodiscard]] bool temporary() const { return code / 100 == 4; }
    [[nodiscard]] bool permanent() const { return code / 100 == 5; }
    // As people may see it. Its status is taken off the text; one of another class than the code is none
    // (RFC 2034 §4).
    [[nodiscard]] RemoteReply shown() const;
};

// Any bytes as UTF-8 in one line, without what is invisible or turns text round; at most `max` bytes (H17).
[[nodiscard]] std::string safe_text(std::string_view bytes, std::size_t max);

class ReplyReader {
  public:
    static constexpr std::size_t max_line = 2048;  // kept of a line
    static constexpr std::size_t max_lines = 100;
    static constexpr std::size_t max_reply = 64 * 1024;  // read of a reply
    static constexpr std::size_t max_text = 32 * 1024;   // kept of it

    enum class State { more, complete, malformed };
    // Takes bytes up to the end of a reply and says how many.
    std::size_t feed(std::string_view bytes);
    [[nodiscard]] State state() const { return state_; }
    // The reply that is complete; the next one begins.
    [[nodiscard]] ServerReply take();

  private:
    void end_line();

    ServerReply reply_;
    std::string line_;
    std::size_t lines_ = 0, read_ = 0;
    State state_ = State::more;
};

}  // namespace smtp
