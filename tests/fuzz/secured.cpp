// S/MIME and PGP (mail/secured.hpp).
#include "mail/secured.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view raw = fuzz::view(bytes, size);
    if (const auto content = mail::signed_content(raw))
        fuzz::check(content->size() <= raw.size(), "more content than there are bytes");
    const auto is_code = [](std::string_view code) {
        return code.empty() || code == "signed" || code == "encrypted";
    };
    mail::Part part;
    part.type.value = "application/pkcs7-mime";
    fuzz::check(is_code(mail::sealing_of(part, raw)), "an unknown sealing");
    fuzz::check(is_code(mail::sealing_of_text(mail::to_valid_utf8(raw))), "an unknown sealing");
    return 0;
}
