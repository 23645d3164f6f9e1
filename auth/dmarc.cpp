#include "auth/dmarc.hpp"

#include "mail/mailbox.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <optional>

namespace asio = boost::asio;

namespace auth {
namespace {

using Policy = Dmarc::Policy;
using Status = net::DnsAnswer::Status;

constexpr std::size_t max_labels = 8;
constexpr std::size_t max_identifiers = 10;  // domains of signatures that are looked at

std::size_t count_labels(std::string_view domain) {
    return 1 + static_cast<std::size_t>(std::count(domain.begin(), domain.end(), '.'));
}

// §4.10 steps 3 and 4: one label less, but a name of 8 and more labels is cut to its last 7. "" above the
// top.
std::string_view parent_of(std::string_view domain) {
    std::size_t labels = count_labels(domain);
    do {
        const std::size_t dot = domain.find('.');
        if (dot == std::string_view::npos) return {};
        domain.remove_prefix(dot + 1);
    } while (--labels >= max_labels);
    return domain;
}

bool is_or_is_below(std::string_view name, std::string_view domain) {
    return name.ends_with(domain) &&
           (name.size() == domain.size() || name[name.size() - domain.size() - 1] == '.');
}

struct Walk {
    std::string organizational_domain;
    std::string policy_domain;  // whose record speaks for a domain that has none of its own; "": no record
    bool failed = false;
};

class Evaluation {
  public:
    Evaluation(DmarcRecords records, net::Resolver& resolver, std::chrono::steady_clock::time_point deadline)
        : records_(std::move(records)), resolver_(resolver), deadline_(deadline) {}

    DmarcRecords& records() { return records_; }

    const DmarcRecord& record_of(const std::string& domain) { return *records_.answers.at(domain).record; }

    // §4.10, §4.10.2
    asio::awaitable<Walk> walk(std::string start) {
        Walk found;
        found.organizational_domain = start;
        std::string below;  // the name that is one label longer than `at`
        for (std::string at = start; !at.empty(); below = std::exchange(at, std::string(parent_of(at)))) {
            const DmarcRecords::Answer* const answer = co_await look_up(at);
            if (answer->failed) {
                found.failed = true;
                co_return found;
            }
            if (!answer->record) continue;
            const auto suffix = answer->record->suffix;
            if (suffix == DmarcRecord::Suffix::yes && at != start) {
                // One label longer than the public suffix; the name before may have been cut by more than
                // one.
                found.organizational_domain = one_label_longer(start, at);
                if (below != found.organizational_domain || found.policy_domain != below)
                    found.policy_domain = at;
                co_return found;
            }
            found.organizational_domain = found.policy_domain = at;
            if (suffix == DmarcRecord::Suffix::no) co_return found;
        }
        co_return found;
    }

    // RFC 8020: no such name.
    asio::awaitable<Status> existence(std::string domain) {
        co_return (co_await resolver_.look_up(std::move(domain), net::RecordType::a, deadline_)).status;
    }

  private:
    static std::string one_label_longer(std::string_view name, std::string_view domain) {
        const std::string_view rest = name.substr(0, name.size() - domain.size() - 1);
        return std::string(name.substr(rest.rfind('.') + 1));  // npos + 1 is 0
    }

    asio::awaitable<const DmarcRecords::Answer*> look_up(const std::string& domain) {
        const auto [place, is_new] = records_.answers.try_emplace(domain);
        DmarcRecords::Answer& result = place->second;
        if (!is_new) co_return &result;
        const net::DnsAnswer answer =
            co_await resolver_.look_up("_dmarc." + domain, net::RecordType::txt, deadline_);
        result.failed = answer.status == Status::failed;
        if (result.failed && records_.why.empty()) records_.why = "_dmarc." + domain + ": " + answer.why;
        bool several = false;
        for (const std::string& rdata : answer.records) {
            const auto text = net::text_of(rdata);
            auto record = text ? parse_dmarc_record(*text) : std::nullopt;
            if (!record) continue;
            several = several || result.record;
            result.record = record;
        }
        if (several) result.record.reset();  // §4.10: all are discarded
        co_return &result;
    }

