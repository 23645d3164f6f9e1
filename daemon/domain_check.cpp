#include "daemon/domain_check.hpp"

#include "auth/dmarc.hpp"
#include "auth/iprev.hpp"
#include "auth/key_record.hpp"
#include "auth/spf.hpp"
#include "auth/spf_record.hpp"
#include "daemon/zone_line.hpp"
#include "mail/text.hpp"
#include "outbound/mta_sts_policies.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace program {
namespace {

namespace asio = boost::asio;
using asio::ip::address;
using Grade = Finding::Grade;
using Status = net::DnsAnswer::Status;

std::vector<std::string> texts_of(const net::DnsAnswer& answer) {
    std::vector<std::string> texts;
    for (const std::string& record : answer.records)
        if (auto text = net::text_of(record)) texts.push_back(*std::move(text));
    return texts;
}

std::string spf_mechanisms(const std::vector<address>& addresses) {
    std::string text;
    for (const address& one : addresses)
        text += fmt::format(" {}:{}", one.is_v4() ? "ip4" : "ip6", one.to_string());
    return text;
}

class DomainCheck {
  public:
    DomainCheck(DomainQuestion question, net::Resolver& resolver, outbound::Https& web,
                std::chrono::steady_clock::time_point deadline)
        : question_(std::move(question)), resolver_(resolver), web_(web), deadline_(deadline) {}

    asio::awaitable<std::vector<Finding>> run() {
        const std::set<std::string> domains = {question_.domain, question_.bounce_domain,
                                               question_.reply_domain};
        co_await own_addresses();
        for (const std::string& domain : domains) co_await mail_exchangers(domain);
        co_await spf();
        co_await dkim();
        co_await dmarc();
        for (const address& one : question_.addresses) co_await reverse_name(one);
        for (const std::string& domain : domains) co_await mta_sts(domain);
        for (const std::string& host : secure_exchangers_) co_await tlsa(host);
        co_return std::move(findings_);
    }

  private:
    void tell(const char* what, Grade grade, std::string words, std::string record = {}) {
        findings_.push_back({what, grade, std::move(words), std::move(record)});
    }
    void unknown(const char* what, const std::string& name, const std::string& why) {
        tell(what, Grade::unknown, fmt::format("{} could not be looked up ({})", name, why));
    }

    asio::awaitable<std::vector<address>> addresses_of(std::string host) {
        std::vector<address> addresses;
        for (const auto type : {net::RecordType::a, net::RecordType::aaaa}) {
            const net::DnsAnswer answer = co_await resolver_.look_up(host, type, deadline_);
            for (const std::string& record : answer.records)
                if (const auto one = net::address_of(type, record)) addresses.push_back(*one);
        }
        co_return addresses;
    }

    asio::awaitable<void> own_addresses() {
        for (const std::string& host : question_.mail_hosts)
            for (const address& one : co_await addresses_of(host)) mail_addresses_.insert(one);
        if (!question_.addresses.empty()) co_return;
        if (!question_.smarthost.empty()) {
            tell(
                "SPF", Grade::advice,
                fmt::format(
                    "mail of {} leaves by {}; say with --address what that sends from, to have SPF looked at",
                    question_.domain, question_.smarthost));
            co_return;
        }
        question_.addresses = co_await addresses_of(question_.host_name);
        if (question_.addresses.empty())
            tell("address", Grade::missing,
                 fmt::format("{}, which this host calls itself, has no address in DNS; give it one, set "
                             "smtp.host_name, or say with --address where mail leaves from",
                             question_.host_name),
                 zone_line(question_.host_name, "A", "ADDRESS"));
    }

    // "answers to mail of acme.example", or what else comes to that domain.
    std::string comes_to(const std::string& domain) const {
        std::vector<std::string_view> what;
        if (domain == question_.bounce_domain) what.emplace_back("bounces");
        if (domain == question_.reply_domain) what.emplace_back("answers");
        return fmt::format("{}", fmt::join(what, " and "));
    }

    asio::awaitable<bool> takes_our_mail(std::string host) {
        for (const std::string& own : question_.mail_hosts)
            if (mail::iequals(host, own)) co_return true;
        for (const address& one : co_await addresses_of(host))
            if (mail_addresses_.contains(one)) co_return true;
        co_return false;
    }

