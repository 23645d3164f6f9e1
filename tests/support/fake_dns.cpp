#include "tests/support/fake_dns.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace asio = boost::asio;

namespace test {
namespace {

std::string key(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (name.ends_with('.')) name.pop_back();
    return name;
}

std::string_view name_of_type(net::RecordType type) {
    switch (type) {
        case net::RecordType::a:
            return "A";
        case net::RecordType::ns:
            return "NS";
        case net::RecordType::ptr:
            return "PTR";
        case net::RecordType::mx:
            return "MX";
        case net::RecordType::txt:
            return "TXT";
        case net::RecordType::aaaa:
            return "AAAA";
        case net::RecordType::tlsa:
            return "TLSA";
    }
    return "?";
}

std::string reverse_name(const std::string& text) {
    return net::reverse_name(asio::ip::make_address(text));
}

}  // namespace

std::string name_rdata(std::string_view name) {
    std::string wire;
    if (name.ends_with('.')) name.remove_suffix(1);
    while (!name.empty()) {
        const std::string_view label = name.substr(0, name.find('.'));
        wire += static_cast<char>(label.size());
        wire += label;
        name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    return wire + '\0';
}

std::string text_rdata(const std::vector<std::string>& strings) {
    std::string wire;
    for (const std::string& part : strings) {
        std::string_view rest = part;
        do {
            const std::string_view piece = rest.substr(0, 255);
            wire += static_cast<char>(piece.size());
            wire += piece;
            rest.remove_prefix(piece.size());
        } while (!rest.empty());
    }
    return wire;
}

std::string address_rdata(const std::string& text) {
    const auto address = asio::ip::make_address(text);
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        return {bytes.begin(), bytes.end()};
    }
    const auto bytes = address.to_v6().to_bytes();
    return {bytes.begin(), bytes.end()};
}

std::string mx_rdata(std::uint16_t preference, std::string_view name) {
    return std::string{static_cast<char>(preference >> 8), static_cast<char>(preference & 255)} +
           name_rdata(name);
}

FakeDns::Name& FakeDns::at(const std::string& name) {
    return names_[key(name)];
}

FakeDns& FakeDns::record(const std::string& name, net::RecordType type, std::string rdata) {
    at(name).records[type].push_back(std::move(rdata));
    return *this;
}
FakeDns& FakeDns::txt(const std::string& name, const std::string& text) {
    return record(name, net::RecordType::txt, text_rdata({text}));
}
FakeDns& FakeDns::a(const std::string& name, const std::string& address) {
    const std::string rdata = address_rdata(address);
    return record(name, rdata.size() == 4 ? net::RecordType::a : net::RecordType::aaaa, rdata);
}
FakeDns& FakeDns::mx(const std::string& name, std::uint16_t preference, const std::string& exchanger) {
    return record(name, net::RecordType::mx, mx_rdata(preference, exchanger));
}
FakeDns& FakeDns::ptr(const std::string& address, const std::string& name) {
    return record(reverse_name(address), net::RecordType::ptr, name_rdata(name));
}
FakeDns& FakeDns::cname(const std::string& name, const std::string& target) {
    at(name).cname = key(target);
    return *this;
}
FakeDns& FakeDns::exists(const std::string& name) {
    at(name);
    return *this;
}
void FakeDns::forget(const std::string& name) {
    names_.erase(key(name));
}
FakeDns& FakeDns::fails(const std::string& name) {
    at(name).fails = true;
    return *this;
}
FakeDns& FakeDns::fails(const std::string& name, net::RecordType type) {
    at(name).failing.insert(type);
    return *this;
}
FakeDns& FakeDns::silent(const std::string& name) {
    at(name).silent = true;
    return *this;
}
FakeDns& FakeDns::slow(const std::string& name, std::chrono::milliseconds time) {
    at(name).delay = time;
    return *this;
}
FakeDns& FakeDns::secure(const std::string& name) {
    at(name).secure = true;
    return *this;
}
void FakeDns::release() {
    for (asio::steady_timer* timer : waiting_) timer->cancel();
}

asio::awaitable<net::DnsAnswer> FakeDns::look_up(std::string name, net::RecordType type,
                                                 std::chrono::steady_clock::time_point deadline) {
    using Status = net::DnsAnswer::Status;
    asked.push_back(std::string(name_of_type(type)) + " " + name);
    net::DnsAnswer answer;
    if (!net::is_domain_name(name)) {
        answer.status = Status::no_name;
        co_return answer;
    }
    name = key(name);
    for (int hops = 0; hops <= 8; ++hops) {
        const auto found = names_.find(name);
        if (found == names_.end()) {
            const std::string above = "." + name;
            const bool empty_non_terminal = std::any_of(names_.begin(), names_.end(), [&](const auto& other) {
                return other.first.ends_with(above);
            });
            answer.status = empty_non_terminal ? Status::no_records : Status::no_name;
            co_return answer;
        }
        const Name& here = found->second;
        answer.secure = here.secure && (hops == 0 || answer.secure);  // all the way
        if (here.silent || here.delay.count() > 0) {
            const auto now = std::chrono::steady_clock::now();
            const auto until = here.silent ? deadline : std::min(deadline, now + here.delay);
            asio::steady_timer timer(co_await asio::this_coro::executor, until);
            waiting_.insert(&timer);
            co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
            waiting_.erase(&timer);
            if (here.silent || until == deadline) {
                answer.why = "no answer in time";
                co_return answer;
            }
        }
        if (here.fails || here.failing.contains(type)) {
            answer.why = "SERVFAIL";
            co_return answer;
        }
        if (here.cname.empty()) {
            const auto records = here.records.find(type);
            if (records != here.records.end()) answer.records = records->second;
            answer.status = answer.records.empty() ? Status::no_records : Status::found;
            co_return answer;
        }
        answer.canonical = name = here.cname;
    }
    answer.why = "CNAME loop";
    co_return answer;
}

}  // namespace test
