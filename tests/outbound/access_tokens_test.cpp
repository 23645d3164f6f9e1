#include "outbound/access_tokens.hpp"

#include "tests/outbound/fake_https.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/fake_dns.hpp"
#include "tests/support/https_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace outbound {
namespace {

using namespace std::literals;
using testing::HasSubstr;

const TokenSource source{{"login.example", 443, "/token"}, "id", "s&cret", "r=fresh"};

HttpsAnswer json(const std::string& body, unsigned status = 200) {
    return {status, "application/json", body};
}

TEST(AccessToken, the_request) {
    EXPECT_EQ(token_request(source),
              "grant_type=refresh_token&refresh_token=r%3Dfresh&client_id=id&client_secret=s%26cret");
    EXPECT_EQ(token_request({{}, "id", "", "\xc3\xa4 ~"}),
              "grant_type=refresh_token&refresh_token=%C3%A4%20~&client_id=id")
        << "no secret: a public client";
}

TEST(AccessToken, answers) {
    const auto good =
        read_token(json(R"({"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"})"));
    ASSERT_TRUE(good);
    EXPECT_EQ(good->token, "ya29.x");
    EXPECT_EQ(good->expires_in, 3599s);
    EXPECT_EQ(good->refresh_token, "");
    EXPECT_EQ(read_token(json(R"({"access_token":"x","refresh_token":"next"})"))->refresh_token, "next");
    EXPECT_EQ(read_token(json(R"({"access_token":"x"})"))->expires_in, 300s);
    EXPECT_EQ(read_token(json(R"({"access_token":"x","expires_in":-5})"))->expires_in, 0s);
    EXPECT_EQ(read_token(json(R"({"access_token":"x","expires_in":99999999999})"))->expires_in, 24h);
    EXPECT_EQ(read_token(json(R"({"access_token":"x","expires_in":"3600"})"))->expires_in, 300s);

    const std::pair<HttpsAnswer, const char*> bad[] = {
        {json(R"({"error":"invalid_grant","error_description":"the token s&cret"})", 400),
         "the answer is 400 invalid_grant"},
        {json(R"({"error":"<script>"})", 401), "the answer is 401"},
        {json("Bad gateway", 502), "the answer is 502"},
        {json("[]", 500), "the answer is 500"},
        {json("<html>"), "the answer is no JSON object"},
        {json("[]"), "the answer is no JSON object"},
        {json("{}"), "the answer has no access_token"},
        {json(R"({"access_token":1})"), "the answer has no access_token"},
        {json(R"({"access_token":""})"), "the answer has no access_token"},
        {json(R"({"access_token":"a\u0001b"})"), "the answer has no access_token"},
        {json(R"({"access_token":"a\r\nb"})"), "the answer has no access_token"},
        {json(R"({"access_token":")" + std::string(8193, 'x') + "\"}"), "the answer has no access_token"},
        {json(std::string(40'000, '[')), "the answer is no JSON object"},
    };
    for (const auto& [answer, why] : bad) EXPECT_EQ(read_token(answer).error(), why);
}

class Tokens : public ::testing::Test {
  protected:
    std::string token(const TokenSource& of = source) {
        const auto got = test::run(tokens_.token(of, test::soon()));
        return got ? *got : "no: " + got.error();
    }
    void answers(const HttpsAnswer& answer) { web_.answers["login.example/token"] = answer; }

    test::FakeHttps web_;
    net::Clock::time_point now_ = net::Clock::now();
    AccessTokens tokens_{web_, [this] { return now_; }};
};

TEST_F(Tokens, kept_until_a_minute_before_the_end) {
    answers(json(R"({"access_token":"one","expires_in":3600})"));
    EXPECT_EQ(token(), "one");
    answers(json(R"({"access_token":"two","expires_in":3600})"));
    now_ += 58min;
    EXPECT_EQ(token(), "one");
    now_ += 61s;
    EXPECT_EQ(token(), "two");
    EXPECT_EQ(web_.asked.size(), 2U);
    EXPECT_TRUE(web_.asked[0].anywhere) << "the operator named it";
    EXPECT_EQ(web_.asked[0].form, token_request(source));
}

TEST_F(Tokens, one_that_was_refused_is_forgotten) {
    answers(json(R"({"access_token":"one","expires_in":3600})"));
    EXPECT_EQ(token(), "one");
    answers(json(R"({"access_token":"two","expires_in":3600})"));
    tokens_.forget(source);
    EXPECT_EQ(token(), "two");
    tokens_.forget({{}, "unknown", "", ""});
    EXPECT_EQ(token(), "two");
}

TEST_F(Tokens, a_replaced_refresh_token_is_used_from_then_on) {
    answers(json(R"({"access_token":"one","expires_in":60,"refresh_token":"second"})"));
    EXPECT_EQ(token(), "one");
    EXPECT_EQ(token(), "one");
    EXPECT_THAT(web_.asked.at(1).form, HasSubstr("refresh_token=second&"));
}

TEST_F(Tokens, a_failure_is_not_asked_for_again_at_once) {
    EXPECT_EQ(token(), "no: login.example: no connection");
    answers(json(R"({"access_token":"one"})"));
    now_ += 29s;
    tokens_.forget(source);
    EXPECT_EQ(token(), "no: login.example: no connection");
    now_ += 2s;
    EXPECT_EQ(token(), "one");
    EXPECT_EQ(web_.asked.size(), 2U);
}

TEST_F(Tokens, each_source_has_its_own) {
    answers(json(R"({"access_token":"one","expires_in":3600})"));
    EXPECT_EQ(token(), "one");
    answers(json(R"({"access_token":"two","expires_in":3600})"));
    TokenSource other = source;
    other.client_id = "other";
    EXPECT_EQ(token(other), "two");
    EXPECT_EQ(token(), "one");
}

TEST(AccessToken, over_the_wire) {
    const test::CertificateFiles certificate("login.example");
    test::HttpsServer server({certificate.chain_file, certificate.key_file});
    server.answer("/token", 200, "application/json", R"({"access_token":"real","expires_in":3600})");
    test::FakeDns dns;
    dns.a("login.example", "127.0.0.1");
    HttpsClient https(&dns, net::TlsContext::client(certificate.chain_file), {});
    AccessTokens tokens(https);
    TokenSource real = source;
    real.url.port = server.port();
    const auto got = test::run(tokens.token(real, test::soon(20s)));
    ASSERT_TRUE(got) << got.error();
    EXPECT_EQ(*got, "real");
    EXPECT_TRUE(server.requests().at(0).ends_with(token_request(source)));
}

}  // namespace
}  // namespace outbound