    asio::awaitable<void> mail_exchangers(std::string domain) {
        const net::DnsAnswer answer = co_await resolver_.look_up(domain, net::RecordType::mx, deadline_);
        if (answer.status == Status::failed) {
            unknown("MX", domain, answer.why);
            co_return;
        }
        std::vector<net::MailExchanger> list;
        for (const std::string& record : answer.records)
            if (auto one = net::mail_exchanger_of(record)) list.push_back(*std::move(one));
        std::ranges::sort(list, {}, &net::MailExchanger::preference);
        std::vector<std::string> names, ours;
        for (const net::MailExchanger& one : list) {
            names.push_back(one.name.empty() ? "nobody (null MX)" : one.name);
            if (!one.name.empty()) exchangers_[domain].push_back(one.name);
            if (!one.name.empty() && co_await takes_our_mail(one.name)) ours.push_back(one.name);
        }
        const std::string lost = comes_to(domain);
        if (!ours.empty()) {
            tell("MX", Grade::good, fmt::format("mail for {} comes to {}", domain, fmt::join(ours, ", ")));
            for (const std::string& one : ours)
                if (answer.secure) secure_exchangers_.insert(one);
            co_return;
        }
        tell("MX", lost.empty() ? Grade::advice : Grade::missing,
             fmt::format("{} {}{}", domain,
                         list.empty() ? "has no MX record"
                                      : fmt::format("has its mail brought to {}, not to {}",
                                                    fmt::join(names, ", "), question_.mail_hosts.front()),
                         lost.empty() ? "; mail to it gets here only if that host hands it on"
                                      : fmt::format("; {} to mail of {} come there, and would be lost", lost,
                                                    question_.domain)),
             zone_line(domain, "MX", "10 " + question_.mail_hosts.front() + "."));
    }

    // Of the return path, which is what SPF is about.
    asio::awaitable<void> spf() {
        const std::string& domain = question_.bounce_domain;
        std::vector<address> refused;
        std::string verdict;
        for (const address& one : question_.addresses) {
            const auth::Spf found = co_await auth::check_spf(
                {one, question_.host_name, "bounce", domain, question_.host_name}, resolver_, deadline_);
            if (found.result == auth::Result::pass) continue;
            if (found.result == auth::Result::temperror) {
                unknown("SPF", domain, found.why);
                co_return;
            }
            refused.push_back(one);
            verdict = found.why.empty() ? std::string(auth::name(found.result))
                                        : fmt::format("{}: {}", auth::name(found.result), found.why);
        }
        if (question_.addresses.empty()) co_return;
        if (refused.empty()) {
            tell("SPF", Grade::good, fmt::format("{} permits every address that mail leaves from", domain));
            co_return;
        }
        const net::DnsAnswer answer = co_await resolver_.look_up(domain, net::RecordType::txt, deadline_);
        std::string record;
        for (const std::string& text : texts_of(answer))
            if (record.empty() && auth::is_spf_record(text)) record = text;
        const std::string add = spf_mechanisms(refused);
        if (record.empty())
            tell("SPF", Grade::missing, fmt::format("{} has no SPF record", domain),
                 zone_text_line(domain, "v=spf1" + add + " ~all"));
        else
            tell("SPF", Grade::missing,
                 fmt::format("{} does not permit{} ({}); let this take the place of its record", domain, add,
                             verdict),
                 zone_text_line(domain, "v=spf1" + add + record.substr(std::string_view("v=spf1").size())));
    }

    asio::awaitable<void> dkim() {
        bool active = false;
        for (const store::StoredDkimKey& key : question_.keys) {
            if (key.retired) continue;
            Finding found = co_await check_dkim_key(key.key, resolver_, deadline_);
            active = active || key.active;
            if (key.active && found.grade == Grade::good)
                signatures_.push_back({.result = auth::Result::pass, .domain = question_.domain});
            if (!key.active) {
                found.words +=
                    fmt::format("; it does not sign yet: ticketgate domain dkim activate {} --selector {}",
                                question_.domain, key.key.selector);
                if (found.grade == Grade::missing || found.grade == Grade::good) found.grade = Grade::advice;
            }
            findings_.push_back(std::move(found));
        }
        if (!active)
            tell("DKIM", Grade::missing,
                 fmt::format("no key signs mail of {0}; make one with: ticketgate domain dkim add {0}",
                             question_.domain));
    }

