#include "auth/authenticate.hpp"

#include "auth/arc.hpp"
#include "auth/authentication_results.hpp"
#include "auth/dkim.hpp"
#include "auth/dmarc.hpp"
#include "auth/host_names.hpp"
#include "auth/iprev.hpp"
#include "auth/spf.hpp"
#include "mail/mailbox.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>

namespace asio = boost::asio;

namespace auth {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

asio::awaitable<Iprev> ask_iprev(std::string address, net::Resolver& resolver, Deadline deadline) {
    boost::system::error_code error;
    const auto client = asio::ip::make_address(address, error);
    if (error) co_return Iprev{};
    co_return co_await check_iprev(client, resolver, deadline);
}

// Its seals hold, all who sealed it are trusted, and the first of them saw DMARC pass for this author.
bool is_vouched_for(const Arc& arc, const Author& author, const std::vector<std::string>& trusted) {
    if (arc.result != Result::pass || arc.sealers.empty()) return false;
    if (!std::ranges::all_of(
            arc.sealers, [&](const std::string& sealer) { return std::ranges::count(trusted, sealer) > 0; }))
        return false;
    const std::string field = "Authentication-Results: " + arc.author_results + "\r\n\r\n";
    const std::string_view id = std::string_view(arc.author_results).substr(0, arc.author_results.find(';'));
    const auto said = read_authentication_results(mail::index_header(field), {std::string(mail::trim(id))});
    return said && said->dmarc.result == Result::pass && said->dmarc.author_domain == author.domain;
}

bool is_proved(const Authentication& found, const std::string& domain) {
    return (found.spf.result == Result::pass && found.spf.domain == domain) ||
           std::ranges::any_of(found.dkim, [&](const DkimSignature& signature) {
               return signature.result == Result::pass && !signature.testing && signature.domain == domain;
           });
}

Verdict verdict_of(const Authentication& found, const Author& author) {
    if (!found.trusted_sealer.empty()) return Verdict::pass;
    if (!author.alone) return Verdict::fail;
    if (author.domain.empty()) return Verdict::none;
    switch (found.dmarc.result) {
        case Result::pass:
            return Verdict::pass;
        case Result::fail:
            return found.dmarc.policy == Dmarc::Policy::none ? Verdict::none : Verdict::fail;
        case Result::temperror:
            return Verdict::temperror;
        case Result::none:
            return is_proved(found, author.domain) ? Verdict::pass : Verdict::none;
        default:
            return Verdict::none;
    }
}

}  // namespace

asio::awaitable<Spf> ask_spf(Envelope envelope, std::string receiver, net::Resolver& resolver,
                             Deadline deadline) {
    boost::system::error_code error;
    const auto client = asio::ip::make_address(envelope.client_address, error);
    if (error) co_return Spf{};
    const mail::Mailbox path = mail::mailbox_of(envelope.reverse_path);
    co_return co_await check_spf({client, envelope.helo, path.local_part, path.domain, std::move(receiver)},
                                 resolver, deadline);
}

asio::awaitable<Authentication> authenticate(Envelope envelope, std::string_view raw,
                                             const AuthenticateOptions& options, net::Resolver& resolver,
                                             Deadline deadline, std::chrono::system_clock::time_point now) {
    const Author author = author_of(mail::read_header(raw));
    if (!options.trusted_results.empty()) {
        const auto index = mail::index_header(raw);
        if (auto said = read_authentication_results(index, options.trusted_results)) {
            said->client_address = envelope.client_address;
            said->verdict = verdict_of(*said, author);
            co_return *std::move(said);
        }
    }
    const auto executor = co_await asio::this_coro::executor;
    const auto begin = [&](auto work) { return asio::co_spawn(executor, std::move(work), asio::deferred); };
    auto group = asio::experimental::make_parallel_group(
        begin(ask_spf(envelope, options.receiver, resolver, deadline)),
        begin(ask_iprev(envelope.client_address, resolver, deadline)),
        begin(verify_dkim(raw, resolver, deadline, now)), begin(verify_arc(raw, resolver, deadline, now)),
        begin(discover_dmarc(author.domain, resolver, deadline)));
    auto [order, spf_error, spf, iprev_error, iprev, dkim_error, dkim, arc_error, arc, dmarc_error, records] =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& error : {spf_error, iprev_error, dkim_error, arc_error, dmarc_error})
        if (error) std::rethrow_exception(error);
    Authentication found{.client_address = std::move(envelope.client_address),
                         .spf = std::move(spf),
                         .dkim = std::move(dkim),
                         .dmarc = {},
                         .arc = std::move(arc),
                         .iprev = std::move(iprev),
                         .trusted_sealer = {}};
    found.dmarc =
        co_await evaluate_dmarc(author, found.spf, found.dkim, std::move(records), resolver, deadline);
    if (found.dmarc.result == Result::fail && is_vouched_for(found.arc, author, options.trusted_sealers))
        found.trusted_sealer = found.arc.sealers.back();
    found.verdict = verdict_of(found, author);
    co_return found;
}

}  // namespace auth
