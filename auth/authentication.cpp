#include "auth/authentication.hpp"

namespace auth {

std::string_view name(Result result) {
    switch (result) {
        case Result::none:
            return "none";
        case Result::pass:
            return "pass";
        case Result::neutral:
            return "neutral";
        case Result::policy:
            return "policy";
        case Result::fail:
            return "fail";
        case Result::softfail:
            return "softfail";
        case Result::temperror:
            return "temperror";
        case Result::permerror:
            return "permerror";
    }
    return "none";
}

std::string_view name(Dmarc::Policy policy) {
    switch (policy) {
        case Dmarc::Policy::none:
            return "none";
        case Dmarc::Policy::quarantine:
            return "quarantine";
        case Dmarc::Policy::reject:
            return "reject";
    }
    return "none";
}

}  // namespace auth
