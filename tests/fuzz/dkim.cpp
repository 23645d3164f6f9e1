// DKIM signatures of any mail (auth/dkim.hpp).
#include "auth/dkim.hpp"
#include "tests/fuzz/any_key.hpp"

namespace {

boost::asio::awaitable<void> check_mail(std::string_view mail, fuzz::AnyKey& keys) {
    const auto now = std::chrono::system_clock::from_time_t(1'772'528'400);
    const auto signatures = co_await auth::verify_dkim(mail, keys, fuzz::no_deadline, now);
    fuzz::check(signatures.size() <= auth::max_signatures + 1, "too many signatures");
    fuzz::check(keys.asked <= auth::max_signatures, "too many look-ups");
    for (const auth::DkimSignature& one : signatures) {
        for (const std::string* text :
             {&one.domain, &one.selector, &one.identity, &one.algorithm, &one.b, &one.why})
            fuzz::check_text(*text);
        fuzz::check(one.result != auth::Result::none && one.result != auth::Result::softfail, "a result");
        fuzz::check((one.result == auth::Result::pass) == one.why.empty(), "a result without its reason");
        fuzz::check(one.result != auth::Result::pass || !one.domain.empty(), "a pass of nobody");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::run_on_mail(fuzz::view(bytes, size), check_mail);
    return 0;
}
