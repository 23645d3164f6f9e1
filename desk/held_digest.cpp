#include "desk/held_digest.hpp"

#include "mail/kind.hpp"
#include "mail/mailbox.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace desk {

store::QueuedMail held_digest(const store::HeldDigest& digest, const std::string& installation,
                              store::Timestamp now) {
    const auto utc = [](store::Timestamp time) {
        return fmt::gmtime(std::chrono::system_clock::to_time_t(time));
    };
    const std::string id = mail::own_message_id(tickets::Uuid::make(now).str(), installation,
                                                mail::mailbox_of(digest.address).domain);
    const char* const mails = digest.count == 1 ? "mail waits" : "mails wait";
    std::string message = fmt::format(
        "From: {0}\r\n"
        "To: {1}\r\n"
        "Subject: {2} {3} at {0}\r\n"
        "Date: {4:%a, %d %b %Y %H:%M:%S} +0000\r\n"
        "Message-ID: <{5}>\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "X-Auto-Response-Suppress: All\r\n"
        "{6}: {7}\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "\r\n",
        digest.address, digest.owner, digest.count, mails, utc(now), id, mail::loop_field, installation);
    message += fmt::format(
        "{0} {1} at {2} for somebody to look at.\r\n"
        "The oldest since {3:%Y-%m-%d %H:%M} UTC.\r\n"
        "Held because of: {4}\r\n"
        "\r\n"
        "ticketgate held list           what waits\r\n"
        "ticketgate held show ID        one of them, and why\r\n"
        "ticketgate held release ID     it becomes a ticket\r\n"
        "ticketgate held delete ID      it goes\r\n",
        digest.count, mails, digest.address, utc(digest.oldest), fmt::join(digest.reasons, ", "));
    return {.workspace = digest.workspace,
            .kind = "held_digest",
            .mailbox = digest.mailbox,
            .recipient = digest.owner,
            .message = std::move(message),
            .dedupe_key = fmt::format("{}/{}", digest.mailbox, digest.day)};
}

}  // namespace desk
