// The client's rules from the first byte to a session that takes mail: greeting, EHLO, STARTTLS, EHLO, AUTH.
//
// A value without I/O: it is told what happened and says what to do next. It ends in `ready` or `fail`, after
// a bounded number of steps whatever the server says. What the server said before TLS is forgotten with it.
// A refusing greeting is `deferred`, whatever its code: so all servers of a destination are tried (as
// Postfix's smtp_skip_5xx_greeting). RFC 5321 §3.1-3.2, 3207, 4954.
#pragma once

#include "smtp/delivery.hpp"
#include "smtp/reply_reader.hpp"
#include "smtp/sasl.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace smtp {

struct Extensions {
    bool pipelining = false, starttls = false, eight_bit_mime = false, smtputf8 = false;
    std::optional<std::uint64_t> size;  // RFC 1870; 0: no limit is known
    Sasl::Offer auth;
};
[[nodiscard]] Extensions read_extensions(const ServerReply& ehlo);

class Opening {
  public:
    // `options` must stay.
    explicit Opening(const ClientOptions& options) : options_(options) {}

    struct Step {
        enum class Do {
            read,       // the next reply
            send,       // `line`, then read
            start_tls,  // shake hands, then on_tls() or on_tls_failure()
            ready,
            fail,
        };
        Do what = Do::read;
        std::string line = {};  // with its CRLF
    };
    [[nodiscard]] Step begin();
    // `more`: bytes were there already behind the reply.
    [[nodiscard]] Step on_reply(const ServerReply& reply, bool more);
    [[nodiscard]] Step on_tls();
    [[nodiscard]] Step on_tls_failure(std::string_view why);
    // The connection is no use any more: our words.
    [[nodiscard]] Step on_loss(std::string status, std::string why);

    [[nodiscard]] Phase phase() const { return phase_; }
    [[nodiscard]] const Extensions& extensions() const { return extensions_; }
    [[nodiscard]] const std::string& server_name() const { return name_; }
    [[nodiscard]] const Opened& outcome() const { return outcome_; }
    // The dialogue is in step and unanswered, so that QUIT can be said.
    [[nodiscard]] bool in_step() const { return in_step_; }

  private:
    [[nodiscard]] Step fail(Fate fate, RemoteReply reply);
    [[nodiscard]] Step on_greeting(const ServerReply& reply);
    [[nodiscard]] Step on_hello(const ServerReply& reply);
    [[nodiscard]] Step on_starttls(const ServerReply& reply, bool more);
    [[nodiscard]] Step on_auth(const ServerReply& reply);
    [[nodiscard]] Step hello(std::string_view verb);
    [[nodiscard]] Step after_hello();
    [[nodiscard]] Step log_in();
    [[nodiscard]] bool named_as_we_are(const ServerReply& reply);
    [[nodiscard]] bool needs_tls() const;

    const ClientOptions& options_;
    Phase phase_ = Phase::greeting;
    Extensions extensions_;
    std::optional<Sasl> sasl_;
    std::string name_;
    Opened outcome_;
    bool secure_ = false, helo_ = false, tls_refused_ = false, in_step_ = false;
};

}  // namespace smtp
