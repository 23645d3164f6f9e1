#include "tests/support/smtp_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace test {

SmtpClient::SmtpClient(std::uint16_t port, const char* address, const char* from) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's socket BIO writes without MSG_NOSIGNAL
    sockaddr_in6 six{};
    sockaddr_in four{};
    bool ipv6 = inet_pton(AF_INET6, address, &six.sin6_addr) == 1;
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    inet_pton(AF_INET, address, &four.sin_addr);
    socket_ = ::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval limit{10, 0};
    int on = 1;
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (from) {
        sockaddr_in ours{};
        ours.sin_family = AF_INET;
        inet_pton(AF_INET, from, &ours.sin_addr);
        if (bind(socket_, reinterpret_cast<sockaddr*>(&ours), sizeof ours) != 0)
            throw std::system_error(errno, std::generic_category(), "bind");
    }
    auto* to = ipv6 ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
    if (connect(socket_, to, ipv6 ? sizeof six : sizeof four) != 0)
        throw std::system_error(errno, std::generic_category(), "connect");
}

SmtpClient::SmtpClient(const std::string& path) {
    std::signal(SIGPIPE, SIG_IGN);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval limit{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::system_error(errno, std::generic_category(), "connect");
}

SmtpClient::~SmtpClient() {
    SSL_free(tls_);
    SSL_CTX_free(context_);
    ::close(socket_);
}

bool SmtpClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t sent = tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                            : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool SmtpClient::fill() {
    std::array<char, 16384> buffer;
    ssize_t got = tls_ ? SSL_read(tls_, buffer.data(), buffer.size())
                       : ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        throw std::runtime_error("no reply after ten seconds");
    if (got <= 0) return false;
    unread.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
}

std::string SmtpClient::reply() {
    for (std::size_t line = 0;;) {
        std::size_t end = unread.find("\r\n", line);
        if (end == std::string::npos) {
            if (!fill()) return std::exchange(unread, "");
            continue;
        }
        bool last = end < line + 4 || unread[line + 3] != '-';
        line = end + 2;
        if (last) {
            std::string whole = unread.substr(0, line);
            unread.erase(0, line);
            return whole;
        }
    }
}

std::string SmtpClient::ask(std::string_view line) {
    send(std::string(line) + "\r\n");
    return reply();
}

std::string SmtpClient::all_replies(std::string_view bytes, bool half_close) {
    send(bytes);
    if (half_close) ::shutdown(socket_, SHUT_WR);
    while (fill()) {
    }
    return std::exchange(unread, "");
}

bool SmtpClient::start_tls(int max_version, SSL_SESSION* resume) {
    context_ = SSL_CTX_new(TLS_client_method());
    if (max_version) {
        SSL_CTX_set_security_level(context_, 0);
        SSL_CTX_set_min_proto_version(context_, max_version < TLS1_2_VERSION ? TLS1_VERSION : max_version);
        SSL_CTX_set_max_proto_version(context_, max_version);
    }
    tls_ = SSL_new(context_);
    SSL_set_fd(tls_, socket_);
    if (!server_name.empty()) SSL_set_tlsext_host_name(tls_, server_name.c_str());
    if (resume) SSL_set_session(tls_, resume);
    return SSL_connect(tls_) == 1;
}

void SmtpClient::reset() {
    linger now{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::shutdown(socket_, SHUT_RD);
    ::close(socket_);
    socket_ = -1;
}

}  // namespace test
