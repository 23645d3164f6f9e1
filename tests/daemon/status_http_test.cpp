#include "daemon/status_http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <optional>
#include <thread>

namespace program {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class StatusHttp : public testing::Test {
  protected:
    void start(StatusLimits limits = {}) {
        std::vector<StatusRoute> routes = {
            {"/metrics",
             [] {
                 return StatusAnswer{.body = "sessions 1\n", .content_type = "text/plain; version=0.0.4"};
             }},
            {"/readyz",
             [] {
                 return StatusAnswer{503, "no database\n"};
             }},
        };
        server_.emplace(io_.get_executor(), "127.0.0.1", 0, std::move(routes), limits);
        thread_ = std::thread([this] { io_.run(); });
    }

    void TearDown() override {
        if (server_) server_->stop();
        if (thread_.joinable()) thread_.join();  // run() returns only when nothing of the server is left
    }

    tcp::socket connect() {
        tcp::socket socket(clients_);
        socket.connect({asio::ip::make_address("127.0.0.1"), server_->port()});
        return socket;
    }

    // All that comes until the server closes.
    static std::string read_all(tcp::socket& socket) {
        std::string text;
        boost::system::error_code error;
        asio::read(socket, asio::dynamic_buffer(text), error);
        return text;
    }

    std::string ask(const std::string& request) {
        tcp::socket socket = connect();
        boost::system::error_code error;
        asio::write(socket, asio::buffer(request), error);
        return read_all(socket);
    }

    asio::io_context io_;
    asio::io_context clients_;
    std::optional<StatusServer> server_;
    std::thread thread_;
};

constexpr auto rest = " HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n";

TEST_F(StatusHttp, AnswersFromTheTable) {
    start();
    const std::string answer = ask(std::string("GET /metrics?x=1") + rest);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4\r\n"));
    EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nsessions 1\n"));
    EXPECT_THAT(ask(std::string("GET /readyz") + rest), StartsWith("HTTP/1.1 503 "));
}

TEST_F(StatusHttp, HeadIsGetWithoutTheBody) {
    start();
    const std::string answer = ask(std::string("HEAD /metrics") + rest);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Length: 11\r\n"));
    EXPECT_THAT(answer, testing::EndsWith("\r\n\r\n"));
}

TEST_F(StatusHttp, OtherPathsAndMethodsAreRefused) {
    start();
    EXPECT_THAT(ask(std::string("GET /") + rest), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(ask(std::string("GET /metrics/") + rest), StartsWith("HTTP/1.1 404 "));
    const std::string refused = ask(std::string("DELETE /metrics") + rest);
    EXPECT_THAT(refused, StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(refused, HasSubstr("Allow: GET, HEAD\r\n"));
}

TEST_F(StatusHttp, ConnectionServesOneRequestAfterAnother) {
    start();
    const std::string answers =
        ask(std::string("HEAD /metrics HTTP/1.1\r\nHost: desk\r\n\r\nGET /metrics") + rest);
    EXPECT_THAT(answers, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answers, testing::EndsWith("\r\n\r\nsessions 1\n"));
    EXPECT_NE(answers.find("HTTP/1.1 200", 1), std::string::npos);
}

TEST_F(StatusHttp, RequestsAreBounded) {
    start();
    EXPECT_EQ(ask("GET /metrics HTTP/1.1\r\nX: " + std::string(100'000, 'x')), "");
    EXPECT_EQ(ask("\r\n\r\nno request\r\n\r\n"), "");
    const std::string answer = ask("POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(answer, HasSubstr("Connection: close"));
}

TEST_F(StatusHttp, SilentClientIsCutOffAndMakesRoom) {
    start({.connections = 1, .timeout = std::chrono::seconds(1)});
    tcp::socket silent = connect();
    const std::string answer = ask(std::string("GET /metrics") + rest);  // waits in the kernel's queue
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(read_all(silent), "");
}

TEST_F(StatusHttp, StopClosesEveryConnection) {
    start();
    tcp::socket silent = connect();
    asio::write(silent, asio::buffer(std::string("GET /metrics HTTP/1.1\r\nHost: desk\r\n\r\n")));
    char first = 0;
    asio::read(silent, asio::buffer(&first, 1));
    server_->stop();
    EXPECT_THAT(read_all(silent), testing::EndsWith("sessions 1\n"));
    thread_.join();
    boost::system::error_code error;
    tcp::socket late(clients_);
    late.connect({asio::ip::make_address("127.0.0.1"), server_->port()}, error);
    EXPECT_TRUE(error);
}

}  // namespace
}  // namespace program