    DmarcRecords records_;
    net::Resolver& resolver_;
    const std::chrono::steady_clock::time_point deadline_;
};

// What an identifier proves of the author's domain.
enum class Alignment { none, organizational, exact, unknown };

asio::awaitable<Alignment> align(Evaluation& evaluation, const std::string& author, const Walk& walk,
                                 std::string identifier) {
    if (identifier == author) co_return Alignment::exact;
    // Another organization's name needs no walk, and costs none.
    if (identifier.empty() || (!walk.failed && !is_or_is_below(identifier, walk.organizational_domain))) {
        co_return Alignment::none;
    }
    if (walk.failed) {
        // They can have an organizational domain in common only if one is in the top-level domain of the
        // other.
        const auto top = author.substr(author.rfind('.') + 1);
        co_return is_or_is_below(identifier, top) ? Alignment::unknown : Alignment::none;
    }
    const Walk other = co_await evaluation.walk(identifier);
    if (other.failed) co_return Alignment::unknown;
    co_return other.organizational_domain == walk.organizational_domain ? Alignment::organizational
                                                                        : Alignment::none;
}

Policy one_step_lower(Policy policy) {
    return policy == Policy::reject ? Policy::quarantine : Policy::none;
}

}  // namespace

Author author_of(const mail::Header& header) {
    Author author;
    author.alone =
        std::find(header.warnings.begin(), header.warnings.end(), "several_from") == header.warnings.end();
    if (!header.from) return author;
    const std::size_t at = header.from->address.rfind('@');
    if (at == std::string::npos) return author;
    const std::string_view written = std::string_view(header.from->address).substr(at + 1);
    std::string domain = mail::is_ascii(written) ? mail::lower(written) : mail::domain_to_ascii(written);
    if (domain.ends_with('.')) domain.pop_back();
    if (net::is_domain_name(domain) && domain.front() != '[') author.domain = std::move(domain);
    return author;
}

asio::awaitable<DmarcRecords> discover_dmarc(std::string author_domain, net::Resolver& resolver,
                                             std::chrono::steady_clock::time_point deadline) {
    Evaluation evaluation({}, resolver, deadline);
    if (!author_domain.empty()) (void)co_await evaluation.walk(std::move(author_domain));
    co_return std::move(evaluation.records());
}

asio::awaitable<Dmarc> evaluate_dmarc(Author author, const Spf& spf, const std::vector<DkimSignature>& dkim,
                                      DmarcRecords records, net::Resolver& resolver,
                                      std::chrono::steady_clock::time_point deadline) {
    Dmarc dmarc;
    if (author.domain.empty()) {
        dmarc.result = Result::permerror;
        dmarc.why = "no author with a domain";
        co_return dmarc;
    }
    dmarc.author_domain = dmarc.organizational_domain = author.domain;
    Evaluation evaluation(std::move(records), resolver, deadline);
    const Walk walk = co_await evaluation.walk(author.domain);
    const auto own = evaluation.records().answers.find(author.domain);
    const bool has_own = own != evaluation.records().answers.end() && own->second.record;
    if (!walk.failed) {
        dmarc.organizational_domain = walk.organizational_domain;
        dmarc.policy_domain = has_own ? author.domain : walk.policy_domain;
    } else if (has_own) {
        dmarc.policy_domain = author.domain;  // what lies above decides about alignment alone
    }
    const DmarcRecord* const record =
        dmarc.policy_domain.empty() ? nullptr : &evaluation.record_of(dmarc.policy_domain);
    // §4.10.1: a record without a usable policy that wants reports asks for none; else it says nothing.
    const bool usable =
        record != nullptr && ((record->policy && !record->bad_policy) || record->wants_reports);

    // Of each identifier whether it is aligned, were it proved; `unknown` where DNS would not say.
    bool undecided = false;
    const auto consider = [&](Result result, Alignment alignment, bool strict, bool& aligned) {
        if (alignment == Alignment::none || (strict && alignment != Alignment::exact)) return;
        if (result == Result::temperror || alignment == Alignment::unknown) {
            undecided = true;
        } else {
            aligned = true;
        }
    };
    const auto matters = [](Result result) { return result == Result::pass || result == Result::temperror; };
    if (matters(spf.result)) {
        const Alignment alignment = co_await align(evaluation, author.domain, walk, spf.domain);
        consider(spf.result, alignment, record != nullptr && record->strict_spf, dmarc.spf_aligned);
    }
    std::map<std::string, Alignment> seen;
    for (const DkimSignature& signature : dkim) {
        if (!matters(signature.result)) continue;
        auto known = seen.find(signature.domain);
        if (known == seen.end()) {
            if (seen.size() == max_identifiers) break;
            const Alignment alignment = co_await align(evaluation, author.domain, walk, signature.domain);
            known = seen.emplace(signature.domain, alignment).first;
        }
        consider(signature.result, known->second, record != nullptr && record->strict_dkim,
                 dmarc.dkim_aligned);
    }

    if (walk.failed && record == nullptr) {
        dmarc.result = Result::temperror;
        dmarc.why = evaluation.records().why;
        co_return dmarc;
    }
    if (!usable) {
        if (record != nullptr) dmarc.why = dmarc.policy_domain + ": a record without a policy";
        dmarc.policy_domain.clear();
        co_return dmarc;
    }
    dmarc.policy = record->bad_policy ? Policy::none : record->policy.value_or(Policy::none);
    const bool passes = dmarc.spf_aligned || dmarc.dkim_aligned;
    bool existence_unknown = false;
    if (dmarc.policy_domain != author.domain && !record->bad_policy) {
        const Policy existing = record->subdomains.value_or(dmarc.policy);
        if (record->non_existent && *record->non_existent != existing && !passes) {
            const Status status = co_await evaluation.existence(author.domain);
            existence_unknown = status == Status::failed;
            dmarc.policy = status == Status::no_name ? *record->non_existent : existing;
        } else {
            dmarc.policy = existing;
        }
    }
    if (record->testing) dmarc.policy = one_step_lower(dmarc.policy);
    if (passes && author.alone) {
        dmarc.result = Result::pass;
    } else if (passes) {
        dmarc.result = Result::permerror;
        dmarc.why = "more than one author";
    } else if (undecided || existence_unknown) {
        dmarc.result = Result::temperror;
        dmarc.why =
            evaluation.records().why.empty() ? "SPF or DKIM could not be decided" : evaluation.records().why;
    } else {
        dmarc.result = Result::fail;
    }
    co_return dmarc;
}

}  // namespace auth
