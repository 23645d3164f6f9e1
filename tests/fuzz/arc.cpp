// ARC sets of any mail (auth/arc.hpp).
#include "auth/arc.hpp"
#include "tests/fuzz/any_key.hpp"

namespace {

boost::asio::awaitable<void> check_mail(std::string_view mail, fuzz::AnyKey& keys) {
    const auto now = std::chrono::system_clock::from_time_t(1'772'528'400);
    const auth::Arc arc = co_await auth::verify_arc(mail, keys, fuzz::no_deadline, now);
    fuzz::check(keys.asked <= auth::max_arc_sets + 1, "too many look-ups");
    fuzz::check_text(arc.author_results);
    fuzz::check_text(arc.why);
    for (const std::string& one : arc.sealers) fuzz::check_text(one);
    const bool vouched = arc.result == auth::Result::pass;
    fuzz::check(!vouched || !arc.sealers.empty(), "a chain without sealers");
    fuzz::check((vouched || arc.result == auth::Result::none) == arc.why.empty(),
                "a result without its reason");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::run_on_mail(fuzz::view(bytes, size), check_mail);
    return 0;
}
