// `ticketgate serve`: the parts of the house, built top to bottom and handed to each other.
#include "daemon/agent_mail_upkeep.hpp"
#include "daemon/commands.hpp"
#include "daemon/config_checks.hpp"
#include "daemon/config_command.hpp"
#include "daemon/delivery_upkeep.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/examiner.hpp"
#include "daemon/held_upkeep.hpp"
#include "daemon/host_name.hpp"
#include "daemon/house_log.hpp"
#include "daemon/logging.hpp"
#include "daemon/metrics.hpp"
#include "daemon/outbound_service.hpp"
#include "daemon/ports_file.hpp"
#include "daemon/reload.hpp"
#include "daemon/reload_socket.hpp"
#include "daemon/service_manager.hpp"
#include "daemon/smtp_options.hpp"
#include "daemon/status_http.hpp"
#include "intake/intake.hpp"
#include "net/unix_socket.hpp"
#include "smtp/server.hpp"
#include "store/durability.hpp"
#include "store/migrate.hpp"
#include "store/settings.hpp"

#include <unistd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <memory>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

namespace program {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto grace = 30s;  // for messages under way when the service stops
// Besides one a session: listeners, PostgreSQL, HTTP, files.
constexpr std::size_t other_descriptors = 200;

// Work that goes on until the service stops.
class Background {
  public:
    explicit Background(asio::io_context& io) : io_(io), ended_(io, asio::steady_timer::time_point::max()) {}

    void start(asio::awaitable<void> work, std::function<void(const std::exception&)> on_error) {
        signals_.push_back(std::make_unique<asio::cancellation_signal>());
        ++running_;
        auto end = [this, on_error](std::exception_ptr thrown) {
            if (--running_ == 0) ended_.cancel();
            if (stopping_ || !thrown) return;
            try {
                std::rethrow_exception(thrown);
            } catch (const std::exception& error) {
                on_error(error);
            }
        };
        asio::co_spawn(io_, std::move(work), asio::bind_cancellation_slot(signals_.back()->slot(), end));
    }

    asio::awaitable<void> stop() {
        stopping_ = true;
        for (const auto& signal : signals_) signal->emit(asio::cancellation_type::terminal);
        while (running_ > 0) co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    }

  private:
    asio::io_context& io_;
    asio::steady_timer ended_;  // never expires
    std::vector<std::unique_ptr<asio::cancellation_signal>> signals_;
    std::size_t running_ = 0;
    bool stopping_ = false;
};

class Service {
  public:
    Service(const Config& config, std::string config_file)
        : config_(config),
          config_file_(std::move(config_file)),
          log_(config.log_level, config.log_format),
          house_log_(log_, metrics_, rule_counts_),
          host_name_(own_name(config)),
          pool_(io_.get_executor(),
                {config.database_conninfo, static_cast<std::size_t>(config.database_connections),
                 config.database_timeout}),
          settings_(pool_),
          workers_(config.process_threads > 0 ? static_cast<std::size_t>(config.process_threads)
                                              : std::max(1u, std::thread::hardware_concurrency())),
          writers_(io_.get_executor(), {config.database_conninfo, config.database_timeout, limits_of(config)},
                   house_log_),
          resolver_(make_resolver(io_, config)),
          examiner_(make_examiner(io_, workers_.get_executor(), config, host_name_, resolver_.get())),
          intake_({.host_name = host_name_}, settings_, examiner_, writers_, workers_, house_log_,
                  [this](const std::exception& error) { house_log_.failed("intake.failed", error); }),
          directory_(pool_, settings_, examiner_, house_log_),
          smtp_(io_.get_executor(), smtp_options(config, host_name_),
                {directory_, intake_, metrics_, house_log_, spool_workers_.get_executor()}),
          outbound_(io_, config, host_name_,
                    {resolver_.get(), settings_, pool_, workers_.get_executor(), log_, metrics_,
                     [this](const std::string& reason) { give_up(reason); }}),
          background_(io_) {
        house_log_.mail_queued = [this] { outbound_.wake(); };
    }

