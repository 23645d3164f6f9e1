// uuencode and yEnc in a text (mail/embedded.hpp), and format=flowed (mail/flowed.hpp).
#include "mail/embedded.hpp"
#include "mail/flowed.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view raw = fuzz::view(bytes, size);
    constexpr std::size_t most = 20;
    const mail::EmbeddedFiles found = mail::extract_files(raw, most);
    fuzz::check(found.files.size() <= most, "the number of files");
    fuzz::check(found.rest.size() <= raw.size(), "a rest longer than the text");
    std::size_t content = 0;
    for (const mail::EmbeddedFile& file : found.files) {
        fuzz::check(!file.content.empty(), "an empty file");
        content += file.content.size();
    }
    fuzz::check(content <= 3 * raw.size() + most * 128, "files much longer than the text");

    const std::string text = mail::to_valid_utf8(raw);
    for (const bool delsp : {false, true}) {
        const std::string joined = mail::unflow(text, delsp);
        fuzz::check_text(joined);
        fuzz::check(joined.size() <= 2 * text.size() + 1, "unflowed text is too long");
    }
    return 0;
}
