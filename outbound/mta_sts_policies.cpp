#include "outbound/mta_sts_policies.hpp"

#include <algorithm>

namespace asio = boost::asio;

namespace outbound {
namespace {

constexpr std::chrono::minutes patience{5};
constexpr std::chrono::hours refresh_after{24};

}  // namespace

StsPolicies::Entry* StsPolicies::find(const std::string& domain) {
    const auto place = places_.find(domain);
    if (place == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, place->second);
    return &*place->second;
}

StsPolicies::Entry& StsPolicies::keep(const std::string& domain) {
    if (Entry* const known = find(domain)) return *known;
    if (entries_.size() >= options_.most) {
        places_.erase(entries_.back().domain);
        entries_.pop_back();
    }
    entries_.push_front({.domain = domain, .id = {}, .policy = {}, .failed_id = {}});
    places_.emplace(domain, entries_.begin());
    return entries_.front();
}

std::optional<StsPolicy> StsPolicies::remembered(const std::string& domain) {
    const Entry* const entry = find(domain);
    if (entry == nullptr || entry->until <= options_.now()) return std::nullopt;
    return entry->policy;
}

bool StsPolicies::is_due(const std::string& domain, const std::string& id) {
    const Entry* const entry = find(domain);
    if (entry == nullptr) return true;
    const Time now = options_.now();
    if (entry->failed_id == id && now < entry->patience) return false;
    return entry->id != id || now >= entry->until || now >= entry->refresh;
}

asio::awaitable<boost::system::result<FetchedStsPolicy, std::string>> fetch_sts_policy(
    Https& https, std::string domain, std::uint16_t port, net::Clock::time_point deadline) {
    HttpsRequest request;
    request.url = {"mta-sts." + domain, port, "/.well-known/mta-sts.txt"};
    request.most = largest_sts_policy;
    HttpsResult answer = co_await https.ask(std::move(request), deadline);
    if (answer.has_error()) co_return answer.error();
    // Redirects must not be followed (RFC 8461 §3.3).
    if (answer->status != 200) co_return "the answer is " + std::to_string(answer->status);
    if (answer->content_type != "text/plain") co_return "it is no text/plain";
    auto policy = parse_sts_policy(answer->body);
    if (policy.has_error()) co_return policy.error();
    co_return FetchedStsPolicy{std::move(*policy), std::move(answer->body)};
}

asio::awaitable<void> StsPolicies::recall(std::string domain) {
    if (!options_.archive || find(domain) != nullptr) co_return;
    const auto kept = co_await options_.archive->read(domain);
    if (find(domain) != nullptr) co_return;  // another mail was quicker
    // A domain without a policy is remembered too, so that it is not asked about for every mail.
    Entry& entry = keep(domain);
    if (!kept) co_return;
    auto policy = parse_sts_policy(kept->text);
    if (policy.has_error()) co_return;
    const Time now = options_.now();
    entry.id = kept->id;
    entry.policy = std::move(*policy);
    entry.until = now + kept->remaining;
    entry.refresh = now + refresh_after - kept->age;
}

asio::awaitable<void> StsPolicies::archive(std::string domain, store::KeptStsPolicy policy) {
    if (!options_.archive) co_return;
    try {
        co_await options_.archive->keep(domain, std::move(policy));
    } catch (const std::exception& error) {
        tell(domain, std::string("the policy is known until the next restart only: ") + error.what());
    }
}

asio::awaitable<std::optional<StsPolicy>> StsPolicies::policy_of(std::string domain, Time deadline) {
    co_await recall(domain);
    const auto id = sts_id(co_await resolver_.look_up("_mta-sts." + domain, net::RecordType::txt, deadline));
    if (!id || !is_due(domain, *id)) co_return remembered(domain);
    const auto turn = co_await turns_.take(domain, deadline);
    if (!turn || !is_due(domain, *id)) co_return remembered(domain);
    const Time by = std::min(deadline, net::Clock::now() + options_.fetch_limit);
    auto fetched = co_await fetch_sts_policy(https_, domain, options_.port, by);
    const Time now = options_.now();
    Entry& entry = keep(domain);
    if (fetched.has_error()) {
        entry.failed_id = *id;
        entry.patience = now + patience;
        tell(domain, "the policy can't be had: " + fetched.error());
        co_return remembered(domain);
    }
    entry.id = *id;
    entry.policy = fetched->policy;
    entry.until = now + fetched->policy.max_age;
    entry.refresh = now + refresh_after;
    co_await archive(domain,
                     {.id = *id, .text = std::move(fetched->text), .remaining = fetched->policy.max_age});
    co_return std::move(fetched->policy);
}

}  // namespace outbound