    int run() {
        const auto max_sessions = static_cast<std::size_t>(config_.smtp_max_sessions);
        metrics_.session_cap(max_sessions);
        const std::size_t descriptors = raise_descriptor_limit();
        if (descriptors < max_sessions + other_descriptors)
            log_.event(Level::warning, "service.few_descriptors",
                       {{"descriptors", descriptors}, {"max_sessions", max_sessions}});
        take_sockets();
        const std::uint16_t smtp_port = listen();
        const std::uint16_t lmtp_port = listen_for_lmtp();
        const auto http_port = serve_status();
        if (!config_.process_ports_file.empty())
            write_ports_file(config_.process_ports_file, {smtp_port, http_port, lmtp_port});
        log_.event(Level::info, "service.started",
                   {{"host_name", host_name_}, {"smtp_port", smtp_port}, {"http_port", http_port}});

        const auto on_error = [this](const std::exception& error) { give_up(error.what()); };
        background_.start(supervise(), on_error);
        background_.start(reload_on_hangup(), on_error);
        try {
            reload_socket_.emplace(io_.get_executor(), config_file_);
            background_.start(reload_socket_->answer([this] { return reload_and_tell(); }), on_error);
        } catch (const std::exception& error) {
            log_.event(Level::warning, "service.reload_by_signal_only", {{"reason", error.what()}});
        }
        if (const auto interval = watchdog_interval(); interval > 0us)
            background_.start(feed(interval / 2), on_error);
        notify("READY=1\nSTATUS=Waiting for the database");
        asio::co_spawn(io_, stop_on_signal(), [this](std::exception_ptr) { io_.stop(); });
        io_.run();
        return status_;
    }

  private:
    // Sockets of systemd are held while we restart; they stand in for the addresses of the configuration.
    void take_sockets() {
        for (const auto& socket : passed_sockets()) {
            const bool mail = socket.name == "smtp" || socket.name == "smtps";
            if (!mail && socket.name != "http" && socket.name != "lmtp")
                throw std::runtime_error("systemd passed a socket \"" + socket.name +
                                         "\"; FileDescriptorName= must be smtp, smtps, lmtp or http");
            (mail ? smtp_sockets_ : socket.name == "lmtp" ? lmtp_sockets_ : http_sockets_).push_back(socket);
        }
        if (http_sockets_.size() > 1)
            throw std::runtime_error("systemd passed more than one socket \"http\"");
    }

    std::uint16_t adopt() {
        std::uint16_t first = 0;
        for (const auto& socket : smtp_sockets_) {
            const bool implicit_tls = socket.name == "smtps";
            const auto port =
                smtp_.adopt(socket.descriptor, implicit_tls ? smtp::Service::smtps : smtp::Service::smtp);
            if (first == 0) first = port;
            log_.event(Level::info, "smtp.listening",
                       {{"socket", socket.name}, {"port", port}, {"implicit_tls", implicit_tls}});
        }
        return first;
    }

    std::uint16_t listen() {
        if (!smtp_sockets_.empty()) return adopt();
        std::uint16_t first = 0;
        const auto open = [&](const Texts& addresses, smtp::Service service) {
            for (const auto& text : addresses) {
                const auto endpoint = parse_endpoint(text);  // checked with the configuration
                const auto port = smtp_.listen(endpoint->address, endpoint->port, service);
                if (first == 0) first = port;
                log_.event(Level::info, "smtp.listening",
                           {{"address", endpoint->address},
                            {"port", port},
                            {"implicit_tls", service == smtp::Service::smtps}});
            }
        };
        open(config_.smtp_listen, smtp::Service::smtp);
        open(config_.smtp_listen_tls, smtp::Service::smtps);
        return first;
    }

