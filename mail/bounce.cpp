#include "mail/bounce.hpp"

#include "mail/kind.hpp"

namespace mail {

std::optional<Bounce> read_bounce(const MimeTree&, const Message&, const Circumstances&) {
    return std::nullopt;
}

}  // namespace mail
