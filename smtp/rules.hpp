// The server's side of the dialogue as a value: what may be said when, and what is answered.
//
// No I/O and no clock. Whoever moves the bytes gives each line to on_line() and does what the Step
// says; smtp/serve.cpp does so over a connection, tests do it in memory. RFC 5321 §3 and §4.1.4
// (order of commands), RFC 3207 (STARTTLS), RFC 1870 (SIZE), RFC 2920 (PIPELINING), RFC 6531, RFC 2033
// (LMTP).
//
// A transaction is over at each end of data, whatever came of it (Postfix 2026-08-03: what survives a
// refusal lets a second message past the recipient checks), and all state is reset by STARTTLS.
#pragma once

#include "net/input_buffer.hpp"
#include "smtp/command.hpp"
#include "smtp/data_reader.hpp"
#include "smtp/reply.hpp"
#include "smtp/types.hpp"
#include "smtp/xclient.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smtp {

struct RuleOptions {
    std::string host_name = "localhost";
    std::size_t max_message_size = 50 * 1024 * 1024;
    std::size_t max_recipients = 100;  // RFC 5321 §4.5.3.1.8: at least 100
    std::size_t max_errors = 10;       // bad commands before 421; here and below 0 is no limit
    bool offers_tls = false;
    std::size_t max_refused_recipients = 20;  // before 421; past a quarter of it, replies are slowed
    std::size_t max_idle_commands = 100;      // that bring no mail nearer, before 421
    bool may_name_client = false;             // a trusted relay: XCLIENT and XFORWARD are offered
    bool lmtp = false;                        // RFC 2033; and no size is too big to be asked for
};

// What a transaction has gathered so far.
struct Envelope {
    std::string reverse_path;
    bool smtputf8 = false;
    std::uint64_t announced_size = 0;
    std::vector<Recipient> recipients;
    NamedClient client;       // by XFORWARD, which may precede MAIL
    std::size_t replies = 0;  // that the final dot gets: one, by LMTP one for each RCPT that was answered 250
};

struct Step {
    enum class Next {
        reply,       // send `reply`
        resolve,     // ask the directory about `recipient`, send what resolved() says
        read_data,   // send `reply`, read content, send what follows from take_envelope()
        start_tls,   // send `reply`, shake hands, call tls_started()
        new_client,  // begin anew with fresh rules that hear client_named(`client`), and send `reply`
    };
    Next next = Next::reply;
    Reply reply;
    mail::Mailbox recipient;
    Verb verb = Verb::unknown;
    NamedClient client = {};
};

class Rules {
  public:
    explicit Rules(RuleOptions options, bool secure) : options_(std::move(options)), secure_(secure) {}

    [[nodiscard]] Reply greeting() const;
    // In its place, for a client that is not welcome (RFC 5321 §3.1): 554, and then nothing but QUIT is
    // heard.
    [[nodiscard]] Reply turn_away(Reply refusal);
    // A TLS handshake or the like where the first command should be; nothing when all is well.
    [[nodiscard]] static std::optional<Reply> not_smtp(std::string_view first_bytes);

    // `more_input`: bytes behind this line have arrived already.
    [[nodiscard]] Step on_line(const net::Line& line, bool more_input);
    [[nodiscard]] Reply resolved(const mail::Mailbox& recipient, const Resolution& resolution);
    // At the end of data: hands out the envelope and forgets it.
    [[nodiscard]] Envelope take_envelope();
    void message_accepted() { errors_ = refused_recipients_ = idle_commands_ = 0; }
    // In place of the 250 to MAIL: this client sends too much; the transaction is forgotten.
    [[nodiscard]] Reply put_off();
    // In place of the 250 to MAIL: this sender is not welcome; the transaction is forgotten.
    [[nodiscard]] Reply refuse_sender(Reply refusal);
    // So many recipients were refused that the next refusals are better said slowly.
    [[nodiscard]] bool slowed() const {
        return options_.max_refused_recipients > 0 &&
               refused_recipients_ > options_.max_refused_recipients / 4;
    }
    void tls_started();
    // XCLIENT was the session's first word: it may have said hello too. What follows another command is the
    // client's own words: proxies pass them on unread, so he must not name himself once more.
    void client_named(const NamedClient& client);

    [[nodiscard]] const std::string& helo() const { return helo_; }
    [[nodiscard]] std::string_view protocol(bool smtputf8) const;  // RFC 3848, RFC 6531 §4.3
    [[nodiscard]] const Envelope& envelope() const { return envelope_; }

  private:
    Step on(const Command& command, bool more_input);
    Step on_mail(const Command& command);
    Step on_rcpt(const Command& command);
    Step on_data();
    Step on_starttls(bool more_input);
    Step on_naming(const Command& command);
    [[nodiscard]] Reply hello(const Command& command);
    Reply counted(Reply reply);
    Reply refused_recipient(Reply reply);
    void reset();

    RuleOptions options_;
    std::string helo_;  // empty: nobody said hello
    bool extended_ = false;
    bool secure_;
    bool in_transaction_ = false;
    bool named_ = false;  // by XCLIENT
    bool turned_away_ = false;
    Envelope envelope_;
    std::size_t errors_ = 0, refused_recipients_ = 0, idle_commands_ = 0;
};

// The reply to content that was not kept.
[[nodiscard]] Reply refusal_of(DataReader::Fault fault);

}  // namespace smtp
