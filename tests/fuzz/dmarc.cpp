// A DMARC record as a stranger publishes it, and an Authentication-Results field as he sends it.
#include "auth/authentication_results.hpp"
#include "auth/dmarc_record.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text = fuzz::view(bytes, size);
    const auto record = auth::parse_dmarc_record(text);
    fuzz::check(!record || text.find("DMARC1") != std::string_view::npos, "a record of somebody else's");

    const std::string raw = "Authentication-Results: " + std::string(text) + "\r\n\r\n";
    const mail::HeaderIndex index = mail::index_header(raw);
    const auto found = auth::read_authentication_results(index, {"mx.example"});
    if (found) {
        fuzz::check(found->dkim.size() <= 20, "the number of signatures");
        // Whatever was read, what we write of it is one field, and reads the same where it counts.
        const std::string ours = auth::authentication_results_field(*found, "mx.example") + "\r\n";
        const mail::HeaderIndex again = mail::index_header(ours);
        fuzz::check(again.fields.size() == 1 && mail::is_ascii(ours), "a field that is more than one");
        const auto reread = auth::read_authentication_results(again, {"mx.example"});
        fuzz::check(reread && reread->dmarc.result == found->dmarc.result, "another result for DMARC");
        fuzz::check(!auth::forged_results(index, "mx.example").empty(), "a forgery that went unseen");
    }
    const std::string renamed = auth::rename_forged_results(raw, "mx.example");
    fuzz::check(auth::forged_results(mail::index_header(renamed), "mx.example").empty(),
                "a forgery that stayed");
    return 0;
}
