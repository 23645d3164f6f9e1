#include "tests/support/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace test {
namespace {

constexpr timeval ten_seconds{10, 0};

}  // namespace

ScriptedServer::Peer::Peer(int socket, std::string& heard) : socket_(socket), heard_(heard) {
    const int on = 1;
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &ten_seconds, sizeof ten_seconds);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &ten_seconds, sizeof ten_seconds);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

ScriptedServer::Peer::~Peer() {
    SSL_free(tls_);
    if (socket_ >= 0) ::close(socket_);
}

bool ScriptedServer::Peer::say(std::string_view bytes) {
    while (!bytes.empty() && !gone_) {
        const ssize_t sent = tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                  : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            gone_ = true;
        } else {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    return !gone_;
}

bool ScriptedServer::Peer::fill() {
    std::array<char, 16384> buffer;
    const ssize_t got = gone_  ? 0
                        : tls_ ? SSL_read(tls_, buffer.data(), buffer.size())
                               : ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
        gone_ = true;
        return false;
    }
    unread_.append(buffer.data(), static_cast<std::size_t>(got));
    heard_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
}

std::string ScriptedServer::Peer::hear() {
    std::size_t end = 0;
    while ((end = unread_.find("\r\n")) == std::string::npos)
        if (!fill()) return {};
    std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 2);
    return line;
}

std::string ScriptedServer::Peer::hear_content() {
    std::size_t end = 0;
    while (!unread_.starts_with(".\r\n") && (end = unread_.find("\r\n.\r\n")) == std::string::npos)
        if (!fill()) return {};
    end = unread_.starts_with(".\r\n") ? 3 : end + 5;
    std::string content = unread_.substr(0, end);
    unread_.erase(0, end);
    return content;
}

void ScriptedServer::Peer::hear_all() {
    while (fill()) unread_.clear();
}

void ScriptedServer::Peer::answer(std::initializer_list<std::string_view> replies) {
    for (const std::string_view reply : replies) {
        hear();
        if (!say(std::string(reply) + "\r\n")) return;
    }
}

bool ScriptedServer::Peer::start_tls(const std::string& chain_file, const std::string& key_file) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_chain_file(context, chain_file.c_str());
    SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM);
    tls_ = SSL_new(context);
    SSL_CTX_free(context);
    SSL_set_fd(tls_, socket_);
    const bool done = SSL_accept(tls_) == 1;
    ERR_clear_error();
    if (!done) gone_ = true;
    return done;
}

std::string ScriptedServer::Peer::address() const {
    sockaddr_in client{};
    socklen_t size = sizeof client;
    std::array<char, INET_ADDRSTRLEN> text{};
    getpeername(socket_, reinterpret_cast<sockaddr*>(&client), &size);
    inet_ntop(AF_INET, &client.sin_addr, text.data(), text.size());
    return text.data();
}

void ScriptedServer::Peer::reset() {
    const linger now{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(std::exchange(socket_, -1));
    gone_ = true;
}

ScriptedServer::ScriptedServer(std::vector<Script> scripts) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's socket BIO writes without MSG_NOSIGNAL
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    setsockopt(listening_, SOL_SOCKET, SO_RCVTIMEO, &ten_seconds, sizeof ten_seconds);  // accept() too
    if (::bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listening_, 16) != 0 ||
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::system_error(errno, std::generic_category(), "a scripted server");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, scripts = std::move(scripts)] {
        for (const Script& script : scripts) {
            const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) return;
            Peer peer(socket, heard_);
            script(peer);
        }
    });
}

std::string ScriptedServer::heard() {
    if (thread_.joinable()) thread_.join();
    return heard_;
}

ScriptedServer::~ScriptedServer() {
    // Nobody comes any more: accept() ends.
    ::shutdown(listening_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    ::close(listening_);
}

}  // namespace test
