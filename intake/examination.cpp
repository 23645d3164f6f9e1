#include "intake/examination.hpp"

#include "auth/authentication_results.hpp"
#include "auth/spf.hpp"
#include "mail/mailbox.hpp"
#include "mail/read.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <exception>

namespace json = boost::json;

namespace intake {
namespace {

json::object as_json(const auth::Authentication& found) {
    json::array signatures, sealers;
    for (const auth::DkimSignature& one : found.dkim)
        signatures.push_back({{"result", auth::name(one.result)},
                              {"domain", one.domain},
                              {"selector", one.selector},
                              {"algorithm", one.algorithm},
                              {"testing", one.testing},
                              {"why", one.why}});
    for (const std::string& sealer : found.arc.sealers) sealers.emplace_back(sealer);
    return {{"verdict", auth::name(found.verdict)},
            {"client_address", found.client_address},
            {"spf",
             {{"result", auth::name(found.spf.result)},
              {"domain", found.spf.domain},
              {"helo", found.spf.helo},
              {"why", found.spf.why}}},
            {"dkim", std::move(signatures)},
            {"dmarc",
             {{"result", auth::name(found.dmarc.result)},
              {"policy", auth::name(found.dmarc.policy)},
              {"author_domain", found.dmarc.author_domain},
              {"policy_domain", found.dmarc.policy_domain},
              {"spf_aligned", found.dmarc.spf_aligned},
              {"dkim_aligned", found.dmarc.dkim_aligned},
              {"why", found.dmarc.why}}},
            {"arc",
             {{"result", auth::name(found.arc.result)},
              {"sealers", std::move(sealers)},
              {"trusted_sealer", found.trusted_sealer},
              {"why", found.arc.why}}},
            {"iprev", {{"result", auth::name(found.iprev.result)}, {"host_name", found.iprev.host_name}}}};
}

json::object as_json(const policy::Scan& scan) {
    json::object out{{"scanner", scan.scanner}, {"found", policy::name(scan.found)}};
    if (scan.score) out["score"] = *scan.score;
    if (scan.required) out["required"] = *scan.required;
    if (!scan.symbols.empty()) out["symbols"] = json::value_from(scan.symbols);
    if (!scan.why.empty()) out["why"] = scan.why;
    return out;
}

bool is_disowned(const auth::Authentication& found) {
    return found.verdict == auth::Verdict::fail && found.dmarc.policy != auth::Dmarc::Policy::none;
}

}  // namespace

auth::Verdict Examination::verdict() const {
    if (!authentication) return auth::Verdict::none;
    return is_disowned(*authentication) || authentication->verdict != auth::Verdict::fail
               ? authentication->verdict
               : auth::Verdict::none;
}

bool Examination::spf_passed() const {
    return authentication && authentication->spf.result == auth::Result::pass;
}

std::optional<double> Examination::spam_score() const {
    for (const policy::Scan& scan : scans)
        if (scan.score) return scan.score;
    return std::nullopt;
}

Examiner::Examiner(Options options, net::Resolver* resolver,
                   std::vector<std::unique_ptr<policy::Scanner>> scanners)
    : options_(std::move(options)), resolver_(resolver), scanners_(std::move(scanners)) {}

asio::awaitable<std::vector<policy::Scan>> Examiner::scan(policy::ScanRequest request) const {
    std::vector<policy::Scan> scans;
    if (scanners_.empty()) co_return scans;
    const auto executor = co_await asio::this_coro::executor;
    const auto deadline = net::Clock::now() + options_.scan_time;
    const auto ask = [&](policy::Scanner& scanner) {
        return asio::co_spawn(executor, scanner.scan(request, deadline), asio::deferred);
    };
    std::vector<decltype(ask(*scanners_.front()))> questions;
    for (const auto& scanner : scanners_) questions.push_back(ask(*scanner));
    auto group = asio::experimental::make_parallel_group(std::move(questions));
    auto [order, errors, answers] =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& error : errors)
        if (error) std::rethrow_exception(error);
    for (auto& answer : answers)
        for (auto& one : answer) scans.push_back(std::move(one));
    co_return scans;
}

