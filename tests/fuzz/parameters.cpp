// Content-Type and Content-Disposition (mail/parameters.hpp), and file names (mail/file_name.hpp).
#include "mail/parameters.hpp"
#include "mail/encoded_word.hpp"
#include "mail/file_name.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const mail::Parameters parameters = mail::parse_parameters(mail::field_text(fuzz::view(bytes, size)));
    fuzz::check_text(parameters.value);
    for (const auto& [name, value] : parameters.entries) {
        fuzz::check_text(name);
        fuzz::check_text(value);
        const std::string file = mail::safe_file_name(value);
        fuzz::check_text(file);
        fuzz::check(file.find_first_of("/\\") == std::string::npos, "a path in a file name");
    }
    return 0;
}
