// The server's side of TLS: certificate and key, and the rules of RFC 8996 and RFC 9325.
//
// TLS 1.2 or newer, no renegotiation, no compression; buffers of idle connections are given back.
// A TlsContext is shared by the connections that use it; a new one may replace it at any time.
#pragma once

#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace net {

class TlsContext {
  public:
    // The chain file begins with the server's own certificate (PEM). Throws std::runtime_error that
    // names the file when one cannot be read, or when key and certificate do not belong together.
    // Without `tickets` no session is ever resumed: each has its own key exchange.
    [[nodiscard]] static TlsContext server(const std::string& chain_file, const std::string& key_file,
                                           bool tickets = true);

    struct Free {
        void operator()(ssl_st* tls) const;
    };
    using Stream = std::unique_ptr<ssl_st, Free>;
    // A new server side on a non-blocking socket. It never raises SIGPIPE.
    [[nodiscard]] Stream accept(int socket) const;

  private:
    std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace net
