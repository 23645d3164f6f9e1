#include "auth/tags.hpp"

#include "auth/key_record.hpp"
#include "tests/support/dkim_signer.hpp"

#include <gtest/gtest.h>

namespace {

std::string read(std::string_view text) {
    const auto list = auth::TagList::parse(text);
    if (!list) return "malformed";
    std::string out;
    for (const auth::Tag& tag : list->tags()) out.append(tag.name).append("=").append(tag.value).append("|");
    return out;
}

TEST(Tags, Lists) {
    EXPECT_EQ(read("v=1; a=rsa-sha256"), "v=1|a=rsa-sha256|");
    EXPECT_EQ(read(" v = 1 ;\r\n\ta\r\n =\r\n x ; \r\n"), "v=1|a=x|");
    EXPECT_EQ(read("b=a=b==; c="), "b=a=b==|c=|");
    EXPECT_EQ(read("V=1;v=2;x_1=y"), "V=1|v=2|x_1=y|");
    EXPECT_EQ(read("d=b\xC3\xBC"
                   "cher.example"),
              "d=b\xC3\xBC"
              "cher.example|");
    for (const char* const text : {"", ";", " ", "v", "v=1;;a=2", ";v=1", "v=1; v=2", "1v=1", "v-x=1",
                                   "v w=1", "=1", "v=1; a=\x01", "v=1; a=\x7F"})
        EXPECT_EQ(read(text), "malformed") << text;
    EXPECT_EQ(read(std::string_view("v=a\0b", 5)), "malformed");
    std::string many;
    for (std::size_t i = 0; i < auth::max_tags; ++i) many += "t" + std::to_string(i) + "=;";
    EXPECT_NE(read(many), "malformed");
    EXPECT_EQ(read(many + "one=more"), "malformed");
}

TEST(Tags, Values) {
    using List = std::vector<std::string_view>;
    EXPECT_EQ(auth::colon_list("from : to:\r\n subject::"), (List{"from", "to", "subject"}));
    EXPECT_EQ(auth::colon_list(" "), List{});
    EXPECT_EQ(auth::decimal("0012"), 12U);
    EXPECT_EQ(auth::decimal("99999999999999999999999"), UINT64_MAX);
    for (const char* const text : {"", "-1", "+1", "1 2", "1.5", "x"})
        EXPECT_EQ(auth::decimal(text), std::nullopt) << text;
}

TEST(Tags, Base64) {
    EXPECT_EQ(auth::strict_base64("QUJD\r\n REU="), "ABCDE");
    EXPECT_EQ(auth::strict_base64("QUJDREU"), "ABCDE");
    EXPECT_EQ(auth::strict_base64("QQ=="), "A");
    EXPECT_EQ(auth::strict_base64("QQ="), "A");
    EXPECT_EQ(auth::strict_base64(""), "");
    for (const char* const text : {"Q", "QUJD=", "QQ===", "QQ==QQ==", "QU-D", "QUJD\x80", "Q=="})
        EXPECT_EQ(auth::strict_base64(text), std::nullopt) << text;
}

std::string wrong_with(const std::string& record) {
    return auth::read_key_record(record).wrong;
}

TEST(KeyRecord, Rules) {
    EXPECT_EQ(wrong_with("v=DKIM1; p=QUJD"), "");
    EXPECT_EQ(wrong_with("p=QUJD; k=rsa; g=*; n=any words; s=email; unknown=x"), "");
    EXPECT_EQ(wrong_with("v=DKIM1; s=tlsrpt : * ; p=QUJD"), "");
    EXPECT_EQ(wrong_with("p=QUJD; v=DKIM1"), "the record is no DKIM1 key");
    EXPECT_EQ(wrong_with("v=DKIM2; p=QUJD"), "the record is no DKIM1 key");
    EXPECT_EQ(wrong_with("v=spf1 -all"), "the record is no DKIM1 key");
    EXPECT_EQ(wrong_with("v=DKIM1; k=dsa; p=QUJD"), "the key is of an unknown type");
    EXPECT_EQ(wrong_with("v=DKIM1; s=tlsrpt; p=QUJD"), "the key is not for mail");
    EXPECT_EQ(wrong_with("v=DKIM1; k=rsa"), "the key record holds no key");
    EXPECT_EQ(wrong_with("v=DKIM1; p="), "the key is revoked");
    EXPECT_EQ(wrong_with("v=DKIM1; p=Q?"), "the key is not base64");
    EXPECT_EQ(wrong_with("v=DKIM1; p=QUJD; p=QUJE"), "the key record is malformed");
    EXPECT_EQ(wrong_with("hello"), "the key record is malformed");
    EXPECT_EQ(wrong_with("p=QUJD; n=" + std::string(auth::max_key_record, 'x')),
              "the key record is too long");

    const auth::KeyRecord plain = auth::read_key_record("p=QUJD");
    EXPECT_TRUE(plain.sha1 && plain.sha256 && !plain.testing && !plain.exact_domain);
    EXPECT_EQ(plain.key, "ABC");
    const auth::KeyRecord marked = auth::read_key_record("k=ed25519; h=sha256 : x; t=s:y; p=QUJD");
    EXPECT_TRUE(!marked.sha1 && marked.sha256 && marked.testing && marked.exact_domain);
    EXPECT_EQ(marked.type, auth::KeyType::ed25519);
}

std::string der(char tag, const std::string& value) {
    std::string out(1, tag);
    out += '\x82';
    out += static_cast<char>(value.size() >> 8);
    out += static_cast<char>(value.size());
    return out + value;
}

std::string bare_rsa(std::size_t octets, const std::string& exponent = "\x01\x01") {
    const std::string modulus = std::string(1, '\0') + std::string(octets, '\xC5');
    return der(0x30, der(0x02, modulus) + der(0x02, exponent));
}

TEST(PublicKey, IsReadOrNot) {
    using auth::KeyType;
    const auto bits = [](KeyType type, const std::string& bytes) {
        const auto key = auth::PublicKey::read(type, bytes);
        return key ? key->bits() : 0;
    };
    EXPECT_EQ(bits(KeyType::rsa, bare_rsa(256)), 2048);
    EXPECT_EQ(bits(KeyType::rsa, bare_rsa(512)), 4096);
    EXPECT_EQ(bits(KeyType::rsa, bare_rsa(513)), 0);
    EXPECT_EQ(bits(KeyType::rsa, bare_rsa(64)), 512);
    EXPECT_EQ(bits(KeyType::rsa, bare_rsa(256, std::string(9, '\x11'))), 0);
    EXPECT_EQ(bits(KeyType::rsa, bare_rsa(256, "\x01")), 0);
    EXPECT_EQ(bits(KeyType::ed25519, std::string(31, 'x')), 0);
    const test::DkimSigner rsa, edwards(KeyType::ed25519);
    const std::string good = *auth::strict_base64(rsa.public_key());
    EXPECT_EQ(bits(KeyType::rsa, good), 2048);
    EXPECT_EQ(bits(KeyType::ed25519, *auth::strict_base64(edwards.public_key())), 256);
    for (std::size_t cut = 0; cut < good.size(); ++cut) EXPECT_EQ(bits(KeyType::rsa, good.substr(0, cut)), 0);
    std::string other = good;  // another algorithm's object identifier
    other[other.find("\x2A\x86\x48")] = '\x2B';
    EXPECT_EQ(bits(KeyType::rsa, other), 0);
}

}  // namespace
