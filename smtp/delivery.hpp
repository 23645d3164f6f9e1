// What a mail server is asked to take, how it is to be reached, and what it said: the values of the client.
#pragma once

#include "net/connection.hpp"
#include "smtp/types.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smtp {

// What a server answered, for people to read. With `code` 0 it said nothing that counts, and the words are
// ours: a broken connection, a certificate that is not theirs, a mail that it could not take.
struct RemoteReply {
    int code = 0;
    std::string status;  // RFC 3463, "4.2.1"; empty where the server gave none
    std::string text;    // its lines joined by blanks; UTF-8 without controls, at most 1000 bytes (H17)
};

// How far it came. The final dot is the one point where silence leaves us in doubt.
enum class Phase { connect, tls, greeting, hello, auth, mail, rcpt, data, final_dot };
// As the database has it: connect, tls, greeting, ehlo, auth, mail, rcpt, data, final_dot.
[[nodiscard]] std::string_view name_of(Phase phase);

enum class Fate {
    sent,
    deferred,   // not delivered: try again, at another server or later
    failed,     // not delivered, and never will be
    uncertain,  // the final dot was sent and no answer came: it may have been delivered
};

struct RecipientResult {
    Fate fate = Fate::deferred;
    Phase phase = Phase::connect;
    RemoteReply reply;
};

enum class TlsUse {
    none,
    opportunistic,        // STARTTLS where it is offered; the certificate is not looked at
    required_unverified,  // no TLS, no mail; the certificate is not looked at
    verified_name,        // a chain to one of the context's roots, and one of `names`
    dane,                 // one of `tlsa` (RFC 7672); none of them usable: required_unverified
};

struct TlsPolicy {
    TlsUse use = TlsUse::opportunistic;
    bool implicit = false;              // TLS from the first byte (RFC 8314)
    std::vector<std::string> names;     // that the certificate may have; the first is asked for (SNI)
    std::vector<net::TlsaRecord> tlsa;  // of answers that DNSSEC secures: the caller's to know
    net::TlsContext context;            // TlsContext::client(); not needed with TlsUse::none
};

struct Credentials {
    enum class Mechanism {
        automatic,  // the strongest that is offered and takes a password
        plain,
        login,
        scram_sha_256,
        xoauth2,  // `secret` is an access token
    };
    Mechanism mechanism = Mechanism::automatic;
    std::string user, secret;
    bool even_in_plain_text = false;
};

// RFC 5321 §4.5.3.2. Each reply has its time, and all of it a total, so that a trickle ends as well (H09).
struct ClientTimeouts {
    using Seconds = std::chrono::seconds;
    Seconds connect{30}, tls{60}, greeting{300}, hello{300}, auth{120}, mail{300}, rcpt{300}, data{120};
    Seconds block{180};  // 32 KB of content
    Seconds final_dot{600}, quit{5};
    Seconds opening{600};       // of open() as a whole
    Seconds delivery{45 * 60};  // of one deliver()
};

struct ClientOptions {
    std::string host_name;          // ours, as EHLO says it; a server of that name is ourselves (H11)
    bool may_be_ourselves = false;  // a smarthost beside us may well have our name
    TlsPolicy tls;
    std::optional<Credentials> credentials;
    ClientTimeouts timeouts;
    std::optional<boost::asio::ip::address> source;  // to connect from
};

struct OutgoingMail {
    std::string reverse_path;             // local@domain; empty for the null reverse-path
    std::vector<std::string> recipients;  // local@domain
    std::string fields;                   // that stand above the content: DKIM-Signature, with its CRLF
    std::shared_ptr<const std::string> content;  // lines ended by CRLF; dots are doubled on the way
    // Asked right before the final dot, which makes the mail the server's; where it says no, the connection
    // ends in its place. A process that was stopped for a while may have lost the right to send it. None:
    // yes.
    std::function<bool()> may_end = {};
};

struct DeliveryResult {
    std::vector<RecipientResult> recipients;  // one for each of the mail's, in its order
    bool reusable = false;                    // the connection can take another mail
    // The connection had ended before anything of this mail was said: that was no attempt, open another. Only
    // on a connection that has taken mail before.
    bool stale = false;
};

// What the server is and can do, for the log and the delivery.
struct ServerFacts {
    std::string address;  // that we are connected to
    std::string name;     // that it calls itself; safe to show
    std::optional<TlsFacts> tls;
    enum class Proof { none, name, dane };
    Proof proof = Proof::none;  // why we know that it is who we meant
};

struct Opened {
    bool ready = false;
    // When it is not: what that is for every mail that was meant for this server. Another server of the same
    // destination may do better, whatever the fate.
    RecipientResult failure;
    // The handshake failed, nothing but opportunism had asked for it: a caller may open again without TLS.
    // Never set where a policy wants TLS.
    bool plain_text_may_work = false;
};

}  // namespace smtp
