// ticketgate-load: unique mails over SMTP as fast as a server takes them.
#include "bench/client.hpp"
#include "bench/mails.hpp"
#include "bench/tally.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <CLI/CLI.hpp>

#include <sys/resource.h>
#include <cstdio>
#include <exception>
#include <fstream>

namespace {

namespace asio = boost::asio;

struct Options {
    std::string host = "127.0.0.1", from = "load@client.example", to, mbox;
    std::uint16_t port = 0;
    unsigned sessions = 32;
    std::uint64_t messages = 10000, warmup = 0, per_connection = 1, seed = 1;
    std::size_t size = 8192;
    unsigned patience = 60;
    bool pipelining = false, json = false;
};

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto const seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Sends the campaign's mails over `sessions` sessions; gives up when none is answered for `patience` seconds.
void run(bench::Campaign campaign, const bench::MailMaker& mails, bench::Tally& tally,
         const Options& options) {
    asio::io_context io(1);
    asio::steady_timer watchdog(io);
    unsigned running = options.sessions;
    for (unsigned i = 0; i < options.sessions; ++i)
        asio::co_spawn(io, bench::send_mails(campaign, mails, tally), [&](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
            if (--running == 0) watchdog.cancel();
        });
    std::uint64_t seen = 0;
    std::function<void()> const watch = [&] {
        watchdog.expires_after(std::chrono::seconds(options.patience));
        watchdog.async_wait([&](boost::system::error_code error) {
            if (error) return;
            if (tally.done() == seen) {
                tally.failed(fmt::format("no reply for {} s, gave up", options.patience));
                io.stop();
            }
            seen = tally.done();
            watch();
        });
    };
    watch();
    tally.start();
    io.run();
    tally.finish();
}

// The mails in a file instead, as an mbox of a mail program; none of their lines begins with "From ".
int write_mbox(const bench::MailMaker& mails, const Options& options) {
    std::ofstream file(options.mbox, std::ios::binary);
    bench::Mail mail;
    std::string text;
    for (std::uint64_t number = 0; number < options.messages; ++number) {
        mails.make(number, mail);
        text.assign(mail.head).append(mail.words).append(mail.noise);
        std::erase(text, '\r');
        file << "From load@client.example Mon Jan  1 00:00:00 2024\n" << text << "\n\n";
    }
    file.close();
    if (file) return 0;
    fmt::print(stderr, "ticketgate-load: {} can't be written\n", options.mbox);
    return 2;
}

int load(const Options& options) {
    bench::MailMaker const mails(options.seed, options.size, options.to);
    double const compression = mails.compression();
    if (compression > 2) {
        fmt::print(stderr, "ticketgate-load: mails that zstd makes {:.2f} times smaller measure nothing\n",
                   compression);
        return 1;
    }
    if (!options.mbox.empty()) return write_mbox(mails, options);
    bench::Campaign campaign;
    campaign.server = {asio::ip::make_address(options.host), options.port};
    campaign.from = options.from;
    campaign.to = options.to;
    campaign.per_connection = options.per_connection;
    campaign.pipelining = options.pipelining;

    campaign.end = options.warmup;
    bench::Tally warmup(options.warmup);
    if (options.warmup > 0) run(campaign, mails, warmup, options);

    campaign.next = options.warmup;
    campaign.end = options.warmup + options.messages;
    bench::Tally tally(options.messages);
    double const before = cpu_seconds();
    run(campaign, mails, tally, options);
    double const cpu = cpu_seconds() - before;

    if (options.json)
        fmt::print("{}", tally.json(compression, cpu));
    else
        fmt::print("mails of {} bytes, at most {:.2f}:1 compressible; {:.2f} s of CPU\n{}", options.size,
                   compression, cpu, tally.text());
    return warmup.failures() + tally.failures() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app(
        "Sends unique mails over SMTP and prints the rate and the time from final dot to 250.\n"
        "Example: ticketgate-load --port 2525 --to support@demo.example --messages 20000 --per-connection 0");
    app.add_option("--host", options.host, "numeric address of the server")->capture_default_str();
    app.add_option("--port", options.port, "its port")->required();
    app.add_option("--to", options.to, "envelope recipient")->required();
    app.add_option("--from", options.from, "envelope sender")->capture_default_str();
    app.add_option("--sessions", options.sessions, "sessions at a time")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app.add_option("--messages", options.messages, "mails to send")->capture_default_str();
    app.add_option("--warmup", options.warmup, "mails to send before the clock starts")
        ->capture_default_str();
    app.add_option("--per-connection", options.per_connection, "mails a connection; 0: as many as there are")
        ->capture_default_str();
    app.add_option("--size", options.size, "bytes of a mail")->capture_default_str();
    app.add_option("--seed", options.seed, "another seed makes other mails")->capture_default_str();
    app.add_option("--patience", options.patience, "seconds without any reply before giving up")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    app.add_option("--mbox", options.mbox, "write the mails to this file, sending nothing");
    app.add_flag("--pipelining", options.pipelining, "MAIL, RCPT and DATA in one write, where offered");
    app.add_flag("--json", options.json, "print one JSON object");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        return load(options);
    } catch (const std::exception& error) {
        fmt::print(stderr, "ticketgate-load: {}\n", error.what());
        return 2;
    }
}
