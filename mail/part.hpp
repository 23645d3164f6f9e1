// One leaf of the tree: its bytes, its text, its name.
#pragma once

#include "mail/mime_tree.hpp"
#include "mail/parameters.hpp"

#include <string>
#include <string_view>

namespace mail {

[[nodiscard]] Parameters disposition_of(const Part& part);

// From Content-Disposition, Content-Type or Content-Location, made safe; may be empty.
[[nodiscard]] std::string name_of(const Part& part, const Parameters& disposition);

// Without <>; may be empty.
[[nodiscard]] std::string content_id_of(const Part& part);

// A leaf's bytes without their transfer encoding; a view into the mail where there is none.
class Decoded {
  public:
    explicit Decoded(const Part& part);
    Decoded(const Decoded&) = delete;
    Decoded& operator=(const Decoded&) = delete;

    [[nodiscard]] std::string_view bytes() const { return bytes_; }
    [[nodiscard]] std::string take() && { return is_own_ ? std::move(own_) : std::string(bytes_); }

  private:
    bool is_own_;
    std::string own_;
    std::string_view bytes_;
};

// Bytes of a text part as UTF-8 with LF: a byte order mark wins, then the declared charset, for HTML then
// that of its <meta>. `format=flowed` is unflowed.
[[nodiscard]] std::string text_of(const Part& part, std::string_view bytes);

}  // namespace mail
