// A server that says and does exactly what a test wants, on a loopback port of its own: the hostile half of
// the world.
//
// Each connection is one call of the script, in order, in the server's one thread. A Peer's functions block,
// none for longer than ten seconds; when the client has gone, what is heard is empty and the rest of the
// script falls through.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_st;

namespace test {

class ScriptedServer {
  public:
    class Peer {
      public:
        explicit Peer(int socket, std::string& heard);
        ~Peer();
        Peer(const Peer&) = delete;
        Peer& operator=(const Peer&) = delete;

        bool say(std::string_view bytes);  // false when the client has gone
        std::string hear();                // a line without its CRLF
        std::string hear_content();        // up to and with CRLF . CRLF
        void hear_all();                   // until the client goes
        // Hears the client's commands one by one, and says `reply` to each.
        void answer(std::initializer_list<std::string_view> replies);
        bool start_tls(const std::string& chain_file, const std::string& key_file);
        void reset();                               // RST instead of an orderly end
        [[nodiscard]] std::string address() const;  // the client's
        [[nodiscard]] bool gone() const { return gone_; }
        [[nodiscard]] ssl_st* tls() const { return tls_; }

      private:
        bool fill();
        int socket_;
        ssl_st* tls_ = nullptr;
        std::string& heard_;
        std::string unread_;
        bool gone_ = false;
    };
    using Script = std::function<void(Peer&)>;

    explicit ScriptedServer(Script each) : ScriptedServer(std::vector<Script>{std::move(each)}) {}
    explicit ScriptedServer(std::vector<Script> scripts);
    ~ScriptedServer();  // waits for the scripts

    [[nodiscard]] std::uint16_t port() const { return port_; }
    // All that clients have sent, under TLS or not; after the scripts have ended.
    std::string heard();

  private:
    int listening_ = -1;
    std::uint16_t port_ = 0;
    std::string heard_;
    std::thread thread_;
};

}  // namespace test
