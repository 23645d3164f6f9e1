// The SMTP receiver: listeners, sessions and their orderly end.
//
// Everything runs on the executor it is given, on one thread. Directory, MessageSink, Probe and
// EventLog must outlive the server and the executor's last handler. Timeouts default to RFC 5321
// §4.5.3.2. A session over the cap gets `421 4.7.0`.
#pragma once

#include "net/listener.hpp"
#include "net/networks.hpp"
#include "net/tls.hpp"
#include "smtp/clients.hpp"
#include "smtp/data_reader.hpp"
#include "smtp/event_log.hpp"
#include "smtp/probe.hpp"
#include "smtp/seams.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace smtp {

struct Timeouts {
    std::chrono::milliseconds session = std::chrono::hours(1);  // no new command after that
    std::chrono::milliseconds command = std::chrono::minutes(5);
    std::chrono::milliseconds data_block = std::chrono::minutes(3);  // for the next bytes
    std::chrono::milliseconds data = std::chrono::minutes(30);       // for all of a message
    std::chrono::milliseconds write = std::chrono::minutes(5);
    std::chrono::milliseconds tls_handshake = std::chrono::seconds(30);
    std::chrono::milliseconds proxy_header = std::chrono::seconds(5);
};

struct TlsFiles {
    net::CertificatePaths certificate;
    bool session_tickets = true;
    std::vector<net::CertificatePaths> others = {};  // for other names of this server
};

struct Options {
    std::string host_name = "localhost";
    ContentLimits content;
    std::size_t max_recipients = 100;
    std::size_t max_sessions = 1000;
    std::size_t max_errors = 10;  // of one session, as the two below (smtp/rules.hpp); 0: no limit
    std::size_t max_refused_recipients = 20;
    std::size_t max_idle_commands = 100;
    std::chrono::milliseconds slow_down = std::chrono::seconds(1);  // before a refusal that is slowed
    ClientLimits clients;
    std::size_t memory = 512 * 1024 * 1024;  // of all content; at least four times the largest message
    std::size_t spool_above = 1024 * 1024;   // content past that goes to a file while it comes in
    std::string spool_folder = "/var/tmp";
    net::Networks exempt_networks;   // what is counted by client does not count for these
    net::Networks proxy_networks;    // begin with a PROXY header, and speak for the client that it names
    net::Networks lmtp_networks;     // may come by LMTP over TCP
    net::Networks xclient_networks;  // may do so by XCLIENT and XFORWARD
    Timeouts timeouts;
    std::optional<TlsFiles> tls;  // without it STARTTLS is not offered
};

struct ServerState;

class Server {
  public:
    struct Seams {
        Directory& directory;
        MessageSink& sink;
        Probe& probe;
        EventLog& log;
        boost::asio::any_io_executor files = {};  // runs what may block on a disk; none: the server's own
    };
    // Throws std::runtime_error when the TLS files cannot be used.
    Server(boost::asio::any_io_executor executor, Options options, Seams seams);
    ~Server();

    // Binds, accepts from now on, and says on which port. Throws std::runtime_error.
    std::uint16_t listen(const std::string& address, std::uint16_t port, Service service = Service::smtp);
    // The same on a socket that listens already, such as one of systemd's; `descriptor` is the server's from
    // now on. A Unix socket (port 0) is for LMTP only: a client of SMTP has an address.
    std::uint16_t adopt(int descriptor, Service service);

    // New limits, timeouts and certificate, for whatever begins from now on; sessions stay. The host name
    // stays too, and so does TLS when `options` has none: sessions may have been offered it. Throws as the
    // constructor does, and then nothing has changed.
    void reconfigure(Options options);

    // Accepts no more; sessions that wait get `421 4.3.2` at once, busy ones when they are done; after
    // `grace` connections are cut. Returns when the last session has ended.
    [[nodiscard]] boost::asio::awaitable<void> stop(std::chrono::milliseconds grace);

    // How things stand.
    struct Standing {
        std::size_t sessions = 0, clients = 0;  // clients: addresses and networks that are remembered
        std::size_t memory = 0, memory_max = 0, spooled = 0;  // bytes of content
    };
    [[nodiscard]] Standing standing() const;

  private:
    std::uint16_t serve(std::shared_ptr<net::Listener> listener, Service service);

    std::shared_ptr<ServerState> state_;
};

}  // namespace smtp
