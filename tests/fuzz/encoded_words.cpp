// Encoded-words (mail/encoded_word.hpp), in raw fields too.
#include "mail/encoded_word.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view raw = fuzz::view(bytes, size);
    fuzz::check_text(mail::unstructured(raw));
    const std::string text = mail::field_text(raw, "gb18030");
    fuzz::check_text(text);
    fuzz::check_text(mail::decode_words(text));
    return 0;
}
