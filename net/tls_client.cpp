#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <new>
#include <stdexcept>

namespace net {
namespace {

bool is_address(const std::string& name) {
    boost::system::error_code error;
    boost::asio::ip::make_address(name, error);
    return !error;
}

// Any of the names will do; without one nothing passes. OpenSSL wants address and name both where it has
// both, so an address counts where it comes first, and then alone.
void expect_names(SSL* tls, const std::vector<std::string>& names) {
    if (!names.empty() && is_address(names.front())) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), names.front().c_str());
        return;
    }
    SSL_set_hostflags(tls, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(tls, "nobody.invalid");
    for (const std::string& name : names)
        if (!name.empty() && !is_address(name)) SSL_add1_host(tls, name.c_str());
}

// Whether any record is usable. Usages 0 and 1 are not for SMTP (RFC 7672 §3.1.3). What OpenSSL has no use
// for, it leaves out: unknown numbers, a digest of another length, data that is no certificate (H16).
bool expect_tlsa(SSL* tls, const TlsPeer& peer) {
    if (SSL_dane_enable(tls, nullptr) != 1) throw std::bad_alloc();
    // RFC 7672 §3.1.1: what DANE-EE names is the key; the names in the certificate are not looked at.
    SSL_dane_set_flags(tls, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    bool usable = false;
    for (const TlsaRecord& record : peer.tlsa) {
        if (record.usage != 2 && record.usage != 3) continue;
        usable |= SSL_dane_tlsa_add(tls, record.usage, record.selector, record.matching,
                                    reinterpret_cast<const unsigned char*>(record.data.data()),
                                    record.data.size()) == 1;
    }
    return usable;
}

}  // namespace

TlsContext TlsContext::client(const std::string& ca_file) {
    ERR_clear_error();
    TlsContext made;
    made.context_.reset(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX* context = made.context_.get();
    if (!context || SSL_CTX_dane_enable(context) != 1) throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    if (ca_file.empty()) {
        SSL_CTX_set_default_verify_paths(context);
    } else if (SSL_CTX_load_verify_file(context, ca_file.c_str()) != 1) {
        ERR_clear_error();
        throw std::runtime_error("TLS: cannot read certificates from " + ca_file);
    }
    return made;
}

TlsContext::Stream TlsContext::connect(int socket, const TlsPeer& peer) const {
    Stream stream = open(socket);
    SSL* tls = stream.get();
    SSL_set_connect_state(tls);
    if (!peer.names.empty() && !is_address(peer.names.front()))
        SSL_set_tlsext_host_name(tls, peer.names.front().c_str());
    if (peer.any_strength) SSL_set_security_level(tls, 0);
    const bool verify = peer.wanted == TlsPeer::Proof::name ||
                        (peer.wanted == TlsPeer::Proof::dane && expect_tlsa(tls, peer));
    if (verify) expect_names(tls, peer.names);
    SSL_set_verify(tls, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    ERR_clear_error();
    return stream;
}

TlsPeer::Proof proven_by(const ssl_st* tls) {
    if (SSL_get_verify_mode(tls) == SSL_VERIFY_NONE || SSL_get_verify_result(tls) != X509_V_OK)
        return TlsPeer::Proof::none;
    const bool dane = SSL_get0_dane_authority(const_cast<SSL*>(tls), nullptr, nullptr) >= 0;
    return dane ? TlsPeer::Proof::dane : TlsPeer::Proof::name;
}

std::string why_failed(const ssl_st* tls) {
    const long verdict = SSL_get_verify_result(tls);
    const char* error = ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    if (SSL_get_verify_mode(tls) != SSL_VERIFY_NONE && verdict != X509_V_OK)
        return std::string("the certificate: ") + X509_verify_cert_error_string(verdict);
    return error ? error : "";
}

}  // namespace net
