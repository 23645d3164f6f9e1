// An SPF record and an explanation as a stranger publishes them: read, and their macros expanded.
#include "auth/spf_macro.hpp"
#include "auth/spf_record.hpp"

#include "tests/fuzz/checks.hpp"

using fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text = fuzz::view(bytes, size);
    auth::MacroValues values;
    values.local_part = "a-b+c";
    values.sender_domain = "mail.example.com";
    values.domain = "example.com";
    values.helo = "helo.example";
    values.host_name = "host.example.com";
    values.receiver = "mx.example";
    values.client = boost::asio::ip::make_address(size % 2 == 0 ? "192.0.2.1" : "2001:db8::1");
    const auto expand = [&](std::string_view spec) {
        const auto name = auth::expand_macros(spec, values);
        if (name) check(name->size() <= auth::max_expansion, "an expansion without end");
        if (name) check(auth::shorten_name(*name).size() <= name->size(), "a name that grew");
    };
    const auto record = auth::parse_spf_record(text);
    if (record) {
        check(auth::is_spf_record(text), "a record of somebody else's");
        for (const auth::SpfTerm& term : record->terms) {
            check(term.bits4 <= 32 && term.bits6 <= 128, "the length of a prefix");
            check(term.domain.empty() || auth::is_domain_spec(term.domain), "a domain-spec");
            expand(term.domain);
            (void)auth::in_network(values.client, term.network, term.bits4, term.bits6);
        }
        expand(record->redirect);
        expand(record->explanation);
    }
    if (auth::is_explanation(text)) expand(text);
    return 0;
}
