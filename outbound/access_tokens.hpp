// Access tokens for XOAUTH2, had for a refresh token (RFC 6749 §6) and kept until a minute before they end.
//
// A refresh token that the server replaces is kept in memory; the one in the file must stay good for the next
// start. What the server says when it refuses is shown as its error code, never more: an answer may repeat a
// secret. A refusal is not asked for again for half a minute.
#pragma once

#include "outbound/https.hpp"
#include "outbound/turns.hpp"

#include <functional>
#include <unordered_map>

namespace outbound {

struct TokenSource {
    HttpsUrl url;
    std::string client_id, client_secret, refresh_token;
    [[nodiscard]] std::string key() const;
};

struct AccessToken {
    std::chrono::seconds expires_in{300};
    std::string token;
    std::string refresh_token;  // the next; empty: as before
};
[[nodiscard]] std::string token_request(const TokenSource& source);
// The answer of a token endpoint, or why it holds no token.
[[nodiscard]] boost::system::result<AccessToken, std::string> read_token(const HttpsAnswer& answer);

class AccessTokens {
  public:
    explicit AccessTokens(Https& https, std::function<net::Clock::time_point()> now = net::Clock::now)
        : https_(https), now_(std::move(now)) {}

    [[nodiscard]] boost::asio::awaitable<boost::system::result<std::string, std::string>> token(
        TokenSource source, net::Clock::time_point deadline);
    // It was refused: the next one is asked for anew.
    void forget(const TokenSource& source);

  private:
    struct Entry {
        std::string token, refresh_token, why;
        net::Clock::time_point until{};  // of the token, or of what went wrong
    };
    const Entry* known(const std::string& key) const;

    Https& https_;
    std::function<net::Clock::time_point()> now_;
    Turns turns_;
    std::unordered_map<std::string, Entry> entries_;  // as many as the configuration has
};

}  // namespace outbound
