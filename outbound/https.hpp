// One question over HTTPS, for the little that mail needs of the web: MTA-STS policies (RFC 8461 §3.3) and
// access tokens (RFC 6749 §6).
//
// The server's certificate is always verified. Time, header (16 KB) and body are bounded; redirects are
// answers like others; each question has a connection of its own. Failures are words, never exceptions.
#pragma once

#include "net/dial.hpp"
#include "net/dns.hpp"
#include "net/networks.hpp"
#include "net/tls.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outbound {

struct HttpsUrl {
    std::string host;
    std::uint16_t port = 443;
    std::string target = "/";
};
// "https://login.example/token?x=1"; nothing for other schemes, user names, fragments, and what is no URL.
[[nodiscard]] std::optional<HttpsUrl> parse_https_url(std::string_view text);

struct HttpsRequest {
    HttpsUrl url;
    std::string form;              // application/x-www-form-urlencoded, sent by POST; empty: GET
    std::size_t most = 64 * 1024;  // bytes of the answer's body
    // Servers that the operator named may have any address; those that a stranger names are refused private
    // ones.
    bool anywhere = false;
};

struct HttpsAnswer {
    unsigned status = 0;
    std::string content_type;  // lower case, without parameters
    std::string body;
};
using HttpsResult = boost::system::result<HttpsAnswer, std::string>;

class Https {
  public:
    virtual ~Https() = default;
    [[nodiscard]] virtual boost::asio::awaitable<HttpsResult> ask(HttpsRequest request,
                                                                  net::Clock::time_point deadline) = 0;
};

class HttpsClient : public Https {
  public:
    // Without a resolver only addresses can be asked.
    HttpsClient(net::Resolver* resolver, net::TlsContext roots, net::Networks allowed_targets)
        : resolver_(resolver), roots_(std::move(roots)), allowed_(std::move(allowed_targets)) {}

    // For what is asked from now on.
    void trust(net::TlsContext roots, net::Networks allowed_targets) {
        roots_ = std::move(roots);
        allowed_ = std::move(allowed_targets);
    }

    [[nodiscard]] boost::asio::awaitable<HttpsResult> ask(HttpsRequest request,
                                                          net::Clock::time_point deadline) override;

  private:
    net::Resolver* resolver_;
    net::TlsContext roots_;
    net::Networks allowed_;
};

}  // namespace outbound
