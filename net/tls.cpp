#include "net/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <system_error>

namespace net {
namespace {

std::string reason() {
    unsigned long error = ERR_get_error();
    const char* text = ERR_reason_error_string(error);
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(error)) return std::generic_category().message(ERR_GET_REASON(error));
    return text ? text : "unknown reason";
}

int socket_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

// OpenSSL's own socket BIO uses write(2), which kills the process by SIGPIPE when the peer is gone.
int send_some(BIO* bio, const char* data, int size) {
    BIO_clear_retry_flags(bio);
    auto sent = ::send(socket_of(bio), data, static_cast<std::size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

int receive_some(BIO* bio, char* data, int size) {
    BIO_clear_retry_flags(bio);
    auto received = ::recv(socket_of(bio), data, static_cast<std::size_t>(size), MSG_DONTWAIT);
    if (received < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(received);
}

long control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* socket_method() {
    static const BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
        if (!made) throw std::bad_alloc();
        BIO_meth_set_write(made, send_some);
        BIO_meth_set_read(made, receive_some);
        BIO_meth_set_ctrl(made, control);
        return made;
    }();
    return method;
}

std::shared_ptr<SSL_CTX> make_context(const CertificatePaths& certificate, bool tickets) {
    const auto& [chain_file, key_file] = certificate;
    ERR_clear_error();
    std::shared_ptr<SSL_CTX> made(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX* context = made.get();
    if (!context) throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets resume; we keep no state
    SSL_CTX_set_num_tickets(context, tickets ? 1 : 0);
    if (!tickets) SSL_CTX_set_options(context, SSL_OP_NO_TICKET);

    if (SSL_CTX_use_certificate_chain_file(context, chain_file.c_str()) != 1)
        throw std::runtime_error("TLS: cannot use the certificate in " + chain_file + ": " + reason());
    if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
        std::string why = reason();
        if (mismatch)
            throw std::runtime_error("TLS: the key in " + key_file +
                                     " does not belong to the certificate in " + chain_file);
        throw std::runtime_error("TLS: cannot use the private key in " + key_file + ": " + why);
    }
    if (SSL_CTX_check_private_key(context) != 1)
        throw std::runtime_error("TLS: the key in " + key_file + " does not belong to the certificate in " +
                                 chain_file);
    return made;
}

bool is_for(const SSL_CTX* context, const char* name) {
    return X509_check_host(SSL_CTX_get0_certificate(context), name, 0, 0, nullptr) == 1;
}

// Called within the handshake, for which whoever shakes hands holds the TlsContext.
int choose_certificate(SSL* tls, int*, void* contexts) {
    const auto* others = static_cast<const std::vector<std::shared_ptr<SSL_CTX>>*>(contexts);
    const char* name = SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name);
    if (!name || is_for(SSL_get_SSL_CTX(tls), name)) return SSL_TLSEXT_ERR_OK;
    for (const auto& other : *others)
        if (is_for(other.get(), name)) {
            SSL_set_SSL_CTX(tls, other.get());
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

TlsContext TlsContext::server(const CertificatePaths& certificate, bool tickets,
                              const std::vector<CertificatePaths>& others) {
    TlsContext made;
    made.context_ = make_context(certificate, tickets);
    made.others_ = std::make_shared<std::vector<std::shared_ptr<SSL_CTX>>>();
    for (const CertificatePaths& each : others) made.others_->push_back(make_context(each, tickets));
    SSL_CTX_set_tlsext_servername_callback(made.context_.get(), choose_certificate);
    SSL_CTX_set_tlsext_servername_arg(made.context_.get(), made.others_.get());
    return made;
}

TlsContext::Stream TlsContext::accept(int socket) const {
    Stream stream = open(socket);
    SSL_set_accept_state(stream.get());
    return stream;
}

TlsContext::Stream TlsContext::open(int socket) const {
    Stream stream(SSL_new(context_.get()));
    BIO* bio = BIO_new(socket_method());
    if (!stream || !bio) {
        BIO_free(bio);
        throw std::bad_alloc();
    }
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the BIO's data is ours to interpret; see socket_of()
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    SSL_set_bio(stream.get(), bio, bio);
    return stream;
}

void TlsContext::Free::operator()(ssl_st* tls) const {
    SSL_free(tls);
}

}  // namespace net
