// HTML for display (mail/safe_html.hpp) and for reading (mail/html_text.hpp).
#include "mail/html_text.hpp"
#include "mail/safe_html.hpp"

#include "tests/fuzz/checks.hpp"
#include "tests/fuzz/html_grammar.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view raw = fuzz::view(bytes, size);
    const std::string html = mail::safe_html(raw);
    fuzz::check_text(html);
    fuzz::check_html(html);
    fuzz::check(html.size() <= 10 * raw.size() + 64 * 1024, "sanitised HTML is too long");
    fuzz::check(mail::safe_html(html) == html, "sanitised HTML is sanitised once more");
    fuzz::check_text(mail::html_to_text(html));
    fuzz::check_text(mail::html_to_text(mail::to_valid_utf8(raw)));
    return 0;
}
