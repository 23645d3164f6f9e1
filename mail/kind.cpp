#include "mail/kind.hpp"

namespace mail {

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::human:
            return "human";
        case Kind::auto_reply:
            return "auto_reply";
        case Kind::out_of_office:
            return "out_of_office";
        case Kind::bounce:
            return "bounce";
        case Kind::list:
            return "list";
        case Kind::loop:
            return "loop";
        case Kind::report:
            return "report";
    }
    return "human";
}

KindDecision kind_of(const MimeTree&, const Message&, const Circumstances&) {
    return {};
}

}  // namespace mail
