// The MIME tree and its guard (mail/mime_tree.hpp).
#include "mail/mime_tree.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view raw = fuzz::view(bytes, size);
    const mail::MimeTree tree = mail::parse_mime(raw);
    fuzz::check(!tree.parts.empty() && tree.parts.size() <= mail::max_parts + 1, "the number of parts");
    for (const mail::Part& part : tree.parts) {
        fuzz::check(part.body.empty() || (part.body.data() >= raw.data() &&
                                          part.body.data() + part.body.size() <= raw.data() + raw.size()),
                    "a body outside of the mail");
        for (const std::size_t child : part.children)
            fuzz::check(child < tree.parts.size() && child > 0, "a child that is no part");
    }
    return 0;
}
