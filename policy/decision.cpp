#include "policy/decision.hpp"

namespace policy {

std::string_view name(Action action) {
    switch (action) {
        case Action::accept:
            return "accept";
        case Action::hold:
            return "hold";
        case Action::discard:
            return "discard";
        case Action::refuse:
            return "refuse";
    }
    return "hold";
}

}  // namespace policy