    std::uint16_t listen_for_lmtp() {
        std::uint16_t first = 0;
        const auto note = [&](const std::string& address, std::uint16_t port) {
            if (first == 0) first = port;
            log_.event(Level::info, "lmtp.listening", {{"address", address}, {"port", port}});
        };
        for (const auto& socket : lmtp_sockets_)
            note(socket.name, smtp_.adopt(socket.descriptor, smtp::Service::lmtp));
        if (!lmtp_sockets_.empty()) return first;
        const net::SocketAccess access{
            static_cast<unsigned>(std::stoul(config_.lmtp_socket_mode, nullptr, 8)),
            config_.lmtp_socket_group};
        for (const auto& text : config_.lmtp_listen) {
            if (const auto path = socket_path(text)) {
                note(text, smtp_.adopt(net::listen_at(*path, access), smtp::Service::lmtp));
            } else {
                const auto endpoint = parse_endpoint(text);
                note(endpoint->address, smtp_.listen(endpoint->address, endpoint->port, smtp::Service::lmtp));
            }
        }
        return first;
    }

    std::uint16_t serve_status() {
        if (config_.http_listen.empty() && http_sockets_.empty()) return 0;
        std::vector<StatusRoute> routes;
        routes.push_back({"/metrics", [this] {
                              metrics_.smtp(smtp_.standing());
                              metrics_.pool(pool_.idle(), pool_.busy());
                              metrics_.queue(writers_.queued(), writers_.oldest_queued());
                              metrics_.ready(ready_);
                              metrics_.outbound_connections(outbound_.connections());
                              if (resolver_) metrics_.dns(resolver_->counts());
                              metrics_.process(process_usage());
                              return StatusAnswer{200, metrics_.text(), std::string(Metrics::content_type())};
                          }});
        routes.push_back({"/healthz", [] { return StatusAnswer{200, "ok\n"}; }});
        routes.push_back({"/readyz", [this] {
                              return ready_ ? StatusAnswer{200, "ready\n"}
                                            : StatusAnswer{503, "the database can't be used now\n"};
                          }});
        if (!http_sockets_.empty()) {
            status_server_.emplace(io_.get_executor(), http_sockets_.front().descriptor, std::move(routes));
        } else {
            const auto endpoint = parse_endpoint(config_.http_listen);
            status_server_.emplace(io_.get_executor(), endpoint->address, endpoint->port, std::move(routes));
        }
        return status_server_->port();
    }

