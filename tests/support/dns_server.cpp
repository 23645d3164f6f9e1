#include "tests/support/dns_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <optional>
#include <utility>

namespace asio = boost::asio;

namespace test {
namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);

std::string word(std::size_t value) {
    return {static_cast<char>(value >> 8 & 255), static_cast<char>(value & 255)};
}

std::size_t word_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]) * 256U + static_cast<unsigned char>(bytes[at + 1]);
}

// The question as text and type; its length on the wire.
struct Question {
    std::string name;
    std::uint16_t type = 0;
    std::string_view wire;
};
std::optional<Question> question_of(std::string_view query) {
    Question question;
    for (std::size_t at = 12; at < query.size();) {
        const std::size_t length = static_cast<unsigned char>(query[at++]);
        if (length == 0) {
            if (at + 4 > query.size()) return std::nullopt;
            question.type = static_cast<std::uint16_t>(word_at(query, at));
            question.wire = query.substr(12, at + 4 - 12);
            return question;
        }
        if (length > 63 || at + length > query.size()) return std::nullopt;
        if (!question.name.empty()) question.name += '.';
        for (const char c : query.substr(at, length)) {
            question.name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        }
        at += length;
    }
    return std::nullopt;
}

std::string packet(std::string_view id, std::size_t flags, std::string_view question, std::uint16_t type,
                   const std::vector<std::string>& records) {
    std::string out =
        std::string(id) + word(0x8180 | flags) + word(1) + word(records.size()) + word(0) + word(0);
    out += question;
    for (const std::string& rdata : records) {
        out += word(0xc00c) + word(type) + word(1) + word(0) + word(300) + word(rdata.size()) + rdata;
    }
    return out;
}

}  // namespace

DnsServer::DnsServer(std::uint16_t port) : udp_(context_), tcp_(context_) {
    const auto address = asio::ip::make_address("127.0.0.1");
    // A port that is free for UDP may be taken for TCP.
    for (boost::system::error_code taken = asio::error::address_in_use; taken;) {
        udp_ = asio::ip::udp::socket(context_, {address, port});
        port_ = udp_.local_endpoint().port();
        tcp_ = asio::ip::tcp::acceptor(context_);
        tcp_.open(asio::ip::tcp::v4());
        tcp_.set_option(asio::socket_base::reuse_address(true));
        tcp_.bind({address, port_}, taken);
        if (taken && (port != 0 || taken != asio::error::address_in_use))
            throw boost::system::system_error(taken);
    }
    tcp_.listen();
    asio::co_spawn(context_, serve_udp(), asio::detached);
    asio::co_spawn(context_, serve_tcp(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
}

DnsServer::~DnsServer() {
    context_.stop();
    thread_.join();
}

void DnsServer::record(const std::string& name, net::RecordType type, std::string rdata) {
    const std::lock_guard lock(mutex_);
    names_[name].records[static_cast<std::uint16_t>(type)].push_back(std::move(rdata));
}
void DnsServer::manner(const std::string& name, Manner manner) {
    const std::lock_guard lock(mutex_);
    names_[name].manner = manner;
}
void DnsServer::slow(const std::string& name, std::chrono::milliseconds delay) {
    const std::lock_guard lock(mutex_);
    names_[name].delay = delay;
}
unsigned DnsServer::queries() const {
    const std::lock_guard lock(mutex_);
    return queries_;
}
unsigned DnsServer::tcp_queries() const {
    const std::lock_guard lock(mutex_);
    return tcp_queries_;
}

DnsServer::Answer DnsServer::answer(std::string_view query, bool udp) {
    constexpr std::size_t servfail = 2, name_error = 3, truncated = 0x0200;
    if (query.size() < 12) return {};
    const auto question = question_of(query);
    if (!question) return {};
    const std::string_view id = query.substr(0, 2);
    const std::lock_guard lock(mutex_);
    ++queries_;
    if (!udp) ++tcp_queries_;
    const auto found = names_.find(question->name);
    if (found == names_.end()) return {{packet(id, name_error, question->wire, 0, {})}, {}};
    const Name& name = found->second;
    const auto records = name.records.find(question->type);
    const std::vector<std::string> none;
    const std::string truth =
        packet(id, 0, question->wire, question->type, records == name.records.end() ? none : records->second);
    switch (name.manner) {
        case Manner::silent:
            return {};
        case Manner::servfail:
            return {{packet(id, servfail, question->wire, 0, {})}, name.delay};
        case Manner::truncates:
            if (udp) return {{packet(id, truncated, question->wire, 0, {})}, name.delay};
            break;
        case Manner::lies: {
            const std::string other_id{static_cast<char>(id[0] ^ 1), id[1]};
            return {{packet(other_id, 0, question->wire, question->type, {std::string(4, '\6')}), truth},
                    name.delay};
        }
        case Manner::mistakes: {
            std::string other(question->wire);
            other[1] = static_cast<char>(other[1] ^ 2);
            return {{packet(id, 0, other, question->type, {std::string(4, '\6')})}, name.delay};
        }
        case Manner::babbles:
            return {{std::string(id) + "\x81\x80 nothing of this is DNS", std::string(3, '\0')}, name.delay};
        case Manner::honest:
            break;
    }
    return {{truth}, name.delay};
}

asio::awaitable<void> DnsServer::serve_udp() {
    std::array<char, 4096> buffer{};
    while (true) {
        asio::ip::udp::endpoint peer;
        const auto [error, size] = co_await udp_.async_receive_from(asio::buffer(buffer), peer, token);
        if (error) continue;
        asio::co_spawn(context_, reply(peer, answer({buffer.data(), size}, true)), asio::detached);
    }
}

asio::awaitable<void> DnsServer::reply(asio::ip::udp::endpoint peer, Answer answer) {
    if (answer.delay.count() > 0) {
        asio::steady_timer timer(context_, answer.delay);
        co_await timer.async_wait(token);
    }
    for (const std::string& bytes : answer.packets)
        co_await udp_.async_send_to(asio::buffer(bytes), peer, token);
}

asio::awaitable<void> DnsServer::serve_tcp() {
    while (true) {
        auto [error, socket] = co_await tcp_.async_accept(token);
        if (!error) asio::co_spawn(context_, converse(std::move(socket)), asio::detached);
    }
}

asio::awaitable<void> DnsServer::converse(asio::ip::tcp::socket socket) {
    while (true) {
        std::string length(2, '\0');
        auto [error, count] = co_await asio::async_read(socket, asio::buffer(length), token);
        if (error) co_return;
        std::string query(word_at(length, 0), '\0');
        std::tie(error, count) = co_await asio::async_read(socket, asio::buffer(query), token);
        if (error) co_return;
        const Answer given = answer(query, false);
        for (const std::string& bytes : given.packets) {
            const std::string framed = word(bytes.size()) + bytes;
            std::tie(error, count) = co_await asio::async_write(socket, asio::buffer(framed), token);
            if (error) co_return;
        }
    }
}

}  // namespace test
