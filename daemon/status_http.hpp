// A small HTTP server for monitoring: a table of paths, each answered by a plain function.
//
// GET and HEAD; another path is 404, another method 405. It is bounded by itself: so many connections,
// so many header bytes, no request bodies, and a deadline for each request and answer, so that a slow or
// hostile client costs a socket for a few seconds and nothing else. Answers are made on the server's
// strand and must not block. The one place that includes Boost.Beast is status_http.cpp.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace program {

struct StatusAnswer {
    unsigned status = 200;
    std::string body;
    std::string content_type = "text/plain; charset=utf-8";
};

struct StatusRoute {
    std::string path;
    std::function<StatusAnswer()> answer;
};

struct StatusLimits {
    std::size_t connections = 64;  // those past it wait in the kernel's queue
    std::chrono::seconds timeout{10};
};

class StatusServer {
  public:
    // Throws boost::system::system_error when the address can't be listened on; port 0 takes a free one.
    StatusServer(const boost::asio::any_io_executor& executor, const std::string& address, std::uint16_t port,
                 std::vector<StatusRoute> routes, StatusLimits limits = {});
    // On a socket that listens already; throws std::runtime_error when it is none.
    StatusServer(const boost::asio::any_io_executor& executor, int descriptor,
                 std::vector<StatusRoute> routes, StatusLimits limits = {});
    ~StatusServer();  // stops
    StatusServer(const StatusServer&) = delete;
    StatusServer& operator=(const StatusServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

    // Closes the listener and every connection; may be called from any thread and more than once.
    void stop();

  private:
    void start();

    struct State;
    std::shared_ptr<State> state_;
    std::uint16_t port_ = 0;
};

}  // namespace program
