// Address lists (mail/address.hpp), read from a raw field.
#include "mail/address.hpp"
#include "mail/encoded_word.hpp"

#include "tests/fuzz/checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::vector<mail::NamedAddress> addresses =
        mail::parse_addresses(mail::field_text(fuzz::view(bytes, size)));
    fuzz::check(addresses.size() <= mail::max_addresses, "the number of addresses");
    fuzz::check_addresses(addresses);
    return 0;
}