    asio::awaitable<void> dmarc() {
        const std::string& domain = question_.domain;
        const auth::Spf spf{.result = auth::Result::pass, .domain = question_.bounce_domain};
        const auth::Dmarc found = co_await auth::evaluate_dmarc(
            {domain, true}, spf, signatures_, co_await auth::discover_dmarc(domain, resolver_, deadline_),
            resolver_, deadline_);
        const std::string record = zone_text_line(
            "_dmarc." + domain, fmt::format("v=DMARC1; p=none; rua=mailto:postmaster@{}", domain));
        if (found.result == auth::Result::temperror) {
            unknown("DMARC", "_dmarc." + domain, found.why);
        } else if (found.result == auth::Result::none) {
            tell("DMARC", Grade::advice,
                 domain + " has no DMARC record; large providers want one, and anybody may write in its name",
                 record);
        } else if (found.result != auth::Result::pass) {
            tell("DMARC", Grade::missing,
                 fmt::format(
                     "mail of {} passes neither by DKIM nor by its bounce domain {}, and {} asks for {}",
                     domain, question_.bounce_domain, found.policy_domain, auth::name(found.policy)));
        } else {
            std::string words = fmt::format("{} asks for {} where mail does not pass; ours does by {}",
                                            found.policy_domain, auth::name(found.policy),
                                            found.dkim_aligned && found.spf_aligned ? "DKIM and SPF"
                                            : found.dkim_aligned                    ? "DKIM"
                                                                 : "SPF alone, which forwarding breaks");
            const bool weak = found.policy == auth::Dmarc::Policy::none;
            if (weak) words += "; once the reports are clean, ask for quarantine or reject";
            tell("DMARC", weak || !found.dkim_aligned ? Grade::advice : Grade::good, std::move(words));
        }
    }

    asio::awaitable<void> reverse_name(address client) {
        const auth::Iprev found = co_await auth::check_iprev(client, resolver_, deadline_);
        if (found.result == auth::Result::pass)
            tell("PTR", Grade::good, fmt::format("{} is {}", client.to_string(), found.host_name));
        else if (found.result == auth::Result::temperror)
            unknown("PTR", client.to_string(), "no answer");
        else
            tell("PTR", Grade::advice,
                 fmt::format(
                     "{} has no name that leads back to it, and large providers refuse mail from it; whoever "
                     "gave you the address can set that",
                     client.to_string()),
                 zone_line(net::reverse_name(client), "PTR", question_.host_name + "."));
    }

    // RFC 8461 §3.1.
    asio::awaitable<void> mta_sts(std::string domain) {
        const std::string at = "_mta-sts." + domain;
        const net::DnsAnswer answer = co_await resolver_.look_up(at, net::RecordType::txt, deadline_);
        if (answer.status == Status::failed) {
            unknown("MTA-STS", at, answer.why);
            co_return;
        }
        const auto records = std::ranges::count_if(
            texts_of(answer), [](const std::string& text) { return text.starts_with("v=STSv1"); });
        const std::string record = zone_text_line(at, "v=STSv1; id=1");
        if (records == 0)
            tell("MTA-STS", Grade::advice,
                 fmt::format("{} has no MTA-STS: what comes to it may be read on the way by who can redirect "
                             "it (the record needs the policy's file beside it: docs/domains.md)",
                             domain),
                 record);
        else if (!outbound::sts_id(answer))
            tell("MTA-STS", Grade::advice,
                 at + " has several MTA-STS records, or one that is malformed, and so counts as having none",
                 record);
        else
            co_await mta_sts_policy(std::move(domain));
    }

    asio::awaitable<void> mta_sts_policy(std::string domain) {
        using Mode = outbound::StsPolicy::Mode;
        const std::string at = "https://mta-sts." + domain + "/.well-known/mta-sts.txt";
        constexpr std::uint16_t port = 443;
        const auto fetched = co_await outbound::fetch_sts_policy(web_, domain, port, deadline_);
        if (fetched.has_error()) {
            tell("MTA-STS", Grade::advice,
                 fmt::format("{} can't be had ({}), so there is a record without a policy", at,
                             fetched.error()));
            co_return;
        }
        const outbound::StsPolicy& policy = fetched->policy;
        const bool enforced = policy.mode == Mode::enforce;
        for (const std::string& host : exchangers_[domain])
            if (policy.mode != Mode::none && !outbound::matches_any(host, policy.mx)) {
                tell("MTA-STS", enforced ? Grade::missing : Grade::advice,
                     fmt::format("{} does not name {}{}", at, host,
                                 enforced ? ": senders that heed it bring no mail there" : ""));
                co_return;
            }
        tell("MTA-STS", enforced ? Grade::good : Grade::advice,
             fmt::format("the policy of {} is {}", domain,
                         enforced ? "in force" : "there; it protects only when its mode is enforce"));
    }

