// A whole mail (mail/read.hpp).
#include "mail/read.hpp"

#include "tests/fuzz/checks.hpp"
#include "tests/fuzz/html_grammar.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view raw = fuzz::view(bytes, size);
    const mail::Message message =
        mail::read_message(raw, {.reverse_path = "a@b.example", .installation = "desk.example"});
    fuzz::check_message(message);
    fuzz::check_html(message.html);
    return 0;
}
