#include "tests/support/https_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <cstdlib>

namespace asio = boost::asio;

namespace test {
namespace {

// Whether the request is whole: its header, and as many bytes as Content-Length says.
bool is_whole(const std::string& request) {
    const auto end = request.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::string field = "\r\nContent-Length: ";
    const auto length = request.find(field);
    const auto body = length < end ? std::strtoul(request.c_str() + length + field.size(), nullptr, 10) : 0;
    return request.size() >= end + 4 + body;
}

}  // namespace

HttpsServer::HttpsServer(const net::CertificatePaths& certificate)
    : tls_(net::TlsContext::server(certificate)),
      listener_(context_.get_executor(), "127.0.0.1", 0),
      port_(listener_.port()) {
    asio::co_spawn(context_, serve(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
}

HttpsServer::~HttpsServer() {
    context_.stop();
    thread_.join();
}

void HttpsServer::raw(const std::string& target, std::string bytes) {
    const std::lock_guard lock(mutex_);
    answers_[target] = std::move(bytes);
}

void HttpsServer::answer(const std::string& target, int status, const std::string& type,
                         const std::string& body, const std::string& more_fields) {
    raw(target, "HTTP/1.1 " + std::to_string(status) + " As given\r\nContent-Type: " + type +
                    "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more_fields + "\r\n" +
                    body);
}

void HttpsServer::silent(const std::string& target) {
    raw(target, "");
}

std::vector<std::string> HttpsServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

asio::awaitable<void> HttpsServer::serve() {
    while (auto socket = co_await listener_.accept([](const std::string&) {}))
        asio::co_spawn(context_, converse(std::move(*socket)), asio::detached);
}

asio::awaitable<void> HttpsServer::converse(net::Socket socket) {
    net::Connection connection(std::move(socket));
    const auto deadline = net::Clock::now() + std::chrono::minutes(1);
    if (co_await connection.start_tls(tls_, deadline) != net::Status::ok) co_return;
    std::string request;
    while (!is_whole(request)) {
        if (co_await connection.fill(deadline) != net::Status::ok) co_return;
        request += connection.input().view();
        connection.input().clear();
    }
    const auto begin = request.find(' ') + 1;
    const std::string target = request.substr(begin, request.find(' ', begin) - begin);
    std::string bytes;
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        const auto found = answers_.find(target);
        bytes =
            found == answers_.end() ? "HTTP/1.1 404 Not found\r\nContent-Length: 0\r\n\r\n" : found->second;
    }
    if (bytes.empty()) {
        [[maybe_unused]] const auto left = co_await connection.fill(deadline);
        co_return;
    }
    [[maybe_unused]] const auto sent = co_await connection.write(bytes, deadline);
    co_await connection.finish(deadline);
}

}  // namespace test
