// One connection to a peer, in plain text or TLS behind the same functions.
//
// Every read and write has a deadline, kept by one timer a connection; missing it cancels the wait and
// leaves the connection usable, so that the peer can still be told. Bytes that were read wait in
// input(). All functions belong to the one thread that runs the executor. At most one coroutine uses a
// connection at a time; interrupt() and abort() may be called while it waits.
// Errors of the network are statuses, never exceptions.
#pragma once

#include "net/input_buffer.hpp"
#include "net/tls.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace net {

using Clock = std::chrono::steady_clock;
using Socket = boost::asio::generic::stream_protocol::socket;  // TCP or Unix

enum class Status {
    ok,
    closed,       // the peer left, or the network failed
    timed_out,    // the deadline passed
    interrupted,  // interrupt() was called and the wait allowed it
};

// The peer's, as text; IPv4 addresses that are mapped into IPv6 as IPv4. "0.0.0.0" when it has gone, empty
// for a peer of this machine that came over a Unix socket.
[[nodiscard]] std::string address_of(const Socket& socket);

class Connection {
  public:
    explicit Connection(Socket socket);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] InputBuffer& input() { return input_; }
    [[nodiscard]] const std::string& peer_address() const { return peer_address_; }
    // A trusted peer has said for whom it speaks.
    void stands_for(std::string address) { peer_address_ = std::move(address); }

    enum class Interruptible { no, yes };
    // Reads at least one more byte into input(), and no more than `at_most`.
    [[nodiscard]] boost::asio::awaitable<Status> fill(Clock::time_point deadline,
                                                      Interruptible interruptible = Interruptible::no,
                                                      std::size_t at_most = InputBuffer::capacity);
    // Writes all of it.
    [[nodiscard]] boost::asio::awaitable<Status> write(std::string_view bytes, Clock::time_point deadline);

    // The TLS handshake as the server. What input() still held in plain text is forgotten first: it
    // must never be answered under TLS (CVE-2011-0411).
    [[nodiscard]] boost::asio::awaitable<Status> start_tls(TlsContext context, Clock::time_point deadline);
    // As a client: what was read in plain text goes as well. `closed` when the handshake failed; tls_error()
    // says why, empty when the peer just left.
    [[nodiscard]] boost::asio::awaitable<Status> start_tls(TlsContext context, TlsPeer peer,
                                                           Clock::time_point deadline);
    [[nodiscard]] const std::string& tls_error() const { return tls_error_; }
    [[nodiscard]] TlsPeer::Proof tls_proof() const;
    [[nodiscard]] bool secure() const { return tls_ != nullptr; }
    [[nodiscard]] std::string tls_version() const;
    [[nodiscard]] std::string tls_cipher() const;

    // Lets time pass, unless interrupt() or abort() is called.
    [[nodiscard]] boost::asio::awaitable<void> pause(Clock::duration time);

    // Says goodbye, reads on until the peer does so too or the deadline has passed, and closes: closing
    // with unread input would send a RST, and the peer would lose our last reply.
    [[nodiscard]] boost::asio::awaitable<void> finish(Clock::time_point deadline);

    void interrupt();
    void abort();

  private:
    enum class Want { nothing, read, write };
    struct Transfer {
        std::size_t bytes = 0;  // 0 with Want::nothing: closed
        Want want = Want::nothing;
    };
    Transfer receive(std::span<char> into);
    Transfer send(std::string_view bytes);
    [[nodiscard]] Want tls_wants(int result) const;
    boost::asio::awaitable<Status> handshake(Clock::time_point deadline);
    boost::asio::awaitable<Status> wait(Want want, Clock::time_point deadline, Interruptible interruptible);
    void arm_timer(Clock::time_point when);

    Socket socket_;
    boost::asio::steady_timer timer_, pause_;
    std::shared_ptr<Connection*> self_;  // the timer's handler may run after our end
    TlsContext::Stream tls_;
    InputBuffer input_;
    std::string peer_address_, tls_error_;
    Clock::time_point deadline_ = Clock::time_point::max();  // of the wait under way
    Clock::time_point armed_ = Clock::time_point::max();     // when the timer will look
    unsigned burst_ = 0;                                     // reads since the last wait
    bool readable_ = true;
    bool waiting_ = false;
    bool waiting_interruptibly_ = false;
    bool timed_out_ = false;
    bool interrupted_ = false;
    bool aborted_ = false;
};

}  // namespace net
