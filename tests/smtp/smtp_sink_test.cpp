// The client against Postfix's smtp-sink, which refuses, disconnects and aborts as its flags say.
#include "smtp/delivery_client.hpp"

#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

namespace asio = boost::asio;
using smtp::Fate;
using smtp::Phase;

namespace {

class Sink {
  public:
    explicit Sink(std::vector<std::string> flags) {
        std::string pattern = (std::filesystem::temp_directory_path() / "ticketgate-sink-XXXXXX").string();
        if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        folder_ = pattern;
        path = folder_ + "/sink";
        if (::geteuid() == 0) flags.insert(flags.begin(), {"-u", "postfix"});
        flags.insert(flags.begin(), "smtp-sink");
        flags.insert(flags.end(), {"unix:" + path, "16"});
        std::vector<char*> arguments;
        for (std::string& flag : flags) arguments.push_back(flag.data());
        arguments.push_back(nullptr);
        if (posix_spawn(&process_, "/usr/sbin/smtp-sink", nullptr, nullptr, arguments.data(), environ) != 0)
            throw std::runtime_error("no smtp-sink (Debian: postfix)");
        for (const auto end = test::soon(); !listens();) {
            if (std::chrono::steady_clock::now() > end) throw std::runtime_error("smtp-sink does not listen");
            std::this_thread::yield();
        }
    }
    ~Sink() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    std::string path;

  private:
    [[nodiscard]] bool listens() const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const bool connected =
            ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        ::close(socket);
        return connected;
    }
    std::string folder_;
    pid_t process_ = 0;
};

// What becomes of two mails over one connection, two recipients each: "fate phase code" of each recipient, or
// of the failure to open.
asio::awaitable<std::string> deliver(std::string path) {
    smtp::ClientOptions options;
    options.host_name = "desk.ours.example";
    options.tls.use = smtp::TlsUse::none;
    smtp::DeliveryClient client(co_await asio::this_coro::executor, std::move(options));
    net::ServerAddress server{.path = std::move(path)};
    const smtp::Opened opened = co_await client.open(std::move(server));
    std::string outcome;
    const auto tell = [&](const smtp::RecipientResult& result) {
        const char* fates[] = {"sent", "deferred", "failed", "uncertain"};
        outcome += (outcome.empty() ? "" : ", ") + std::string(fates[static_cast<int>(result.fate)]) + " " +
                   std::string(name_of(result.phase)) + " " + std::to_string(result.reply.code);
    };
    if (!opened.ready) tell(opened.failure);
    for (bool go_on = opened.ready; go_on && outcome.find(';') == std::string::npos;) {
        if (!outcome.empty()) outcome += ';';
        smtp::OutgoingMail mail;
        mail.reverse_path = "desk@ours.example";
        mail.recipients = {"a@other.example", "b@other.example"};
        std::string lines;
        for (int i = 0; i < 20'000; ++i) lines += ".a line of the body\r\n";
        mail.content = std::make_shared<const std::string>(std::move(lines));
        const smtp::DeliveryResult result = co_await client.deliver(std::move(mail));
        for (const auto& each : result.recipients) tell(each);
        go_on = result.reusable;
    }
    co_await client.quit();
    co_return outcome;
}

}  // namespace

TEST(SmtpSink, H04_H05_its_flags) {
    const std::string both = "sent final_dot 250, sent final_dot 250";
    const auto twice = [](const std::string& one) { return one + ", " + one; };
    const auto mails = [](const std::string& one) { return one + ";, " + one; };
    const struct {
        std::vector<std::string> flags;
        std::string outcome;
    } cases[] = {
        {{}, mails(both)},
        {{"-p"}, mails(both)},
        {{"-e"}, mails(both)},
        {{"-8", "-a", "-E"}, mails(both)},
        {{"-r", "CONNECT"}, "deferred greeting 450"},
        {{"-f", "CONNECT"}, "deferred greeting 500"},
        {{"-q", "CONNECT"}, "deferred greeting 0"},
        {{"-Q", "CONNECT"}, "deferred greeting 421"},
        {{"-r", "EHLO"}, "deferred ehlo 450"},
        {{"-f", "EHLO"}, mails(both)},
        {{"-f", "EHLO,HELO"}, "failed ehlo 500"},
        {{"-q", "EHLO"}, "deferred ehlo 0"},
        {{"-r", "MAIL"}, mails(twice("deferred mail 450"))},
        {{"-f", "MAIL"}, mails(twice("failed mail 500"))},
        {{"-q", "MAIL"}, twice("deferred mail 0")},
        {{"-Q", "MAIL"}, twice("deferred mail 421")},
        {{"-r", "RCPT"}, mails(twice("deferred rcpt 450"))},
        {{"-f", "RCPT"}, mails(twice("failed rcpt 500"))},
        {{"-f", "RCPT", "-B", "552 5.2.2 full"}, mails(twice("deferred rcpt 552"))},
        {{"-q", "RCPT"}, twice("deferred rcpt 0")},
        {{"-Q", "RCPT"}, twice("deferred rcpt 421")},
        {{"-r", "DATA"}, mails(twice("deferred data 450"))},
        {{"-f", "DATA"}, mails(twice("failed data 500"))},
        {{"-q", "DATA"}, twice("deferred data 0")},
        {{"-r", "."}, mails(twice("deferred final_dot 450"))},
        {{"-f", "."}, mails(twice("failed final_dot 500"))},
        {{"-q", "."}, twice("uncertain final_dot 0")},
        {{"-Q", "."}, twice("deferred final_dot 421")},
        {{"-f", "RSET,DATA"}, twice("failed data 500") + ";, " + twice("deferred mail 0")},
        {{"-f", "QUIT"}, mails(both)},
        {{"-q", "QUIT"}, mails(both)},
    };
    for (const auto& each : cases) {
        std::string flags;
        for (const std::string& flag : each.flags) flags += flag + ' ';
        const Sink sink(each.flags);
        EXPECT_EQ(test::run(deliver(sink.path)), each.outcome) << flags;
    }
}

TEST(SmtpSink, an_abort_in_the_middle_of_the_content_is_the_servers_answer) {
    const Sink sink({"-A", "0"});
    const std::string outcome = test::run(deliver(sink.path));
    // Its 550 is read, unless the content went out before it came: then it answers the dot.
    EXPECT_TRUE(outcome == "failed data 550, failed data 550" ||
                outcome == "failed final_dot 550, failed final_dot 550")
        << outcome;
}
