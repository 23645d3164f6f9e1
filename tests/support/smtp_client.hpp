// A blocking SMTP client for tests, with TLS. No read or write takes longer than ten seconds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

namespace test {

class SmtpClient {
  public:
    explicit SmtpClient(const std::string& path);  // of a Unix socket
    explicit SmtpClient(std::uint16_t port, const char* address = "127.0.0.1", const char* from = nullptr);
    ~SmtpClient();
    SmtpClient(const SmtpClient&) = delete;
    SmtpClient& operator=(const SmtpClient&) = delete;

    bool send(std::string_view bytes);  // false when the server has closed
    // One reply with all its lines; empty at the end of the connection; throws when nothing comes.
    std::string reply();
    std::string ask(std::string_view line);  // send with CRLF, reply
    // Sends `bytes` and returns all that comes until the server closes.
    std::string all_replies(std::string_view bytes, bool half_close);
    // False when the handshake fails. `resume`: a session of an earlier one.
    bool start_tls(int max_version = 0, ssl_session_st* resume = nullptr);
    [[nodiscard]] int socket() const { return socket_; }
    void reset();  // RST instead of an orderly end
    [[nodiscard]] ssl_st* tls() const { return tls_; }

    std::string server_name;  // that start_tls() asks for; empty: none
    std::string unread;       // given out by reply() before anything is read

  private:
    bool fill();
    int socket_ = -1;
    ssl_ctx_st* context_ = nullptr;
    ssl_st* tls_ = nullptr;
};

}  // namespace test