    // RFC 7672. Only where the zone is signed, for elsewhere nobody heeds it.
    asio::awaitable<void> tlsa(std::string host) {
        const std::string at = "_25._tcp." + host;
        const net::DnsAnswer answer = co_await resolver_.look_up(at, net::RecordType::tlsa, deadline_);
        const bool own = question_.certificate && mail::iequals(host, question_.host_name);
        const std::string record =
            own ? zone_line(at, "TLSA", question_.certificate->record()) : std::string();
        if (answer.status == Status::failed) {
            unknown("TLSA", at, answer.why);
        } else if (answer.records.empty()) {
            tell("TLSA", Grade::advice,
                 fmt::format(
                     "{} has no TLSA record, though its zone is signed: with one, senders insist on TLS",
                     host),
                 record);
        } else if (!answer.secure) {
            tell("TLSA", Grade::advice, at + " is not signed by DNSSEC, so nobody heeds it");
        } else if (own && std::ranges::all_of(answer.records, [&](const std::string& one) {
                       const auto read = net::tlsa_of(one);
                       return !read || question_.certificate->matches(*read) == OwnCertificate::Match::no;
                   })) {
            tell("TLSA", Grade::missing,
                 at + " names none of what smtp.tls_certificate shows: senders that know DANE bring no mail",
                 record);
        } else {
            tell("TLSA", Grade::good, at + " is there" + (own ? ", and names our certificate" : ""));
        }
    }

    DomainQuestion question_;
    net::Resolver& resolver_;
    outbound::Https& web_;
    std::chrono::steady_clock::time_point deadline_;
    std::set<address> mail_addresses_;
    std::map<std::string, std::vector<std::string>> exchangers_;  // by domain
    std::set<std::string> secure_exchangers_;                     // of ours, that DNSSEC vouches for
    std::vector<auth::DkimSignature> signatures_;
    std::vector<Finding> findings_;
};

}  // namespace

std::string_view name(Finding::Grade grade) {
    switch (grade) {
        case Grade::good:
            return "good";
        case Grade::advice:
            return "advice";
        case Grade::missing:
            return "missing";
        case Grade::unknown:
            break;
    }
    return "unknown";
}

boost::asio::awaitable<std::vector<Finding>> check_domain(DomainQuestion question, net::Resolver& resolver,
                                                          outbound::Https& web,
                                                          std::chrono::steady_clock::time_point deadline) {
    DomainCheck check(std::move(question), resolver, web, deadline);
    co_return co_await check.run();
}

boost::asio::awaitable<Finding> check_dkim_key(auth::DkimKey key, net::Resolver& resolver,
                                               std::chrono::steady_clock::time_point deadline) {
    const std::string at = auth::dkim_record_name(key.domain, key.selector);
    const std::string record = zone_text_line(at, auth::dkim_record(key.key));
    const net::DnsAnswer answer = co_await resolver.look_up(at, net::RecordType::txt, deadline);
    if (answer.status == Status::failed)
        co_return Finding{
            "DKIM", Grade::unknown, fmt::format("{} could not be looked up ({})", at, answer.why), {}};
    const std::string public_key = key.key.public_key();
    std::string wrong;
    for (const std::string& text : texts_of(answer)) {
        const auth::KeyRecord found = auth::read_key_record(text);
        if (found.wrong.empty() && found.type == key.key.type() && found.key == public_key) {
            if (found.testing)
                co_return Finding{"DKIM", Grade::advice,
                                  at + " says t=y: others need not heed our signatures", record};
            co_return Finding{"DKIM", Grade::good, at + " has the key", {}};
        }
        wrong = found.wrong.empty() ? "another key" : found.wrong;
    }
    co_return Finding{"DKIM", Grade::missing,
                      wrong.empty() ? at + " has no key record: our signatures count for nothing"
                                    : fmt::format("{} is not our key ({}): our signatures fail", at, wrong),
                      record};
}

}  // namespace program
