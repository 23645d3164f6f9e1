#include "auth/spf.hpp"

#include "auth/host_names.hpp"
#include "auth/spf_macro.hpp"
#include "auth/spf_record.hpp"
#include "mail/mailbox.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <ctime>
#include <optional>
#include <utility>

namespace asio = boost::asio;

namespace auth {
namespace {

using Status = net::DnsAnswer::Status;
using Mechanism = SpfTerm::Mechanism;

constexpr int max_terms = 10, max_void_lookups = 2;
constexpr std::size_t max_exchangers = 10, max_explanation = 500;

struct Outcome {
    Result result = Result::none;
    std::string explanation;  // domain-spec of the record that said fail
    std::string domain;       // which that record was of
    std::string why;
};

// Whether a term matches; or with `error` that the whole check ends here.
struct Match {
    bool matches = false;
    std::optional<Outcome> error;
};

Outcome failure(Result result, std::string why) {
    return {result, {}, {}, std::move(why)};
}

// One check of one mail.
class Check {
  public:
    Check(MacroValues values, net::Resolver& resolver, std::chrono::steady_clock::time_point deadline)
        : values_(std::move(values)), resolver_(resolver), deadline_(deadline) {}

    // RFC 7208 §4. Calls itself for `include`, at most as deep as terms are allowed.
    asio::awaitable<Outcome> check_host(std::string domain) {
        while (true) {
            const auto [record, outcome] = co_await find_record(domain);
            if (!record) co_return outcome;
            for (const SpfTerm& term : record->terms) {
                const Match match = co_await evaluate(term, domain);
                if (match.error) co_return *match.error;
                if (match.matches) co_return Outcome{term.result, record->explanation, domain, {}};
            }
            if (record->redirect.empty()) co_return Outcome{Result::neutral, {}, domain, {}};
            // §6.1: the other record is used as if it were this domain's own, its exp= included.
            if (++terms_ > max_terms) co_return too_many_terms();
            const auto target = co_await expand(record->redirect, domain);
            if (!target || !net::is_domain_name(*target)) {
                co_return failure(Result::permerror, "redirect to what is no domain");
            }
            domain = *target;
            redirected_ = true;
        }
    }

    // §6.2: the words of the domain that said fail; "" when it has none that can be had.
    asio::awaitable<std::string> explain(const Outcome& outcome) {
        if (outcome.explanation.empty()) co_return std::string();
        const auto target = co_await expand(outcome.explanation, outcome.domain);
        if (!target || !net::is_domain_name(*target)) co_return std::string();
        const net::DnsAnswer answer = co_await look_up(*target, net::RecordType::txt);
        if (answer.records.size() != 1) co_return std::string();
        const auto text = net::text_of(answer.records.front());
        if (!text || text->size() > max_spf_record || !is_explanation(*text)) co_return std::string();
        auto words = co_await expand_text(*text, outcome.domain);
        // It may quote the sender's local part, so what went in as ASCII need not come out so.
        if (!words || words->size() > max_explanation ||
            std::any_of(words->begin(), words->end(), [](char c) { return c < ' ' || c > '~'; })) {
            co_return std::string();
        }
        co_return std::move(*words);
    }

  private:
    static Outcome too_many_terms() { return failure(Result::permerror, "more than 10 terms that ask DNS"); }
    static Outcome dns_trouble(const std::string& name, const net::DnsAnswer& answer) {
        return failure(Result::temperror, answer.why.empty() ? name : name + ": " + answer.why);
    }

    asio::awaitable<net::DnsAnswer> look_up(std::string name, net::RecordType type) {
        co_return co_await resolver_.look_up(std::move(name), type, deadline_);
    }

    // §4.4, §4.5
    asio::awaitable<std::pair<std::optional<SpfRecord>, Outcome>> find_record(const std::string& domain) {
        std::pair<std::optional<SpfRecord>, Outcome> found;
        const net::DnsAnswer answer = co_await look_up(domain, net::RecordType::txt);
        if (answer.status == Status::failed) {
            found.second = dns_trouble(domain, answer);
            co_return found;
        }
        std::optional<std::string> text;
        for (const std::string& rdata : answer.records) {
            auto candidate = net::text_of(rdata);
            if (!candidate || !is_spf_record(*candidate)) continue;
            if (text) {
                found.second = failure(Result::permerror, domain + ": more than one SPF record");
                co_return found;
            }
            text = std::move(candidate);
        }
        if (!text) {
            // §6.1: a redirect has to lead to a record.
            found.second =
                failure(redirected_ ? Result::permerror : Result::none, domain + ": no SPF record");
            co_return found;
        }
        found.first = parse_spf_record(*text);
        if (!found.first) found.second = failure(Result::permerror, domain + ": malformed SPF record");
        co_return found;
    }

