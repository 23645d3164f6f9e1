// Questions over HTTPS against a real server with a certificate of its own.
#include "outbound/https.hpp"

#include "tests/support/certificate.hpp"
#include "tests/support/fake_dns.hpp"
#include "tests/support/https_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace outbound {
namespace {

using namespace std::literals;
using testing::HasSubstr;

TEST(HttpsUrl, what_is_one) {
    const std::tuple<const char*, const char*, int, const char*> table[] = {
        {"https://login.example", "login.example", 443, "/"},
        {"https://Login.Example/token?a=b", "login.example", 443, "/token?a=b"},
        {"HTTPS://login.example:8443/a/b", "login.example", 8443, "/a/b"},
        {"https://login.example?x=1", "login.example", 443, "/?x=1"},
        {"https://127.0.0.1:99/t", "127.0.0.1", 99, "/t"},
        {"https://[2001:db8::1]:99/t", "2001:db8::1", 99, "/t"},
        {"https://[::1]/", "::1", 443, "/"},
    };
    for (const auto& [text, host, port, target] : table) {
        const auto url = parse_https_url(text);
        ASSERT_TRUE(url) << text;
        EXPECT_EQ(url->host, host);
        EXPECT_EQ(url->port, port);
        EXPECT_EQ(url->target, target);
    }
    for (const char* none : {"", "http://a.example/", "https://", "https:///x", "https://a.example:0/",
                             "https://a.example:70000/", "https://a.example:/", "https://a.example:x/",
                             "https://me@a.example/", "https://me:pw@a.example/", "https://a.example/#x",
                             "https://a.example/a b", "https://a.example/\r\nX: y", "https://a..example/",
                             "https://[::1/", "https://[nonsense]/", "a.example/x", "https://[]/"})
        EXPECT_EQ(parse_https_url(none), std::nullopt) << none;
}

class Asking : public ::testing::Test {
  protected:
    Asking() { dns_.a("web.example", "127.0.0.1"); }

    HttpsResult ask(const std::string& target, std::chrono::milliseconds within = 20s) {
        HttpsRequest request;
        request.url = {"web.example", server_.port(), target};
        return ask(std::move(request), within);
    }
    HttpsResult ask(HttpsRequest request, std::chrono::milliseconds within = 20s) {
        net::Networks allowed;
        if (may_be_local_) EXPECT_TRUE(allowed.add("127.0.0.0/8"));
        HttpsClient client(&dns_, net::TlsContext::client(roots_), allowed);
        return test::run(client.ask(std::move(request), test::soon(within)));
    }

