#include "smtp/sasl.hpp"

#include "mail/encode.hpp"
#include "mail/transfer.hpp"

#include <gtest/gtest.h>

#include <string>

using smtp::Credentials;
using smtp::Sasl;
using Mechanism = smtp::Credentials::Mechanism;

namespace {

std::string decoded(const std::string& line) {
    return mail::decode_base64(line.substr(line.rfind(' ') + 1));
}

Sasl scram_of_the_rfc() {
    return {Credentials{Mechanism::scram_sha_256, "user", "pencil"}, Mechanism::scram_sha_256,
            "rOprNGfwEbeRWgbNEkqO"};
}
const std::string server_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

}  // namespace

TEST(Sasl, plain_and_login_and_xoauth2_say_what_their_specifications_say) {
    Sasl plain({Mechanism::plain, "tim", "tanstaaftanstaaf"}, Mechanism::plain, "");
    EXPECT_EQ(plain.first(), "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm");  // RFC 4616 §4
    EXPECT_EQ(plain.answer(""), "*");

    Sasl login({Mechanism::login, "tim", "secret"}, Mechanism::login, "");
    EXPECT_EQ(login.first(), "AUTH LOGIN");
    EXPECT_EQ(mail::decode_base64(login.answer("VXNlcm5hbWU6")), "tim");
    EXPECT_EQ(mail::decode_base64(login.answer("UGFzc3dvcmQ6")), "secret");
    EXPECT_EQ(login.answer("VXNlcm5hbWU6"), "*");
    EXPECT_TRUE(login.gave_up());

    // The example of Google's description.
    Sasl token({Mechanism::xoauth2, "someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"},
               Mechanism::xoauth2, "");
    EXPECT_EQ(
        token.first(),
        "AUTH XOAUTH2 dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGN"
        "rQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==");
    EXPECT_EQ(token.answer(mail::base64(R"({"status":"401","schemes":"bearer"})")), "");
    EXPECT_FALSE(token.gave_up());
    EXPECT_EQ(token.trouble(), R"({"status":"401","schemes":"bearer"})");
    EXPECT_EQ(token.answer(""), "*");
}

TEST(Sasl, scram_is_that_of_RFC_7677) {
    Sasl sasl = scram_of_the_rfc();
    EXPECT_EQ(decoded(sasl.first()), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    EXPECT_EQ(mail::decode_base64(sasl.answer(mail::base64(server_first))),
              "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
              "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    EXPECT_FALSE(sasl.satisfied());
    EXPECT_EQ(sasl.answer(mail::base64("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")), "");
    EXPECT_TRUE(sasl.satisfied());
}

TEST(Sasl, scram_believes_no_server_that_does_not_know_the_password) {
    for (const std::string last :
         {"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "v=", "v=AAAA", "", "x=y", "e=invalid-proof"}) {
        Sasl sasl = scram_of_the_rfc();
        (void)sasl.first();
        (void)sasl.answer(mail::base64(server_first));
        EXPECT_EQ(sasl.answer(mail::base64(last)), "*") << last;
        EXPECT_FALSE(sasl.satisfied()) << last;
        EXPECT_NE(sasl.trouble(), "") << last;
    }
}

TEST(Sasl, scram_takes_no_first_message_that_weakens_it_or_costs_too_much) {
    const std::string nonce = "r=rOprNGfwEbeRWgbNEkqO", salt = ",s=W22ZaJ0SNY7soEsUEjb6gQ==";
    for (const std::string& first :
         {nonce + salt + ",i=4096", "r=another" + salt + ",i=4096", nonce + "x" + salt + ",i=4095",
          nonce + "x" + salt + ",i=600001", nonce + "x" + salt + ",i=99999999999999999999",
          nonce + "x" + salt + ",i=-1", nonce + "x" + salt, nonce + "x,s=,i=4096", nonce + "x,i=4096",
          "m=x," + nonce + "x" + salt + ",i=4096", std::string(), std::string(9000, 'r')}) {
        Sasl sasl = scram_of_the_rfc();
        (void)sasl.first();
        EXPECT_EQ(sasl.answer(mail::base64(first)), "*") << first;
        EXPECT_TRUE(sasl.gave_up());
    }
}

TEST(Sasl, user_names_cannot_add_fields) {
    Sasl sasl({Mechanism::scram_sha_256, "a,r=b", "x"}, Mechanism::scram_sha_256, "nonce");
    EXPECT_EQ(decoded(sasl.first()), "n,,n=a=2Cr=3Db,r=nonce");
    for (const std::string& bad : {std::string("a\0b", 3), std::string("a\1b")}) {
        EXPECT_FALSE(Sasl::choose({Mechanism::plain, bad, "x"}, {.plain = true}));
        EXPECT_FALSE(Sasl::choose({Mechanism::plain, "x", bad}, {.plain = true}));
    }
}

TEST(Sasl, automatic_takes_the_strongest_that_is_offered) {
    const auto chosen = [](Mechanism wanted, Sasl::Offer offer) {
        auto sasl = Sasl::choose({wanted, "u", "s"}, offer);
        const std::string line = sasl ? sasl->first() : "AUTH -";
        return line.substr(5, line.find(' ', 5) - 5);
    };
    using enum Mechanism;
    EXPECT_EQ(chosen(automatic, {.plain = true, .login = true, .scram_sha_256 = true, .xoauth2 = true}),
              "SCRAM-SHA-256");
    EXPECT_EQ(chosen(automatic, {.plain = true, .login = true, .xoauth2 = true}), "PLAIN");
    EXPECT_EQ(chosen(automatic, {.login = true}), "LOGIN");
    EXPECT_EQ(chosen(automatic, {.xoauth2 = true}), "-") << "a password is no token";
    EXPECT_EQ(chosen(automatic, {}), "-");
    EXPECT_EQ(chosen(plain, {.login = true, .scram_sha_256 = true}), "-");
    EXPECT_EQ(chosen(xoauth2, {.plain = true, .xoauth2 = true}), "XOAUTH2");
}

TEST(Sasl, nonces_differ) {
    auto one = Sasl::choose({Mechanism::automatic, "u", "s"}, {.scram_sha_256 = true});
    auto other = Sasl::choose({Mechanism::automatic, "u", "s"}, {.scram_sha_256 = true});
    EXPECT_NE(one->first(), other->first());
}