    asio::awaitable<void> learn_host_names() {
        if (host_names_) co_return;
        HostNames found = co_await validated_host_names(values_.client, resolver_, deadline_);
        host_names_ = std::move(found.names);
    }

    static bool is_or_is_below(std::string_view name, std::string_view domain) {
        if (domain.ends_with('.')) domain.remove_suffix(1);
        if (name.size() == domain.size()) return mail::iequals(name, domain);
        return name.size() > domain.size() && name[name.size() - domain.size() - 1] == '.' &&
               mail::iequals(name.substr(name.size() - domain.size()), domain);
    }

    // §7.3, %{p}: the domain itself, else a name below it, else any.
    asio::awaitable<void> choose_host_name(const std::string& domain) {
        co_await learn_host_names();
        values_.host_name = "unknown";
        int best = 0;
        for (const std::string& name : *host_names_) {
            const int rank = mail::iequals(name, domain) ? 3 : is_or_is_below(name, domain) ? 2 : 1;
            if (rank > best) values_.host_name = name;
            best = std::max(best, rank);
        }
    }

    asio::awaitable<std::optional<std::string>> expand_text(const std::string& text,
                                                            const std::string& domain) {
        values_.domain = domain;
        if (needs_host_name(text)) co_await choose_host_name(domain);
        co_return expand_macros(text, values_);
    }

    asio::awaitable<std::optional<std::string>> expand(const std::string& spec, const std::string& domain) {
        auto name = co_await expand_text(spec, domain);
        if (!name) co_return std::nullopt;
        co_return std::string(shorten_name(*name));
    }

    // §4.6.4: a term whose look-ups found nothing at all. An error once there are more than two of them.
    Match no_match_of_void() {
        Match match;
        if (++void_lookups_ > max_void_lookups) {
            match.error = failure(Result::permerror, "more than 2 look-ups that found nothing");
        }
        return match;
    }

    [[nodiscard]] bool has_client(const net::DnsAnswer& answer, net::RecordType type,
                                  const SpfTerm& term) const {
        return std::any_of(answer.records.begin(), answer.records.end(), [&](const std::string& rdata) {
            const auto address = net::address_of(type, rdata);
            return address && in_network(values_.client, *address, term.bits4, term.bits6);
        });
    }

    [[nodiscard]] net::RecordType address_type() const {
        return values_.client.is_v4() ? net::RecordType::a : net::RecordType::aaaa;
    }

    asio::awaitable<Match> evaluate(const SpfTerm& term, const std::string& domain) {
        Match match;
        if (term.mechanism == Mechanism::all) {
            match.matches = true;
            co_return match;
        }
        if (term.mechanism == Mechanism::ip4 || term.mechanism == Mechanism::ip6) {
            match.matches = in_network(values_.client, term.network, term.bits4, term.bits6);
            co_return match;
        }
        if (++terms_ > max_terms) {
            match.error = too_many_terms();
            co_return match;
        }
        std::string target = domain;
        if (!term.domain.empty()) {
            auto expanded = co_await expand(term.domain, domain);
            if (!expanded) {
                match.error = failure(Result::permerror, "macros that expand without end");
                co_return match;
            }
            target = std::move(*expanded);
        }
        // §4.8 leaves open what becomes of a name that can't be asked for: here it is one that doesn't exist.
        if (!net::is_domain_name(target)) {
            if (term.mechanism == Mechanism::include) {
                match.error = failure(Result::permerror, "include of what is no domain");
            }
            co_return match;
        }
        switch (term.mechanism) {
            case Mechanism::include:
                co_return co_await include(std::move(target));
            case Mechanism::a:
                co_return co_await address_of_name(std::move(target), address_type(), term);
            case Mechanism::exists:
                co_return co_await exists(std::move(target));
            case Mechanism::mx:
                co_return co_await exchangers(std::move(target), term);
            case Mechanism::ptr:
                co_return co_await pointer(std::move(target));
            default:
                co_return match;
        }
    }

