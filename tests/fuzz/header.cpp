// The header block (mail/read.hpp).
#include "mail/read.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view raw = fuzz::view(bytes, size);
    fuzz::check_header(mail::read_header(raw));
    fuzz::check(mail::body_offset(raw) <= raw.size(), "a body behind the mail's end");
    fuzz::check(mail::body_digest(raw).size() == 32, "a digest");
    fuzz::check(mail::digest_without_trace(raw, "a@b.example").size() == 32, "a digest");
    return 0;
}
