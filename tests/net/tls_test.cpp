#include "net/tls.hpp"

#include "tests/support/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

using testing::HasSubstr;

namespace {

std::string error_of(const std::string& chain, const std::string& key) {
    try {
        (void)net::TlsContext::server({chain, key});
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST(TlsContext, takes_what_belongs_together) {
    test::CertificateFiles files;
    EXPECT_EQ(error_of(files.chain_file, files.key_file), "");
}

TEST(TlsContext, C14_says_that_key_and_certificate_do_not_match) {
    test::CertificateFiles ours, theirs;
    EXPECT_EQ(
        error_of(ours.chain_file, theirs.key_file),
        "TLS: the key in " + theirs.key_file + " does not belong to the certificate in " + ours.chain_file);
}

TEST(TlsContext, names_the_file_that_is_missing_or_no_pem) {
    test::CertificateFiles files;
    EXPECT_THAT(error_of("/nowhere/chain.pem", files.key_file),
                HasSubstr("/nowhere/chain.pem: No such file"));
    EXPECT_THAT(error_of(files.chain_file, "/nowhere/key.pem"), HasSubstr("/nowhere/key.pem: No such file"));
    std::ofstream(files.key_file) << "no key\n";
    EXPECT_THAT(error_of(files.chain_file, files.key_file), HasSubstr("private key in " + files.key_file));
}
