// A web server on 127.0.0.1 over TLS, in a thread of its own: answers each target with the bytes it was
// given.
#pragma once

#include "net/listener.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace test {

class HttpsServer {
  public:
    explicit HttpsServer(const net::CertificatePaths& certificate);
    ~HttpsServer();
    HttpsServer(const HttpsServer&) = delete;
    HttpsServer& operator=(const HttpsServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    void raw(const std::string& target, std::string bytes);
    // With Content-Length, unless the header has another.
    void answer(const std::string& target, int status, const std::string& type, const std::string& body,
                const std::string& more_fields = "");
    void silent(const std::string& target);  // never answers

    [[nodiscard]] std::vector<std::string> requests() const;  // whole, in order

  private:
    boost::asio::awaitable<void> serve();
    boost::asio::awaitable<void> converse(net::Socket socket);

    boost::asio::io_context context_{1};
    net::TlsContext tls_;
    net::Listener listener_;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> answers_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

}  // namespace test
