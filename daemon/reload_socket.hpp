// `ticketgate reload`, both ends: a command that asks the service to read its configuration again, and prints
// what came of it.
//
// They meet at a Unix socket in Linux's abstract namespace whose name is the configuration file's path, so
// there is no file to be configured, cleaned up or guarded; the kernel says who asks, and only root and the
// service's own user are answered (unix(7)). To connect is to ask; the answer is a word ("done", "failed")
// and a blank, and text to its end.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <functional>
#include <iosfwd>
#include <string>

namespace program {

struct ReloadOutcome {
    bool done = false;
    std::string text;  // what has changed, or what is wrong
};

class ReloadSocket {
  public:
    // Throws std::exception when another service with the same configuration file runs here.
    ReloadSocket(boost::asio::any_io_executor executor, const std::string& config_file);
    // Answers until it is cancelled; `reload` must not throw.
    [[nodiscard]] boost::asio::awaitable<void> answer(std::function<ReloadOutcome()> reload);

  private:
    boost::asio::local::stream_protocol::acceptor acceptor_;
};

// Exit status: 0 the new configuration is in force; 1 nobody answers, or the service refused it; 2 the file
// is wrong, and the service was not asked.
[[nodiscard]] int ask_for_reload(const std::string& config_file, std::ostream& output, std::ostream& error);

}  // namespace program
