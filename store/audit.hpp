// The invariant counted again from the rows: is every accepted mail where it belongs, and still itself?
//
// Reads only, and may run beside daemons that take mail: each check sees one moment. The pool's time
// limit must fit the size of the desk; checks read whole tables. Throws store::Error.
#pragma once

#include "store/kept_mail.hpp"

#include <functional>
#include <string_view>

namespace store {

struct AuditCheck {
    std::string name;   // a stable word, for programs
    std::string holds;  // what holds when nothing is wrong
    std::int64_t examined = 0, wrong = 0;
    std::vector<std::string> examples;  // at most 20 of the wrong ones
};

class Audit {
  public:
    explicit Audit(Pool& pool) : pool_(pool) {}

    // `reading` is told how many of how many raw mails have been read.
    asio::awaitable<std::vector<AuditCheck>> run(std::function<void(std::int64_t, std::int64_t)> reading);

  private:
    asio::awaitable<AuditCheck> check_raw(std::function<void(std::int64_t, std::int64_t)> reading);

    Pool& pool_;
};

}  // namespace store
