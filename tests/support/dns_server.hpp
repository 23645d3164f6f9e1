// A name server on 127.0.0.1, UDP and TCP, in a thread of its own: for tests of a real resolver. It answers
// what it was given, and can be slow, silent, too long for UDP, or a liar.
#pragma once

#include "net/dns.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace test {

class DnsServer {
  public:
    enum class Manner {
        honest,
        silent,  // never answers
        servfail,
        truncates,  // over UDP only says that it was too long
        lies,       // first under another id, then what is true
        mistakes,   // answers another question
        babbles,    // bytes that are no DNS
    };

    explicit DnsServer(std::uint16_t port = 0);  // 0 takes a free one
    ~DnsServer();
    DnsServer(const DnsServer&) = delete;
    DnsServer& operator=(const DnsServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string address() const { return "127.0.0.1@" + std::to_string(port_); }

    void record(const std::string& name, net::RecordType type, std::string rdata);
    void manner(const std::string& name, Manner manner);
    void slow(const std::string& name, std::chrono::milliseconds delay);

    [[nodiscard]] unsigned queries() const;
    [[nodiscard]] unsigned tcp_queries() const;

  private:
    struct Name {
        std::map<std::uint16_t, std::vector<std::string>> records;
        Manner manner = Manner::honest;
        std::chrono::milliseconds delay{0};
    };
    struct Answer {
        std::vector<std::string> packets;
        std::chrono::milliseconds delay{0};
    };
    boost::asio::awaitable<void> serve_udp();
    boost::asio::awaitable<void> reply(boost::asio::ip::udp::endpoint peer, Answer answer);
    boost::asio::awaitable<void> serve_tcp();
    boost::asio::awaitable<void> converse(boost::asio::ip::tcp::socket socket);
    Answer answer(std::string_view query, bool udp);

    boost::asio::io_context context_{1};
    boost::asio::ip::udp::socket udp_;
    boost::asio::ip::tcp::acceptor tcp_;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::map<std::string, Name> names_;
    unsigned queries_ = 0, tcp_queries_ = 0;
    std::thread thread_;
};

}  // namespace test
