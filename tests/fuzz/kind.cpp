// What kind of writer a mail has (mail/kind.hpp): the short way says what reading the whole mail says.
#include "mail/kind.hpp"
#include "mail/read.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view raw = fuzz::view(bytes, size);
    const mail::Header header = mail::read_header(raw);
    for (const mail::Circumstances& circumstances :
         {mail::Circumstances{.reverse_path = std::nullopt, .installation = "desk.example"},
          mail::Circumstances{.reverse_path = "ann@mail.example", .installation = "desk.example"},
          mail::Circumstances{.reverse_path = "", .installation = ""}}) {
        const mail::KindDecision decision = mail::read_kind(raw, header, circumstances);
        const mail::Message message = mail::read_message(raw, circumstances);
        fuzz::check(message.kind == decision.kind, "the header alone gives another kind");
        fuzz::check(message.kind_reasons == decision.reasons, "the header alone gives other reasons");
        const auto original = message.bounce ? message.bounce->original_message_id : std::nullopt;
        fuzz::check(original == decision.original_message_id(), "the header alone gives another Message-ID");
        for (const std::string& reason : decision.reasons) fuzz::check_text(reason);
        fuzz::check_text(decision.original_message_id().value_or(""));
    }
    return 0;
}
