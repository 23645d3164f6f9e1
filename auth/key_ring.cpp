#include "auth/key_ring.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace auth {
namespace {

namespace asio = boost::asio;

// What speaks against using this key for this claim; "" when nothing does.
std::string objection(const KeyRecord& record, const Claim& claim) {
    if (!record.wrong.empty()) return record.wrong;
    if (record.type != claim.key_type) return "the key is of another type";
    if (!(claim.hash == Hash::sha1 ? record.sha1 : record.sha256)) return "the key is not for this hash";
    return record.exact_domain && !claim.own_domain ? "the key is not for subdomains" : "";
}

}  // namespace

asio::awaitable<void> KeyRing::fetch(net::Resolver& resolver, std::vector<std::string> names,
                                     std::chrono::steady_clock::time_point deadline) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::erase_if(names, [this](const std::string& name) { return answers_.contains(name); });
    if (names.empty()) co_return;
    if (names.size() == 1) {
        answers_[names[0]] = read(co_await resolver.look_up(names[0], net::RecordType::txt, deadline));
        co_return;
    }
    const auto executor = co_await asio::this_coro::executor;
    const auto ask = [&](const std::string& name) {
        return asio::co_spawn(executor, resolver.look_up(name, net::RecordType::txt, deadline),
                              asio::deferred);
    };
    std::vector<decltype(ask(names[0]))> questions;
    for (const std::string& name : names) questions.push_back(ask(name));
    auto group = asio::experimental::make_parallel_group(std::move(questions));
    const auto [order, errors, answers] =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (std::size_t i = 0; i < names.size(); ++i)
        answers_[names[i]] = errors[i] == nullptr ? read(answers[i]) : Answer{};
}

KeyRing::Answer KeyRing::read(const net::DnsAnswer& answer) {
    Answer out{answer.status, answer.why, {}};
    for (const std::string& record : answer.records) {
        if (out.keys.size() == max_keys_per_name) break;
        const std::optional<std::string> text = net::text_of(record);
        if (!text) continue;
        Key key{read_key_record(*text), std::nullopt};
        if (key.record.wrong.empty()) {
            key.key = PublicKey::read(key.record.type, key.record.key);
            if (!key.key) key.record.wrong = "the key is malformed, or too long";
        }
        out.keys.push_back(std::move(key));
    }
    return out;
}

KeyRing::Finding KeyRing::check(const Claim& claim, std::string_view digest) const {
    const auto found = answers_.find(claim.key_name());
    if (found == answers_.end()) return {};
    const Answer& answer = found->second;
    if (answer.status == net::DnsAnswer::Status::failed)
        return {Result::temperror, answer.why.empty() ? "the key was not found out" : answer.why};
    if (answer.keys.empty()) return {Result::permerror, "there is no such key"};
    std::optional<Finding> finding;
    for (const auto& [record, key] : answer.keys) {
        const std::string wrong = objection(record, claim);
        if (!wrong.empty()) {
            if (!finding) finding = Finding{Result::permerror, wrong, record.testing};
        } else if (!key->verifies(claim.hash, digest, claim.signature)) {
            finding = Finding{Result::fail, "the signature does not match", record.testing};
        } else if (key->type() == KeyType::rsa && key->bits() < min_rsa_bits) {
            return {Result::policy, "the key has less than 1024 bits", record.testing};
        } else {
            return {Result::pass, "", record.testing};
        }
    }
    return *finding;
}

}  // namespace auth
