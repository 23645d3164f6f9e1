// The server's side of TLS: certificate and key, and the rules of RFC 8996 and RFC 9325.
//
// TLS 1.2 or newer, no renegotiation, no compression; buffers of idle connections are given back.
// A client that names a host (RFC 6066 §3) gets the certificate that is for it, and else the first.
// A TlsContext is shared by the connections that use it; a new one may replace it at any time.
#pragma once

#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace net {

struct CertificatePaths {
    std::string chain_file, key_file;  // PEM; the chain begins with the server's own certificate
};

class TlsContext {
  public:
    // Throws std::runtime_error that
    // names the file when one cannot be read, or when key and certificate do not belong together.
    // Without `tickets` no session is ever resumed: each has its own key exchange.
    [[nodiscard]] static TlsContext server(const CertificatePaths& certificate, bool tickets = true,
                                           const std::vector<CertificatePaths>& others = {});

    struct Free {
        void operator()(ssl_st* tls) const;
    };
    using Stream = std::unique_ptr<ssl_st, Free>;
    // A new server side on a non-blocking socket. It never raises SIGPIPE.
    [[nodiscard]] Stream accept(int socket) const;

  private:
    std::shared_ptr<ssl_ctx_st> context_;
    std::shared_ptr<std::vector<std::shared_ptr<ssl_ctx_st>>> others_;
};

}  // namespace net
