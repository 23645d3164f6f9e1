// One peer as the session sees it: lines in, replies out, content, TLS; with the session's id, its
// deadlines, its log and its totals. Replies to a pipelined group are gathered and leave in one write
// once the input is used up (RFC 2920 §3.2).
#pragma once

#include "smtp/data_reader.hpp"
#include "smtp/rules.hpp"
#include "smtp/serve.hpp"
#include "smtp/spool_file.hpp"

#include <optional>
#include <string>

namespace smtp {

class Exchange {
  public:
    Exchange(ServerState& server, net::Connection& peer);
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    [[nodiscard]] bool open() const { return open_; }
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] bool more_input() { return !peer_.input().empty(); }

    // Gathers a reply; 4xx and 5xx carry the session's id, so that a bounce finds our log line.
    void say(Reply reply, std::size_t times = 1);
    void note_limit(std::string_view limit) const;

    // The next command. Nothing when the session is over: peer gone, deadline missed, server stopping.
    [[nodiscard]] boost::asio::awaitable<std::optional<net::Line>> next_line();
    // Content up to the final dot, false when that never came. Too big or no room: see the reader.
    [[nodiscard]] boost::asio::awaitable<bool> read_content(DataReader& reader, SpoolFile& spool);
    // All that was kept of it, once there is room for it in memory; nothing when there was none for long.
    [[nodiscard]] boost::asio::awaitable<std::optional<std::string>> content(DataReader& reader,
                                                                             SpoolFile& spool);
    // Before the reply to somebody who guesses.
    [[nodiscard]] boost::asio::awaitable<void> slow_down();
    // Hands a whole message over and passes on what becomes of it.
    [[nodiscard]] boost::asio::awaitable<Reply> deliver(ReceivedMessage message);
    [[nodiscard]] boost::asio::awaitable<bool> shake_hands();
    // Sends what is gathered and ends the connection.
    [[nodiscard]] boost::asio::awaitable<void> close();

    [[nodiscard]] ReceivedMessage message(const Rules& rules, Envelope envelope, std::string raw) const;
    void log(EventLog::Level level, std::string_view name, EventLog::Fields fields) const;
    void note_refusal(const Envelope& envelope, const mail::Mailbox& recipient, Resolution::Outcome outcome,
                      const Reply& reply) const;

  private:
    [[nodiscard]] boost::asio::awaitable<bool> flush();
    [[nodiscard]] boost::asio::awaitable<bool> make_room(DataReader& reader, SpoolFile& spool);
    [[nodiscard]] bool hold(std::size_t bytes);  // our share of the content in memory
    void release();

    ServerState& server_;
    net::Connection& peer_;
    std::string id_;
    std::string out_;
    std::optional<TlsFacts> tls_;
    net::Clock::time_point opened_ = net::Clock::now();
    std::size_t commands_ = 0, messages_ = 0, held_ = 0;
    bool open_ = true;
    bool peer_left_ = false;
    bool first_bytes_ = true;
    bool lingers_ = false;  // we end it against the peer's expectation
};

}  // namespace smtp
