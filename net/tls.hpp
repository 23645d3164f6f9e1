// Both sides of TLS: a server's certificate and key, a client's roots, and the rules of RFC 8996 and RFC
// 9325.
//
// TLS 1.2 or newer, no renegotiation, no compression; buffers of idle connections are given back.
// A client that names a host (RFC 6066 §3) gets the certificate that is for it, and else the first.
// A TlsContext is shared by the connections that use it; a new one may replace it at any time.
#pragma once

#include "net/dns.hpp"

#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace net {

struct CertificatePaths {
    std::string chain_file, key_file;  // PEM; the chain begins with the server's own certificate
};

// The server that a client means, and how it has to prove that it is the one.
struct TlsPeer {
    enum class Proof {
        none,
        name,  // a chain to a root of ours, for one of `names`
        dane,  // one of `tlsa` (RFC 7672). Where none of them is usable, nothing is proven
    };
    Proof wanted = Proof::none;
    std::vector<std::string> names;  // host names or addresses; the first, if a name, is asked for by SNI
    std::vector<TlsaRecord> tlsa;
    // Plain text would be the alternative, so that keys and signatures of any strength will do.
    bool any_strength = false;
};

class TlsContext {
  public:
    // Throws std::runtime_error that
    // names the file when one cannot be read, or when key and certificate do not belong together.
    // Without `tickets` no session is ever resumed: each has its own key exchange.
    [[nodiscard]] static TlsContext server(const CertificatePaths& certificate, bool tickets = true,
                                           const std::vector<CertificatePaths>& others = {});

    // A client that trusts the roots in `ca_file` (PEM), or the system's. Throws std::runtime_error that
    // names the file when it cannot be read.
    [[nodiscard]] static TlsContext client(const std::string& ca_file = {});

    struct Free {
        void operator()(ssl_st* tls) const;
    };
    using Stream = std::unique_ptr<ssl_st, Free>;
    // A new server side on a non-blocking socket. It never raises SIGPIPE.
    [[nodiscard]] Stream accept(int socket) const;
    // A new client side. Its handshake fails unless the peer proves what is wanted.
    [[nodiscard]] Stream connect(int socket, const TlsPeer& peer) const;

  private:
    [[nodiscard]] Stream open(int socket) const;
    std::shared_ptr<ssl_ctx_st> context_;
    std::shared_ptr<std::vector<std::shared_ptr<ssl_ctx_st>>> others_;
};

// What a client's handshake has proven, and why one failed, in a few words.
[[nodiscard]] TlsPeer::Proof proven_by(const ssl_st* tls);
[[nodiscard]] std::string why_failed(const ssl_st* tls);

}  // namespace net