asio::awaitable<Examination> Examiner::examine(const smtp::ReceivedMessage& message) const {
    Examination examination;
    policy::ScanRequest request{.raw = message.raw,
                                .client_address = message.client_address,
                                .helo = message.helo,
                                .reverse_path = message.reverse_path,
                                .recipients = {},
                                .id = message.session_id};
    for (const auto& recipient : message.recipients) request.recipients.push_back(recipient.address.str());
    if (!options_.verification) {
        examination.scans = co_await scan(std::move(request));
        co_return examination;
    }
    auto verify =
        auth::authenticate({message.client_address, message.helo, mail::mailbox_of(message.reverse_path),
                            message.raw, auth::author_of(mail::read_header(message.raw)), std::nullopt},
                           *options_.verification, *resolver_);
    if (scanners_.empty()) {
        examination.authentication = co_await std::move(verify);
        co_return examination;
    }
    const auto executor = co_await asio::this_coro::executor;
    auto group = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(verify), asio::deferred),
        asio::co_spawn(executor, scan(std::move(request)), asio::deferred));
    auto [order, failed, authentication, scan_failed, scans] =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& error : {failed, scan_failed})
        if (error) std::rethrow_exception(error);
    examination.authentication = std::move(authentication);
    examination.scans = std::move(scans);
    co_return examination;
}

asio::awaitable<bool> Examiner::passes_spf(smtp::Sender sender) const {
    if (!options_.verification) co_return false;
    boost::system::error_code error;
    const auto client = asio::ip::make_address(sender.client_address, error);
    if (error) co_return false;
    const mail::Mailbox path = mail::mailbox_of(sender.reverse_path);
    const auth::Spf spf = co_await auth::check_spf(
        {client, sender.helo, path.local_part, path.domain, options_.verification->host_name}, *resolver_,
        net::Clock::now() + options_.verification->budget);
    co_return spf.result == auth::Result::pass;
}

std::optional<std::string> to_json(const Examination& examination) {
    if (!examination.authentication && examination.scans.empty()) return std::nullopt;
    json::object out;
    if (examination.authentication) out = as_json(*examination.authentication);
    if (!examination.scans.empty()) {
        json::array scans;
        for (const policy::Scan& scan : examination.scans) scans.push_back(as_json(scan));
        out["scans"] = std::move(scans);
    }
    return json::serialize(out);
}

policy::Decision decide_about_author(const auth::Authentication& authentication, policy::Action unverified) {
    if (!is_disowned(authentication) || unverified == policy::Action::accept) return {};
    const auth::Dmarc& dmarc = authentication.dmarc;
    return {.action = unverified,
            .reason = "dmarc",
            .evidence = "DMARC of " + dmarc.policy_domain + " fails, and asks for " +
                        std::string(auth::name(dmarc.policy)),
            .words = {550, "5.7.1", dmarc.author_domain + " does not stand behind this message (DMARC)"}};
}

void apply_examination(Arrival& mail, const store::Snapshot& settings, const Examination& examination,
                       const policy::ScanChoices& choices, const std::string& authserv_id) {
    mail.evidence = to_json(examination);
    mail.incoming.verdict = examination.verdict();
    const policy::Decision scanned = policy::decide(examination.scans, choices);
    for (Part& part : mail.parts) {
        policy::combine(part.policy, scanned);
        if (!examination.authentication) continue;
        policy::Action unverified = policy::Action::refuse;
        for (const auto mailbox : part.mailboxes) {
            const auto found = settings.mailboxes.find({part.workspace, mailbox});
            unverified = std::min(unverified, found == settings.mailboxes.end() ? policy::Action::hold
                                                                                : found->second.unverified);
        }
        part.takes_disowned = unverified == policy::Action::accept;
        policy::combine(part.policy, decide_about_author(*examination.authentication, unverified));
    }
    if (examination.authentication)
        mail.trace =
            auth::authentication_results_field(*examination.authentication, authserv_id) + mail.trace;
}

}  // namespace intake