    // The database may be away when we start: senders read 451 until it is there.
    asio::awaitable<void> supervise() {
        asio::steady_timer pause(io_);
        for (bool following = false, away = false;;) {
            try {
                if (const auto objection = co_await store::schema_objection(pool_)) {
                    give_up(*objection);
                    co_return;
                }
                if (!following) follow();
                following = true;
                if (!ready_ && settings_.current()->version > 0) {
                    for (const auto& weakness : store::weaknesses(co_await store::read_durability(pool_)))
                        log_.event(Level::warning, "database.not_durable", {{"reason", weakness}});
                    ready_ = true;
                    away = false;
                    outbound_.start();
                    log_.event(Level::info, "service.ready", {});
                    notify(status());
                }
            } catch (const store::Error& error) {
                if (ready_ || !away) house_log_.failed("database.away", error);
                ready_ = false;
                notify(status());
                away = true;
            }
            pause.expires_after(ready_ ? 2s : 200ms);
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    void follow() {
        const auto on_error = [this](const std::exception& error) { give_up(error.what()); };
        background_.start(settings_.follow([this](const store::Error& error) {
            house_log_.failed("settings.lost", error);
        }),
                          on_error);
        for (std::int64_t i = 0; i < config_.database_writers; ++i)
            background_.start(writers_.run(), on_error);
        background_.start(rule_counts_.keep(pool_), on_error);
        background_.start(look_after_held_mail(pool_, settings_, log_, metrics_), on_error);
        background_.start(look_after_deliveries(pool_, config_.outbound_delay_notice, metrics_), on_error);
        background_.start(serve_agents_by_mail(pool_, settings_, log_), on_error);
    }

    [[nodiscard]] std::string status() const {
        return ready_ ? "STATUS=Taking mail"
                      : "STATUS=The database can't be used: senders are asked to come again";
    }

    // From the event loop itself, so that systemd ends a service whose loop hangs.
    asio::awaitable<void> feed(std::chrono::microseconds interval) {
        for (asio::steady_timer pause(io_);;) {
            notify("WATCHDOG=1");
            pause.expires_after(interval);
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    asio::awaitable<void> reload_on_hangup() {
        for (;;) {
            co_await hangups_.async_wait(asio::use_awaitable);
            (void)reload_and_tell();
        }
    }

    ReloadOutcome reload_and_tell() {
        notify_reloading();
        ReloadOutcome outcome = reload();
        if (!outcome.done) log_.event(Level::error, "service.reload_failed", {{"error", outcome.text}});
        notify("READY=1\n" + (outcome.done
                                  ? status()
                                  : "STATUS=Reload failed, the old configuration stays: " + outcome.text));
        return outcome;
    }

    // All of it, or nothing: the old configuration and certificate stay.
    ReloadOutcome reload() {
        std::ostringstream problems;
        const auto fresh = usable_config_or_complain(config_file_, problems);
        if (!fresh) return {false, problems.str().substr(0, problems.str().find('\n'))};
        Reload plan = plan_reload(config_, *fresh);
        try {
            auto routes = OutboundService::read_routes(plan.in_force, host_name_);
            smtp_.reconfigure(smtp_options(plan.in_force, host_name_));
            outbound_.set_routes(std::move(routes));
        } catch (const std::exception& error) {
            return {false, error.what()};
        }
        config_ = std::move(plan.in_force);
        log_.set_level(config_.log_level);
        std::string changed;
        for (const auto& key : plan.changed) changed += (changed.empty() ? "" : ",") + key;
        std::string told = changed;
        for (const auto& key : plan.at_restart) {
            log_.event(Level::warning, "service.restart_needed", {{"key", key}});
            told += (told.empty() ? "" : ", ") + key + " (at the next restart)";
        }
        log_.event(Level::info, "service.reloaded", {{"changed", changed}});
        return {true, std::move(told)};
    }

    void give_up(const std::string& reason) {
        log_.event(Level::error, "service.failed", {{"error", reason}});
        status_ = 1;
        signals_.cancel();
    }

    asio::awaitable<void> stop_on_signal() {
        int signal = 0;
        try {
            signal = co_await signals_.async_wait(asio::use_awaitable);
        } catch (const boost::system::system_error&) {
            // give_up() cancelled the wait.
        }
        log_.event(Level::info, "service.stopping", {{"signal", signal}});
        notify("STOPPING=1\nSTATUS=Finishing the messages under way");
        using boost::asio::experimental::awaitable_operators::operator&&;
        const auto time_left = status_ == 0 ? std::chrono::milliseconds(grace) : 0ms;
        co_await (smtp_.stop(time_left) && outbound_.stop(time_left));
        co_await background_.stop();
        if (ready_) co_await rule_counts_.flush(pool_);
        if (status_server_) status_server_->stop();
        log_.event(Level::info, "service.stopped", {});
    }

    Config config_;
    const std::string config_file_;
    asio::io_context io_{1};
    Log log_;
    Metrics metrics_;
    store::RuleCounts rule_counts_;
    HouseLog house_log_;
    const std::string host_name_;
    store::Pool pool_;
    store::Settings settings_;
    asio::thread_pool workers_;
    intake::Writers writers_;
    std::unique_ptr<net::UnboundResolver> resolver_;  // none: nothing is verified
    intake::Examiner examiner_;
    intake::Intake intake_;
    intake::SettingsDirectory directory_;
    asio::thread_pool spool_workers_{2};  // of their own: a slow disk must not keep messages from being read
    smtp::Server smtp_;
    OutboundService outbound_;
    std::optional<StatusServer> status_server_;
    std::optional<ReloadSocket> reload_socket_;
    Background background_;
    asio::signal_set signals_{io_, SIGTERM, SIGINT};
    asio::signal_set hangups_{io_, SIGHUP};
    std::vector<PassedSocket> smtp_sockets_, lmtp_sockets_, http_sockets_;
    bool ready_ = false;
    int status_ = 0;
};

}  // namespace

int run(const Config& config, const Serve& options) {
    try {
        return Service(config, options.config_file).run();
    } catch (const std::exception& error) {
        return fail(error.what());
    }
}

}  // namespace program
