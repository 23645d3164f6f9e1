// What is known about whether a mail's author is who the From field says.
#pragma once

#include <string_view>

namespace auth {

enum class Verdict {
    pass,       // the author's domain vouches for the mail
    none,       // the domain says nothing, or nothing was checked
    temperror,  // it could not be found out now
    fail,       // the domain says that this is not its mail
};

[[nodiscard]] constexpr std::string_view name(Verdict verdict) {
    switch (verdict) {
        case Verdict::pass:
            return "pass";
        case Verdict::none:
            return "none";
        case Verdict::temperror:
            return "temperror";
        case Verdict::fail:
            return "fail";
    }
    return "none";
}

}  // namespace auth
