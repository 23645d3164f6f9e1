// What the SMTP side asks of the rest of the house: who is a recipient, and take this message.
// daemon/ fills both in (store's settings snapshot, intake); tests use hand-written fakes.
#pragma once

#include "smtp/reply.hpp"
#include "smtp/types.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace smtp {

class Directory {
  public:
    virtual ~Directory() = default;
    // Who is not welcome whatever they want: a client before it is greeted, a sender at MAIL. What they are
    // told, or nothing. Never throws.
    virtual std::optional<Reply> refuse_client(const std::string& /*address*/) { return std::nullopt; }
    virtual boost::asio::awaitable<std::optional<Reply>> refuse_sender(Sender /*sender*/) {
        co_return std::nullopt;
    }
    // Answers from memory, or asks the store once for what it has not seen. Never throws.
    // A recipient with an empty domain is the bare `postmaster` (RFC 5321 §4.5.1).
    virtual boost::asio::awaitable<Resolution> resolve(mail::Mailbox recipient, Sender sender) = 0;
};

class MessageSink {
  public:
    virtual ~MessageSink() = default;
    // Returns when the message's fate is committed: 250 with an opaque receipt, 5xx when refused (if it is
    // refusable), or 451/452 with nothing stored. Never throws. The caller answers with just this reply, by
    // LMTP for each recipient: what becomes of a message is one transaction for all of them.
    virtual boost::asio::awaitable<Reply> accept(ReceivedMessage message) = 0;
};

}  // namespace smtp
