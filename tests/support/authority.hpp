// A certificate authority in a temporary folder, and the certificates that it issues, good and bad.
#pragma once

#include "net/tls.hpp"

#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace test {

class Authority {
  public:
    Authority();
    ~Authority();
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    struct Certificate {
        std::string chain_file, key_file;  // the chain with the authority at its end
        std::string der, key_der;          // certificate and SubjectPublicKeyInfo, for TLSA records
    };
    // For these host names and IPv4 addresses; or one that has expired.
    Certificate issue(const std::vector<std::string>& names, bool expired = false);
    Certificate self_signed(const std::vector<std::string>& names);

    [[nodiscard]] const std::string& ca_file() const { return ca_file_; }
    [[nodiscard]] const std::string& der() const { return der_; }

  private:
    Certificate make(const std::vector<std::string>& names, bool expired, bool by_itself);
    std::string folder_, ca_file_, der_;
    evp_pkey_st* key_ = nullptr;
    x509_st* root_ = nullptr;
    int issued_ = 0;
};

// A TLSA record; `matching` 1 and 2 are digests of what it is given.
net::TlsaRecord tlsa(int usage, int selector, int matching, const std::string& der);

}  // namespace test
