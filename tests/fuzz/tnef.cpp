// winmail.dat (mail/tnef.hpp) and the RTF in it (mail/rtf.hpp).
#include "mail/tnef.hpp"
#include "mail/rtf.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view raw = fuzz::view(bytes, size);
    if (const auto tnef = mail::read_tnef(raw, 100)) {
        fuzz::check(tnef->attachments.size() <= 100, "the number of attachments");
        fuzz::check_text(tnef->text);
        fuzz::check_text(tnef->html);
        for (const mail::Attachment& one : tnef->attachments) fuzz::check_text(one.name);
    }
    if (const auto rtf = mail::decompress_rtf(raw))
        fuzz::check(rtf->size() <= 10 * raw.size() + 64 * 1024, "decompressed RTF is too long");
    fuzz::check_text(mail::read_rtf(raw).text);
    return 0;
}
