// A mail that the envelope says is a bounce (mail/bounce.hpp).
#include "mail/bounce.hpp"
#include "mail/read.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::check_message(
        mail::read_message(fuzz::view(bytes, size), {.reverse_path = "", .installation = ""}));
    return 0;
}
