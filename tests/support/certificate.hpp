// A key and a self-signed certificate in files, made anew for tests.
#pragma once

#include <string>

namespace test {

struct CertificateFiles {
    explicit CertificateFiles(const std::string& host = "mx.ours.example");  // in a temporary folder
    ~CertificateFiles();
    CertificateFiles(const CertificateFiles&) = delete;
    CertificateFiles& operator=(const CertificateFiles&) = delete;
    std::string folder, chain_file, key_file;
};

}  // namespace test
