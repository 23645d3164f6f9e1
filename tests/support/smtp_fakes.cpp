#include "tests/support/smtp_fakes.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace asio = boost::asio;

namespace test {

namespace {

bool sent_by(const smtp::Sender& sender, const char* address) {
    return mail::mailbox_of(sender.reverse_path).key() == address;
}

}  // namespace

std::optional<smtp::Reply> refuse_sender(const smtp::Sender& sender) {
    if (!sent_by(sender, "evil@away.example")) return std::nullopt;
    return smtp::Reply{550, "5.7.1", "Not to any of us"};
}

smtp::Resolution resolve(const mail::Mailbox& recipient, const smtp::Sender& sender) {
    using enum smtp::Resolution::Outcome;
    std::string local = recipient.local_part;
    std::transform(local.begin(), local.end(), local.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (!recipient.domain.empty() && recipient.domain != "ours.example") return {not_ours, {}};
    if (local == "postmaster") return {found, {1, 9}};
    if (sent_by(sender, "evil@x.example") && (local == "known" || local == "second"))
        return {refused, {}, {550, "5.7.1", "Not to us"}};
    if (local == "known" || local == "alias") return {found, {1, 1}};
    if (local == "second") return {found, {1, 2}};
    if (local == "busy") return {unavailable, {}};
    if (local.starts_with("user")) return {found, {1, 100 + std::stoi("0" + local.substr(4))}};
    return {unknown_mailbox, {}};
}

std::optional<smtp::Reply> FakeDirectory::refuse_client(const std::string& /*address*/) {
    return no_greeting;
}

asio::awaitable<std::optional<smtp::Reply>> FakeDirectory::refuse_sender(smtp::Sender sender) {
    co_return test::refuse_sender(sender);
}

asio::awaitable<smtp::Resolution> FakeDirectory::resolve(mail::Mailbox recipient, smtp::Sender sender) {
    co_return test::resolve(recipient, sender);
}

asio::awaitable<smtp::Reply> FakeSink::accept(smtp::ReceivedMessage message) {
    {
        std::lock_guard lock(mutex_);
        ++asked_;
        changed_.notify_all();
    }
    auto executor = co_await asio::this_coro::executor;
    auto held = [this] {
        std::lock_guard lock(mutex_);
        return holding_;
    };
    while (held()) co_await asio::post(executor, asio::use_awaitable);
    co_return take(std::move(message));
}

smtp::Reply FakeSink::take(smtp::ReceivedMessage message) {
    std::lock_guard lock(mutex_);
    smtp::Reply reply{250, "2.0.0", "Accepted r" + std::to_string(stored_.size() + 1)};
    if (!answers.empty()) {
        reply = answers.front();
        answers.pop_front();
    }
    if (reply.code == 250) stored_.push_back(std::move(message));
    return reply;
}

void FakeSink::hold_back() {
    std::lock_guard lock(mutex_);
    holding_ = true;
}

void FakeSink::release() {
    std::lock_guard lock(mutex_);
    holding_ = false;
}

void FakeSink::wait_until_asked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_ > 0; });
}

std::vector<smtp::ReceivedMessage> FakeSink::stored() const {
    std::lock_guard lock(mutex_);
    return stored_;
}

std::size_t CountingProbe::count(const std::string& what) const {
    std::lock_guard lock(mutex_);
    auto found = counts_.find(what);
    return found == counts_.end() ? 0 : found->second;
}

bool CountingProbe::wait_for(const std::string& what, std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return counts_[what] >= count; });
}

void CountingProbe::add(const std::string& what, std::size_t by) {
    std::lock_guard lock(mutex_);
    counts_[what] += by;
    changed_.notify_all();
}

void RecordingLog::event(Level, std::string_view name, std::string_view session, Fields fields) {
    std::lock_guard lock(mutex_);
    text_.append(name).append(" session=").append(session);
    for (const auto& [key, value] : fields) text_.append(" ").append(key).append("=").append(value);
    text_ += '\n';
}

std::string RecordingLog::text() const {
    std::lock_guard lock(mutex_);
    return text_;
}

}  // namespace test
