#include "net/connection.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace asio = boost::asio;
using asio::ip::tcp;

namespace net {
namespace {

// A peer that sends faster than we work must not keep the thread from the others.
constexpr unsigned longest_burst = 16;
// What finish() reads at most before it closes anyway.
constexpr std::size_t longest_farewell = 1024 * 1024;

}  // namespace

std::string address_of(const Socket& socket) {
    boost::system::error_code error;
    const auto peer = socket.remote_endpoint(error);
    if (error) return "0.0.0.0";
    if (peer.data()->sa_family == AF_UNIX) return {};
    tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), peer.data(), std::min(peer.size(), endpoint.capacity()));
    const auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}

Connection::Connection(Socket socket)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      pause_(socket_.get_executor()),
      self_(std::make_shared<Connection*>(this)),
      peer_address_(address_of(socket_)) {
    boost::system::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
}

Connection::~Connection() = default;

asio::awaitable<Status> Connection::fill(Clock::time_point deadline, Interruptible interruptible,
                                         std::size_t at_most) {
    // A trickle that is always there when we look never waits, and so never meets the timer.
    if (Clock::now() >= deadline) co_return Status::timed_out;
    for (;;) {
        Want want = Want::read;
        if (readable_) {
            if (++burst_ >= longest_burst) {
                burst_ = 0;
                co_await asio::post(socket_.get_executor(), asio::use_awaitable);
            }
            const std::span<char> space = input_.space();
            Transfer got = receive(space.first(std::min(at_most, space.size())));
            input_.commit(got.bytes);
            if (got.bytes > 0) co_return Status::ok;
            if (got.want == Want::nothing) co_return Status::closed;
            want = got.want;
        }
        input_.release();
        Status status = co_await wait(want, deadline, interruptible);
        if (status != Status::ok) co_return status;
        readable_ = true;
    }
}

asio::awaitable<Status> Connection::write(std::string_view bytes, Clock::time_point deadline) {
    while (!bytes.empty()) {
        Transfer sent = send(bytes);
        bytes.remove_prefix(sent.bytes);
        if (sent.bytes > 0) continue;
        if (sent.want == Want::nothing) co_return Status::closed;
        Status status = co_await wait(sent.want, deadline, Interruptible::no);
        if (status != Status::ok) co_return status;
    }
    co_return Status::ok;
}

asio::awaitable<Status> Connection::start_tls(TlsContext context, Clock::time_point deadline) {
    input_.clear();
    if (aborted_) co_return Status::closed;  // the descriptor may be somebody else's by now
    tls_ = context.accept(socket_.native_handle());
    co_return co_await handshake(deadline);
}

asio::awaitable<Status> Connection::start_tls(TlsContext context, TlsPeer peer, Clock::time_point deadline) {
    input_.clear();
    if (aborted_) co_return Status::closed;
    tls_ = context.connect(socket_.native_handle(), peer);
    const Status status = co_await handshake(deadline);
    if (status == Status::closed) tls_error_ = why_failed(tls_.get());
    co_return status;
}

asio::awaitable<Status> Connection::handshake(Clock::time_point deadline) {
    readable_ = true;
    for (;;) {
        ERR_clear_error();
        int result = SSL_do_handshake(tls_.get());
        if (result == 1) co_return Status::ok;
        Want want = tls_wants(result);
        if (want == Want::nothing) co_return Status::closed;
        Status status = co_await wait(want, deadline, Interruptible::no);
        if (status != Status::ok) co_return status;
    }
}

TlsPeer::Proof Connection::tls_proof() const {
    return tls_ ? proven_by(tls_.get()) : TlsPeer::Proof::none;
}

std::string Connection::tls_version() const {
    return SSL_get_version(tls_.get());
}

std::string Connection::tls_cipher() const {
    return SSL_get_cipher_name(tls_.get());
}

