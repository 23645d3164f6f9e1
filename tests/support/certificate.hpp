// A key and a self-signed certificate in files, made anew for tests.
#pragma once

#include <string>

namespace test {

struct CertificateFiles {
    CertificateFiles();  // in a temporary folder
    ~CertificateFiles();
    CertificateFiles(const CertificateFiles&) = delete;
    CertificateFiles& operator=(const CertificateFiles&) = delete;
    std::string folder, chain_file, key_file;
};

}  // namespace test
