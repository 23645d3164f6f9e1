#include "daemon/reload_socket.hpp"

#include "daemon/config.hpp"
#include "daemon/config_command.hpp"
#include "daemon/terminal_text.hpp"

#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <filesystem>
#include <iterator>
#include <ostream>

namespace asio = boost::asio;
using asio::local::stream_protocol;

namespace program {
namespace {

constexpr std::size_t longest_path = 80;      // of 108 bytes of a socket's name
constexpr std::size_t longest_answer = 4096;  // fits into a socket's buffer, so it is written without waiting
constexpr auto patience = std::chrono::seconds(30);

stream_protocol::endpoint meeting_place(const std::string& config_file) {
    std::string path = std::filesystem::absolute(config_file).lexically_normal();
    if (path.size() > longest_path) path.erase(0, path.size() - longest_path);
    return {std::string("\0ticketgate-reload:", 19) + path};
}

bool may_ask(stream_protocol::socket& peer) {
    ucred who{};
    socklen_t size = sizeof who;
    return getsockopt(peer.native_handle(), SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
           (who.uid == 0 || who.uid == geteuid());
}

}  // namespace

ReloadSocket::ReloadSocket(asio::any_io_executor executor, const std::string& config_file)
    : acceptor_(executor, meeting_place(config_file), false) {}

asio::awaitable<void> ReloadSocket::answer(std::function<ReloadOutcome()> reload) {
    for (;;) {
        auto [failure, peer] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        if (failure == asio::error::operation_aborted) co_return;
        if (failure) {  // no descriptors: there will be some
            asio::steady_timer pause(acceptor_.get_executor(), std::chrono::seconds(1));
            co_await pause.async_wait(asio::use_awaitable);
            continue;
        }
        if (!may_ask(peer)) continue;
        const ReloadOutcome outcome = reload();
        const std::string answer =
            ((outcome.done ? "done " : "failed ") + outcome.text).substr(0, longest_answer);
        (void)!::send(peer.native_handle(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

int ask_for_reload(const std::string& config_file, std::ostream& output, std::ostream& error) {
    if (!config_or_complain(config_file, error)) return 2;
    stream_protocol::iostream service;
    service.expires_after(patience);
    service.connect(meeting_place(config_file));
    if (!service) {
        error << "ticketgate: no service that was started with " << config_file
              << " answers here: " << service.error().message() << '\n';
        return 1;
    }
    const std::string answer{std::istreambuf_iterator<char>(service), {}};
    const std::size_t blank = std::min(answer.find(' '), answer.size());
    const std::string text = one_line(answer.substr(std::min(blank + 1, answer.size())));
    if (answer.substr(0, blank) == "done") {
        output << "reloaded" << (text.empty() ? "; nothing has changed" : ": " + text) << '\n';
        return 0;
    }
    if (answer.empty())
        error << "ticketgate: the service did not answer; only root and its own user may ask\n";
    else
        error << "ticketgate: the old configuration stays: " << text << '\n';
    return 1;
}

}  // namespace program
