// A whole smtp::Server on loopback ports of its own, in a thread of its own, before the fake desk.
#pragma once

#include "smtp/server.hpp"
#include "tests/support/smtp_fakes.hpp"

#include <boost/asio/thread_pool.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace test {

class TestServer {
  public:
    explicit TestServer(smtp::Options options = {});
    ~TestServer();  // stops it, cutting what is still open

    // SIGTERM: from another thread, without waiting.
    void begin_stop(std::chrono::milliseconds grace);
    void wait_stopped();
    [[nodiscard]] smtp::Server::Standing standing();
    void run(std::function<void()> work);  // in the server's thread, waiting for it

    FakeDirectory directory;
    FakeSink sink;
    CountingProbe probe;
    boost::asio::thread_pool files{1};  // where it writes temporary files
    RecordingLog log;
    // Takes connections over a descriptor that listens.
    void adopt(int descriptor, smtp::Service service);

    std::uint16_t port = 0, tls_port = 0, lmtp_port = 0;

  private:
    struct Running;
    std::unique_ptr<Running> running_;
};

}  // namespace test
