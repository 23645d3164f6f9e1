#include "auth/authenticate.hpp"

#include "auth/arc.hpp"
#include "auth/authentication_results.hpp"
#include "auth/dkim.hpp"
#include "auth/iprev.hpp"
#include "auth/results_words.hpp"
#include "auth/spf.hpp"
#include "mail/header_index.hpp"
#include "mail/text.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

namespace asio = boost::asio;

namespace auth {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

constexpr std::size_t large = 64 * 1024;

asio::awaitable<Spf> spf_of(const MailInQuestion& mail, const std::optional<asio::ip::address>& client,
                            const std::string& host_name, net::Resolver& resolver, Deadline deadline) {
    if (mail.spf) co_return *mail.spf;
    if (!client) co_return Spf{};
    SpfQuestion question{*client, mail.helo, mail.reverse_path.local_part, mail.reverse_path.domain,
                         host_name};
    co_return co_await check_spf(std::move(question), resolver, deadline);
}

asio::awaitable<std::unique_ptr<DkimCheck>> prepared(std::string_view raw) {
    co_return std::make_unique<DkimCheck>(raw);
}

asio::awaitable<std::vector<DkimSignature>> dkim_of(std::string_view raw,
                                                    const std::optional<asio::any_io_executor>& workers,
                                                    net::Resolver& resolver, Deadline deadline) {
    const auto now = std::chrono::system_clock::now();
    if (raw.size() <= large || !workers) co_return co_await verify_dkim(raw, resolver, deadline, now);
    const auto check = co_await asio::co_spawn(*workers, prepared(raw), asio::use_awaitable);
    KeyRing keys;
    co_await keys.fetch(resolver, check->key_names(), deadline);
    co_return check->judge(keys, now);
}

asio::awaitable<Iprev> iprev_of(bool wanted, const std::optional<asio::ip::address>& client,
                                net::Resolver& resolver, Deadline deadline) {
    if (!wanted || !client) co_return Iprev{};
    co_return co_await check_iprev(*client, resolver, deadline);
}

bool same(std::string_view a, std::string_view b) {
    return !a.empty() && mail::iequals(a, b);
}

}  // namespace

std::string trusted_sealer_of(const Arc& arc, const Author& author,
                              const std::vector<std::string>& trusted_sealers) {
    if (arc.result != Result::pass || arc.sealers.empty() || author.domain.empty() || !author.alone)
        return {};
    for (const std::string& sealer : arc.sealers) {
        // Who is not trusted and sealed later may have written the whole mail anew.
        if (std::none_of(trusted_sealers.begin(), trusted_sealers.end(),
                         [&](const std::string& trusted) { return same(sealer, trusted); })) {
            return {};
        }
    }
    for (const StatedResult& stated : stated_results(arc.author_results)) {
        if (stated.method == "dmarc") {
            const bool passes = stated.result == "pass" && same(stated.get("header.from"), author.domain);
            return passes ? arc.sealers.front() : std::string();
        }
    }
    return {};
}

Verdict verdict_of(const Authentication& results, const Author& author) {
    const Dmarc& dmarc = results.dmarc;
    if (author.domain.empty()) return Verdict::none;
    if (dmarc.result == Result::pass || !results.trusted_sealer.empty()) return Verdict::pass;
    if (dmarc.result == Result::fail) return Verdict::fail;
    // Without a record, or before it is known: the very domain of the author is proved, which no policy
    // denies.
    if ((dmarc.result == Result::none || dmarc.result == Result::temperror) && author.alone &&
        (dmarc.spf_aligned || dmarc.dkim_aligned)) {
        return Verdict::pass;
    }
    return dmarc.result == Result::temperror ? Verdict::temperror : Verdict::none;
}

asio::awaitable<Authentication> authenticate(MailInQuestion mail, const AuthenticateOptions& options,
                                             net::Resolver& resolver) {
    using namespace asio::experimental::awaitable_operators;
    const Deadline deadline = std::chrono::steady_clock::now() + options.budget;
    Authentication results;
    bool upstream_knows = false;
    if (!options.upstream_ids.empty()) {
        auto upstream = read_authentication_results(mail::index_header(mail.raw), options.upstream_ids);
        upstream_knows = upstream.has_value();
        if (upstream) results = std::move(*upstream);
    }
    results.client_address = mail.client_address;

    DmarcRecords records;
    if (!upstream_knows) {
        std::optional<asio::ip::address> client;
        boost::system::error_code no_address;
        const auto address = asio::ip::make_address(mail.client_address, no_address);
        if (!no_address && options.upstream_ids.empty()) client = address;
        std::tie(results.spf, results.dkim, results.arc, results.iprev, records) =
            co_await (spf_of(mail, client, options.host_name, resolver, deadline) &&
                      dkim_of(mail.raw, options.workers, resolver, deadline) &&
                      verify_arc(mail.raw, resolver, deadline, std::chrono::system_clock::now()) &&
                      iprev_of(options.iprev, client, resolver, deadline) &&
                      discover_dmarc(mail.author.domain, resolver, deadline));
    }
    const bool told = upstream_knows && results.dmarc.result != Result::none &&
                      results.dmarc.author_domain == mail.author.domain && !mail.author.domain.empty();
    if (!told) {
        results.dmarc = co_await evaluate_dmarc(mail.author, results.spf, results.dkim, std::move(records),
                                                resolver, deadline);
    } else if (results.dmarc.result == Result::pass && !mail.author.alone) {
        results.dmarc.result = Result::permerror;
        results.dmarc.why = "more than one author";
    }
    // By LMTP, or of a file: SPF can't have been asked, and might have passed.
    if (results.dmarc.result == Result::fail && mail.client_address.empty() && !upstream_knows && !mail.spf) {
        results.dmarc.result = Result::none;
        results.dmarc.why = "the client is not known";
    }
    if (results.dmarc.result == Result::fail) {
        results.trusted_sealer = trusted_sealer_of(results.arc, mail.author, options.trusted_sealers);
    }
    results.verdict = verdict_of(results, mail.author);
    co_return results;
}

}  // namespace auth