    // §5.2
    asio::awaitable<Match> include(std::string target) {
        const bool redirected = std::exchange(redirected_, false);
        Outcome outcome = co_await check_host(target);
        redirected_ = redirected;
        Match match;
        match.matches = outcome.result == Result::pass;
        if (outcome.result == Result::temperror || outcome.result == Result::permerror) {
            match.error = std::move(outcome);
        } else if (outcome.result == Result::none) {
            match.error = failure(Result::permerror, target + ": included, and has no SPF record");
        }
        co_return match;
    }

    // §5.3
    asio::awaitable<Match> address_of_name(std::string target, net::RecordType type, const SpfTerm& term) {
        const net::DnsAnswer answer = co_await look_up(target, type);
        Match match;
        if (answer.status == Status::failed) {
            match.error = dns_trouble(target, answer);
            co_return match;
        }
        if (answer.records.empty()) co_return no_match_of_void();
        match.matches = has_client(answer, type, term);
        co_return match;
    }

    // §5.7: A records, also for clients with IPv6.
    asio::awaitable<Match> exists(std::string target) {
        const net::DnsAnswer answer = co_await look_up(target, net::RecordType::a);
        Match match;
        if (answer.status == Status::failed) {
            match.error = dns_trouble(target, answer);
            co_return match;
        }
        if (answer.records.empty()) co_return no_match_of_void();
        match.matches = true;
        co_return match;
    }

    // §5.4
    asio::awaitable<Match> exchangers(std::string target, const SpfTerm& term) {
        const net::DnsAnswer answer = co_await look_up(target, net::RecordType::mx);
        Match match;
        if (answer.status == Status::failed) {
            match.error = dns_trouble(target, answer);
            co_return match;
        }
        if (answer.records.size() > max_exchangers) {
            match.error = failure(Result::permerror, target + ": more than 10 mail exchangers");
            co_return match;
        }
        bool found_any = false;
        for (const std::string& rdata : answer.records) {
            const auto exchanger = net::mail_exchanger_of(rdata);
            if (!exchanger || exchanger->name.empty()) continue;
            const net::DnsAnswer addresses = co_await look_up(exchanger->name, address_type());
            if (addresses.status == Status::failed) {
                match.error = dns_trouble(exchanger->name, addresses);
                co_return match;
            }
            found_any = found_any || !addresses.records.empty();
            if (has_client(addresses, address_type(), term)) {
                match.matches = true;
                co_return match;
            }
        }
        if (!found_any) co_return no_match_of_void();
        co_return match;
    }

    // §5.5: trouble with DNS is no match here.
    asio::awaitable<Match> pointer(std::string target) {
        co_await learn_host_names();
        Match match;
        match.matches = std::any_of(host_names_->begin(), host_names_->end(),
                                    [&](const std::string& name) { return is_or_is_below(name, target); });
        co_return match;
    }

    MacroValues values_;
    net::Resolver& resolver_;
    const std::chrono::steady_clock::time_point deadline_;
    std::optional<std::vector<std::string>> host_names_;
    int terms_ = 0, void_lookups_ = 0;
    bool redirected_ = false;
};

// §4.3: a name of at least two labels, or there is nothing to ask for.
std::string checked_domain(std::string_view said) {
    std::string domain = mail::is_ascii(said) ? mail::lower(said) : mail::domain_to_ascii(said);
    if (domain.ends_with('.')) domain.pop_back();
    const bool good =
        net::is_domain_name(domain) && domain.find('.') != std::string::npos && domain.front() != '[';
    return good ? domain : std::string();
}

}  // namespace

asio::awaitable<Spf> check_spf(SpfQuestion question, net::Resolver& resolver,
                               std::chrono::steady_clock::time_point deadline) {
    Spf spf;
    MacroValues values;
    values.client = unmapped(question.client);
    spf.helo = question.domain.empty();
    spf.domain = checked_domain(spf.helo ? question.helo : question.domain);
    if (spf.domain.empty()) {
        spf.why = spf.helo ? "the HELO name is no domain name" : "the sender's domain is no domain name";
        co_return spf;
    }
    values.local_part =
        spf.helo || question.local_part.empty() ? "postmaster" : std::move(question.local_part);
    values.sender_domain = values.domain = spf.domain;
    values.helo = std::move(question.helo);
    values.receiver = question.receiver.empty() ? "unknown" : std::move(question.receiver);
    values.host_name = "unknown";
    values.time = std::time(nullptr);
    Check check(std::move(values), resolver, deadline);
    const Outcome outcome = co_await check.check_host(spf.domain);
    spf.result = outcome.result;
    spf.why = outcome.why;
    if (spf.result == Result::fail) spf.explanation = co_await check.explain(outcome);
    co_return spf;
}

}  // namespace auth