    test::CertificateFiles certificate_{"web.example"};
    test::HttpsServer server_{{certificate_.chain_file, certificate_.key_file}};
    test::FakeDns dns_;
    std::string roots_ = certificate_.chain_file;
    bool may_be_local_ = true;
};

TEST_F(Asking, gets_an_answer) {
    server_.answer("/x?y", 200, "Text/Plain; charset=utf-8", "the body");
    const auto answer = ask("/x?y");
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(answer->status, 200U);
    EXPECT_EQ(answer->content_type, "text/plain");
    EXPECT_EQ(answer->body, "the body");
    const std::string request = server_.requests().at(0);
    EXPECT_TRUE(request.starts_with(
        "GET /x?y HTTP/1.1\r\nHost: web.example:" + std::to_string(server_.port()) + "\r\n"))
        << request;
}

TEST_F(Asking, posts_a_form) {
    server_.answer("/token", 400, "application/json", "{}");
    HttpsRequest request;
    request.url = {"web.example", server_.port(), "/token"};
    request.form = "a=b&c=d";
    const auto answer = ask(request);
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(answer->status, 400U);
    const std::string sent = server_.requests().at(0);
    EXPECT_TRUE(sent.starts_with("POST /token HTTP/1.1\r\n"));
    EXPECT_THAT(sent, HasSubstr("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n"));
    EXPECT_TRUE(sent.ends_with("\r\n\r\na=b&c=d"));
}

TEST_F(Asking, redirects_are_only_answers) {
    server_.answer("/a", 301, "text/plain", "", "Location: https://web.example/b\r\n");
    server_.answer("/b", 200, "text/plain", "there");
    EXPECT_EQ(ask("/a")->status, 301U);
    EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(Asking, every_way_to_send_a_body) {
    server_.raw("/chunked",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    server_.raw("/to-the-end", "HTTP/1.1 200 OK\r\n\r\nabcde");
    server_.raw("/old", "HTTP/1.0 200 OK\r\n\r\nabcde");
    for (const char* target : {"/chunked", "/to-the-end", "/old"}) {
        const auto answer = ask(target);
        ASSERT_TRUE(answer) << target << answer.error();
        EXPECT_EQ(answer->body, "abcde");
    }
}

TEST_F(Asking, bounds) {
    server_.answer("/fits", 200, "text/plain", std::string(64 * 1024, 'x'));
    server_.answer("/large", 200, "text/plain", std::string(64 * 1024 + 1, 'x'));
    server_.raw("/endless", "HTTP/1.1 200 OK\r\n\r\n" + std::string(4 * 1024 * 1024, 'x'));
    server_.raw("/headers", "HTTP/1.1 200 OK\r\nX: " + std::string(64 * 1024, 'x') + "\r\n\r\n");
    server_.raw("/noise", "220 mx.example ESMTP\r\n");
    server_.raw("/cut", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    server_.silent("/silent");
    EXPECT_EQ(ask("/fits")->body.size(), 64 * 1024U);
    EXPECT_EQ(ask("/large").error(), "the answer is too long");
    EXPECT_EQ(ask("/endless").error(), "the answer is too long");
    EXPECT_THAT(ask("/headers").error(), HasSubstr("the answer is no HTTP"));
    EXPECT_THAT(ask("/noise").error(), HasSubstr("the answer is no HTTP"));
    EXPECT_EQ(ask("/cut").error(), "the answer was cut off");
    EXPECT_EQ(ask("/silent", 200ms).error(), "no answer in time");
}

TEST_F(Asking, only_the_server_that_it_means) {
    server_.answer("/", 200, "text/plain", "secret");
    const test::CertificateFiles others("web.example");
    roots_ = others.chain_file;
    EXPECT_THAT(ask("/").error(), HasSubstr("no TLS: the certificate"));
    roots_ = certificate_.chain_file;
    dns_.a("other.example", "127.0.0.1");
    HttpsRequest request;
    request.url = {"other.example", server_.port(), "/"};
    EXPECT_THAT(ask(request).error(), HasSubstr("no TLS: the certificate"));
    EXPECT_TRUE(server_.requests().empty());
}

TEST_F(Asking, where_strangers_may_not_send_us) {
    server_.answer("/", 200, "text/plain", "x");
    may_be_local_ = false;
    EXPECT_EQ(ask("/").error(), "it has a loopback address");
    HttpsRequest request;
    request.url = {"web.example", server_.port(), "/"};
    request.anywhere = true;
    EXPECT_TRUE(ask(request));
}

TEST_F(Asking, servers_that_are_not_there) {
    dns_.fails("away.example");
    HttpsRequest request;
    request.url = {"away.example", server_.port(), "/"};
    EXPECT_EQ(ask(request).error(), "the addresses of away.example can't be had: SERVFAIL");
    request.url.host = "nowhere.example";
    EXPECT_EQ(ask(request).error(), "nowhere.example has no address");
    request.url = {"web.example", 1, "/"};
    EXPECT_EQ(ask(request).error(), "no connection");
    HttpsClient blind(nullptr, net::TlsContext::client(roots_), {});
    EXPECT_EQ(test::run(blind.ask(request, test::soon())).error(),
              "no name server may be asked for web.example");
}

TEST_F(Asking, the_next_address_when_one_is_closed) {
    server_.answer("/", 200, "text/plain", "x");
    dns_.a("web.example", "::1");
    may_be_local_ = true;
    HttpsRequest request;
    request.url = {"web.example", server_.port(), "/"};
    request.anywhere = true;
    EXPECT_TRUE(ask(request)) << "IPv6 is tried first, and nobody listens there";
}

}  // namespace
}  // namespace outbound
