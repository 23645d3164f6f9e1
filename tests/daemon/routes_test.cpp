// [outbound], [[route]] and [[destination]]: what is refused, and what becomes of the rest.
#include "daemon/config.hpp"
#include "daemon/reload.hpp"
#include "daemon/route_options.hpp"

#include "tests/support/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace program {
namespace {

using smtp::TlsUse;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems_of(const std::string& toml) {
    std::vector<std::string> texts;
    for (const ConfigProblem& problem : parse_config(toml, "desk.toml").problems)
        texts.push_back(problem.str());
    return texts;
}

const std::string relay = "[[route]]\nsender_domain = \"a.example\"\nsmarthost = \"relay.example:587\"\n";
const std::string login = relay + "user = \"desk\"\n";
const std::string oauth = login + "auth = \"xoauth2\"\ntoken_url = \"https://login.example/t\"\n" +
                          "client_id = \"id\"\nrefresh_token_file = \"credential:r\"\n";
const std::string partner = "[[destination]]\ndomain = \"b.example\"\n";

TEST(Routes, what_is_allowed) {
    for (const std::string& toml :
         {relay, login + "secret_file = \"/x\"\n", oauth, oauth + "client_secret_file = \"/x\"\n",
          std::string("[[route]]\nsender_domain = \"*\"\n"), partner,
          relay + "[[route]]\nsender_domain = \"*\"\nsmarthost = \"[2001:db8::1]:465\"\ntls = \"implicit\"\n",
          relay + "tls = \"off\"\n",
          std::string("[[route]]\nsender_domain = \"*\"\nsmarthost = \"127.0.0.1:25\"\ntls = \"off\"\n"
                      "user = \"x\"\nsecret_file = \"/x\"\n"),
          partner + "tls = \"verified\"\nhosts = [\"*.mail.example\", \"mx.example\"]\n",
          std::string("[outbound]\nallowed_targets = [\"127.0.0.0/8\"]\nsource_addresses = [\"::1\"]\n")})
        EXPECT_THAT(problems_of(toml), IsEmpty()) << toml;
}

TEST(Routes, what_is_refused) {
    const std::pair<std::string, const char*> table[] = {
        {"[[route]]\n", "route.sender_domain: is missing"},
        {"[route]\nsender_domain = \"*\"\n",
         "desk.toml:1: route: is a table of a list, to be written as [[route]]"},
        {"route = [1]\n", "route: is a table of a list"},
        {"route = \"x\"\n", "route: is a table of a list"},
        {relay + "smart_host = \"x\"\n", "desk.toml:4: route.smart_host: is no key"},
        {"[[route]]\nsender_domain = \"A.Example\"\n",
         "desk.toml:2: route.sender_domain: \"A.Example\" is no domain"},
        {"[[route]]\nsender_domain = \"*.example\"\n", "is no domain"},
        {"[[route]]\nsender_domain = \"\"\n", "is no domain"},
        {relay + relay, "route.sender_domain: \"a.example\" has two routes"},
        {"[[route]]\nsender_domain = \"*\"\nsmarthost = \"relay.example\"\n", "is no server with a port"},
        {"[[route]]\nsender_domain = \"*\"\nsmarthost = \"relay.example:0\"\n", "is no server with a port"},
        {"[[route]]\nsender_domain = \"*\"\nsmarthost = \"127.0.0.1:0\"\n", "is no server with a port"},
        {"[[route]]\nsender_domain = \"*\"\nsmarthost = \"relay.example:65536\"\n",
         "is no server with a port"},
        {"[[route]]\nsender_domain = \"*\"\nsmarthost = \"2001:db8::1:25\"\n", "is no server with a port"},
        {"[[route]]\nsender_domain = \"*\"\nsmarthost = \"unix:/x\"\n", "is no server with a port"},
        {relay + "tls = \"yes\"\n", "route.tls: \"yes\" is none of \"verified\""},
        {relay + "auth = \"cram-md5\"\n", "route.auth: \"cram-md5\" is none of"},
        {relay + "connections = 0\n", "route.connections: 0 is out of bounds"},
        {login, "route.secret_file (of \"a.example\"): is missing to the user"},
        {relay + "secret_file = \"/x\"\n", "route.secret_file (of \"a.example\"): needs a user"},
        {"[[route]]\nsender_domain = \"*\"\nuser = \"x\"\nsecret_file = \"/x\"\n", "needs a smarthost"},
        {"[[route]]\nsender_domain = \"*\"\nverp = \"off\"\n", "needs a smarthost"},
        {login + "secret_file = \"/x\"\ntls = \"off\"\n",
         "route.tls (of \"a.example\"): is \"off\", which would show"},
        {login + "secret_file = \"/x\"\ntls = \"opportunistic\"\n", "is \"opportunistic\", which would show"},
        {oauth + "secret_file = \"/x\"\n", "is for passwords"},
        {login + "auth = \"xoauth2\"\ntoken_url = \"https://a.example/\"\nclient_id = \"x\"\n",
         "route.refresh_token_file (of \"a.example\"): is missing"},
        {relay + "auth = \"xoauth2\"\n", "needs a user"},
        {login + "secret_file = \"/x\"\ntoken_url = \"https://a.example/\"\n", "is for auth = \"xoauth2\""},
        {relay + "token_url = \"http://a.example/\"\n", "is no URL such as"},
        {relay + "verp = \"no\"\n", "route.verp"},
        {"[verification]\nresolver = [\"off\"]\n" + relay,
         "route.smarthost (of \"a.example\"): is a name, which needs a verification.resolver"},
        {"[[destination]]\n", "destination.domain: is missing"},
        {partner + partner, "destination.domain: \"b.example\" stands twice"},
        {partner + "hosts = [\"mx.b.example\"]\n", "destination.hosts: is for tls = \"verified\""},
        {partner + "tls = \"verified\"\nhosts = [\"*\"]\n", "is no domain"},
        {"[outbound]\nport = 0\n", "outbound.port: 0 is out of bounds"},
        {"[outbound]\nsource_addresses = [\"eth0\"]\n", "is no address such as"},
        {"[outbound]\nallowed_targets = [\"everything\"]\n", "is no network"},
        {"[outbound]\nip_preference = \"ipv6\"\n", "is none of \"ipv6 first\""},
        {"[outbound]\ndane = true\n", "outbound.dane: wants a text"},
    };
    for (const auto& [toml, words] : table)
        EXPECT_THAT(problems_of(toml), ElementsAre(HasSubstr(words))) << toml;
}

TEST(Routes, a_reload_brings_them) {
    const Config running, fresh = parse_config(relay + partner, "desk.toml").config;
    const Reload plan = plan_reload(running, fresh);
    EXPECT_THAT(plan.changed, ElementsAre("route", "destination"));
    EXPECT_THAT(plan.at_restart, IsEmpty());
    EXPECT_EQ(plan.in_force.routes.size(), 1U);
    EXPECT_EQ(plan.in_force.destinations.size(), 1U);
    EXPECT_THAT(plan_reload(fresh, fresh).changed, IsEmpty());
    EXPECT_TRUE(plan_reload(fresh, running).in_force.routes.empty());
}

// A folder with a secret in a file.
struct Secrets : test::CertificateFiles {
    explicit Secrets(const std::string& content = "hunter2\n") : file(folder + "/relay") {
        std::ofstream(file) << content;
    }
    std::string file;
};

outbound::RouteOptions options_of(const std::string& toml) {
    LoadedConfig loaded = parse_config(toml, "desk.toml");
    EXPECT_THAT(problems_of(toml), IsEmpty());
    EXPECT_THAT(use_credentials(loaded.config, "desk.toml"), IsEmpty());
    return route_options(loaded.config, "mx.ours.example");
}

TEST(Routes, options_without_a_word) {
    const auto options = options_of("");
    EXPECT_THAT(options.own_names, ElementsAre("mx.ours.example"));
    EXPECT_TRUE(options.dane);
    EXPECT_TRUE(options.mta_sts);
    EXPECT_EQ(options.hops.port, 25);
    EXPECT_EQ(options.hops.preference, outbound::IpPreference::ipv6_first);
    EXPECT_TRUE(options.hops.own_addresses.contains("127.0.0.1"));
    EXPECT_FALSE(options.hops.allowed_targets.contains("127.0.0.1"));
    EXPECT_EQ(options.limits.connections, 4U);
}

TEST(Routes, options_of_outbound) {
    const auto options = options_of(
        "[outbound]\nip_preference = \"ipv4 only\"\nsource_addresses = [\"192.0.2.1\"]\nport = 2525\ndane = "
        "\"off\"\nmta_sts = \"off\"\nallowed_targets = [\"127.0.0.0/8\"]\nconnections = 7\n"
        "messages_per_connection = 8\nrate_per_minute = 9\n" +
        partner + "tls = \"verified\"\nconnections = 2\n");
    EXPECT_EQ(options.hops.preference, outbound::IpPreference::ipv4_only);
    EXPECT_EQ(options.hops.sources.at(0).to_string(), "192.0.2.1");
    EXPECT_EQ(options.hops.port, 2525);
    EXPECT_FALSE(options.dane);
    EXPECT_FALSE(options.mta_sts);
    EXPECT_TRUE(options.hops.allowed_targets.contains("127.0.0.1"));
    EXPECT_EQ(options.limits.connections, 7U);
    EXPECT_EQ(options.limits.messages_per_connection, 8U);
    EXPECT_EQ(options.limits.rate_per_minute, 9U);
    const auto& rule = options.destinations.at("b.example");
    EXPECT_EQ(rule.tls, outbound::TlsChoice::verified);
    EXPECT_THAT(rule.hosts, ElementsAre("b.example", "*.b.example"));
    EXPECT_EQ(rule.limits.connections, 2U);
}

TEST(Routes, tls_of_a_smarthost) {
    const std::tuple<const char*, TlsUse, bool, const char*> table[] = {
        {"verified", TlsUse::verified_name, false, "verified"},
        {"implicit", TlsUse::verified_name, true, "verified"},
        {"required", TlsUse::required_unverified, false, "required"},
        {"opportunistic", TlsUse::opportunistic, false, "opportunistic"},
        {"off", TlsUse::none, false, "plain"},
    };
    for (const auto& [text, use, implicit, name] : table) {
        const auto options = options_of(relay + "tls = \"" + text + "\"\nverp = \"off\"\n");
        const outbound::SenderRoute& route = options.routes.at("a.example");
        EXPECT_EQ(route.smarthost->tls.use, use) << text;
        EXPECT_EQ(route.smarthost->tls.implicit, implicit) << text;
        EXPECT_EQ(route.smarthost->tls_policy, name);
        EXPECT_EQ(route.smarthost->host, "relay.example");
        EXPECT_EQ(route.smarthost->port, 587);
        EXPECT_FALSE(route.smarthost->credentials);
        EXPECT_FALSE(route.verp);
    }
}

TEST(Routes, secrets_come_from_files) {
    const Secrets secrets;
    const auto options = options_of(login + "secret_file = \"" + secrets.file + "\"\nauth = \"login\"\n");
    const outbound::Smarthost& smarthost = *options.routes.at("a.example").smarthost;
    EXPECT_EQ(smarthost.credentials->user, "desk");
    EXPECT_EQ(smarthost.credentials->secret, "hunter2");
    EXPECT_EQ(smarthost.credentials->mechanism, smtp::Credentials::Mechanism::login);
    EXPECT_FALSE(smarthost.credentials->even_in_plain_text);

    ASSERT_EQ(::setenv("CREDENTIALS_DIRECTORY", secrets.folder.c_str(), 1), 0);
    EXPECT_EQ(options_of(login + "secret_file = \"credential:relay\"\n")
                  .routes.at("a.example")
                  .smarthost->credentials->secret,
              "hunter2");
    std::string tokens = oauth;
    tokens.replace(tokens.find("credential:r"), 12, "credential:relay");
    const auto with_tokens = options_of(tokens);
    const auto& source = with_tokens.routes.at("a.example").smarthost->tokens;
    EXPECT_EQ(source->url.host, "login.example");
    EXPECT_EQ(source->client_id, "id");
    EXPECT_EQ(source->client_secret, "");
    EXPECT_EQ(source->refresh_token, "hunter2");
    ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST(Routes, plain_text_secrets_stay_on_this_machine) {
    const Secrets secrets;
    const auto options = options_of(
        "[[route]]\nsender_domain = \"*\"\nsmarthost = \"127.0.0.1:25\"\ntls = \"off\"\n"
        "user = \"x\"\nsecret_file = \"" +
        secrets.file + "\"\n");
    EXPECT_TRUE(options.routes.at("*").smarthost->credentials->even_in_plain_text);
}

std::string why_not(const std::string& toml) {
    try {
        (void)route_options(parse_config(toml, "desk.toml").config, "mx.ours.example");
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "";
}

TEST(Routes, files_that_can_not_be_used_are_named) {
    const Secrets lines("one\ntwo\n");
    EXPECT_THAT(why_not(login + "secret_file = \"/nonexistent/relay\"\n"), HasSubstr("/nonexistent/relay"));
    EXPECT_THAT(why_not(login + "secret_file = \"" + lines.file + "\"\n"),
                HasSubstr("is not one line of text"));
    EXPECT_THAT(why_not(relay + "ca_file = \"/nonexistent/ca\"\n"), HasSubstr("/nonexistent/ca"));
    EXPECT_THAT(why_not("[outbound]\nca_file = \"/nonexistent/ca\"\n"), HasSubstr("/nonexistent/ca"));
}

}  // namespace
}  // namespace program
