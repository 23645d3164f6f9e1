// A recipient's local part as a stranger says it: is it one of our signed addresses?
#include "auth/signed_address.hpp"

#include "tests/fuzz/checks.hpp"

using fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const auth::AddressKeys keys({{1, std::string(32, 'k')}, {2, std::string(32, 'l')}});
    using Verdict = auth::AddressReading::Verdict;
    const std::string_view text = fuzz::view(bytes, size);
    const auth::AddressReading reading = keys.verify(text, 1);
    if (reading.verdict == Verdict::genuine) {
        const std::string again =
            auth::AddressKeys({{1, std::string(32, 'k')}}).sign(reading.purpose, 1, reading.id);
        // The seeds have one that we signed with the first key; nobody finds another by trying.
        check(mail::iequals(again, text), "two addresses name the same");
    } else {
        check(reading.id == auth::AddressId{}, "what is not genuine names something");
    }
    check((reading.verdict == Verdict::not_one) == (keys.verify(text, 2).verdict == Verdict::not_one),
          "the form depends on the workspace");
    return 0;
}
