#include "tests/support/test_server.hpp"

#include "tests/support/certificate.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <optional>
#include <stdexcept>
#include <thread>

namespace asio = boost::asio;

namespace test {

struct TestServer::Running {
    asio::io_context context;
    std::optional<smtp::Server> server;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{context.get_executor()};
    std::thread thread;
    bool stopping = false;
};

TestServer::TestServer(smtp::Options options) : running_(std::make_unique<Running>()) {
    static const CertificateFiles certificate;
    const bool tickets = !options.tls || options.tls->session_tickets;
    const auto others = options.tls ? options.tls->others : std::vector<net::CertificatePaths>();
    options.tls = smtp::TlsFiles{{certificate.chain_file, certificate.key_file}, tickets, others};
    options.host_name = "mx.ours.example";
    if (!options.lmtp_networks.add("127.0.0.1")) throw std::logic_error("no network");
    Running& r = *running_;
    r.server.emplace(r.context.get_executor(), std::move(options),
                     smtp::Server::Seams{directory, sink, probe, log, files.get_executor()});
    port = r.server->listen("127.0.0.1", 0);
    lmtp_port = r.server->listen("127.0.0.1", 0, smtp::Service::lmtp);
    tls_port = r.server->listen("127.0.0.1", 0, smtp::Service::smtps);
    r.thread = std::thread([&r] { r.context.run(); });
}

TestServer::~TestServer() {
    sink.release();
    begin_stop(std::chrono::milliseconds(0));
    wait_stopped();
}

void TestServer::begin_stop(std::chrono::milliseconds grace) {
    Running& r = *running_;
    if (std::exchange(r.stopping, true)) return;
    asio::co_spawn(r.context, r.server->stop(grace), asio::detached);
    r.work.reset();
}

void TestServer::wait_stopped() {
    if (running_->thread.joinable()) running_->thread.join();
}

smtp::Server::Standing TestServer::standing() {
    smtp::Server::Standing standing;
    run([&] { standing = running_->server->standing(); });
    return standing;
}

void TestServer::adopt(int descriptor, smtp::Service service) {
    run([&] { running_->server->adopt(descriptor, service); });
}

void TestServer::run(std::function<void()> work) {
    std::promise<void> done;
    asio::post(running_->context, [&] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

}  // namespace test
