// The sending side of a benchmark: sessions that deliver a campaign's mails, on one thread.
//
// It is no SMTP client to copy: it trusts the server's replies to be short, and speaks only the dialogue
// EHLO, MAIL, RCPT, DATA, QUIT. A reply other than the expected one is counted and the next mail tried.
#pragma once

#include "bench/mails.hpp"
#include "bench/tally.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace bench {

struct Campaign {
    boost::asio::ip::tcp::endpoint server;
    std::string from, to;
    std::uint64_t per_connection = 0;  // 0: as many as there are
    bool pipelining = false;           // MAIL, RCPT and DATA in one write, where the server offers it
    std::uint64_t next = 0, end = 0;   // numbers of the mails that are still to be sent

    [[nodiscard]] std::optional<std::uint64_t> take() {
        return next < end ? std::optional(next++) : std::nullopt;
    }
};

// Sends until the campaign has no more mails. Network errors are counted, not thrown.
boost::asio::awaitable<void> send_mails(Campaign& campaign, const MailMaker& mails, Tally& tally);

}  // namespace bench