asio::awaitable<void> Connection::pause(Clock::duration time) {
    if (aborted_ || interrupted_) co_return;
    pause_.expires_after(time);
    co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<void> Connection::finish(Clock::time_point deadline) {
    if (aborted_) co_return;
    if (tls_ && SSL_is_init_finished(tls_.get())) {
        ERR_clear_error();
        SSL_shutdown(tls_.get());
    }
    tls_.reset();
    boost::system::error_code error;
    socket_.shutdown(Socket::shutdown_send, error);
    readable_ = true;
    for (std::size_t read = 0; !error && read < longest_farewell; read += input_.view().size()) {
        input_.clear();
        if (co_await fill(deadline) != Status::ok) break;
    }
    socket_.close(error);
}

void Connection::interrupt() {
    interrupted_ = true;
    pause_.cancel();
    boost::system::error_code ignored;
    if (waiting_interruptibly_) socket_.cancel(ignored);
}

void Connection::abort() {
    aborted_ = true;
    pause_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

Connection::Transfer Connection::receive(std::span<char> into) {
    if (aborted_) return {};
    if (tls_) {
        ERR_clear_error();
        std::size_t count = 0;
        int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &count);
        if (result == 1) return {count, Want::nothing};
        return {0, tls_wants(result)};
    }
    auto count = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    if (count < 0) return {0, errno == EAGAIN || errno == EINTR ? Want::read : Want::nothing};
    // A short read has drained the socket: the next one would only cost a system call.
    readable_ = count == 0 || static_cast<std::size_t>(count) == into.size();
    return {static_cast<std::size_t>(count), Want::nothing};
}

Connection::Transfer Connection::send(std::string_view bytes) {
    if (aborted_) return {};
    if (tls_) {
        ERR_clear_error();
        std::size_t count = 0;
        int result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &count);
        if (result == 1) return {count, Want::nothing};
        return {0, tls_wants(result)};
    }
    auto count = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0) return {0, errno == EAGAIN || errno == EINTR ? Want::write : Want::nothing};
    return {static_cast<std::size_t>(count), Want::nothing};
}

Connection::Want Connection::tls_wants(int result) const {
    switch (SSL_get_error(tls_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return Want::read;
        case SSL_ERROR_WANT_WRITE:
            return Want::write;
        default:
            return Want::nothing;
    }
}

asio::awaitable<Status> Connection::wait(Want want, Clock::time_point deadline, Interruptible interruptible) {
    if (aborted_) co_return Status::closed;
    if (interrupted_ && interruptible == Interruptible::yes) co_return Status::interrupted;
    burst_ = 0;
    timed_out_ = false;
    waiting_ = true;
    waiting_interruptibly_ = interruptible == Interruptible::yes;
    deadline_ = deadline;
    if (deadline < armed_) arm_timer(deadline);
    auto [error] = co_await socket_.async_wait(want == Want::read ? Socket::wait_read : Socket::wait_write,
                                               asio::as_tuple(asio::use_awaitable));
    waiting_ = waiting_interruptibly_ = false;
    if (!error && !aborted_) co_return Status::ok;
    if (timed_out_) co_return Status::timed_out;
    if (error == asio::error::operation_aborted && interrupted_ && interruptible == Interruptible::yes)
        co_return Status::interrupted;
    co_return Status::closed;
}

// The timer is not set anew for each wait: it looks when the earliest deadline was, and if that wait
// is over it goes on to the present one. A busy connection so touches the timer every few minutes.
void Connection::arm_timer(Clock::time_point when) {
    armed_ = when;
    timer_.expires_at(when);
    timer_.async_wait([weak = std::weak_ptr(self_)](boost::system::error_code error) {
        auto self = weak.lock();
        if (error || !self) return;
        Connection& connection = **self;
        connection.armed_ = Clock::time_point::max();
        if (!connection.waiting_) return;
        if (connection.deadline_ > Clock::now()) return connection.arm_timer(connection.deadline_);
        connection.timed_out_ = true;
        boost::system::error_code ignored;
        connection.socket_.cancel(ignored);
    });
}

}  // namespace net
