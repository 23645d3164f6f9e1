#include "daemon/reload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace program {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Another value of the key's type.
struct Differ {
    Config& config;
    void operator()(std::string Config::*member) const { (config.*member) += "x"; }
    void operator()(std::int64_t Config::*member) const { ++(config.*member); }
    void operator()(Seconds Config::*member) const { ++(config.*member); }
    void operator()(Texts Config::*member) const { (config.*member).emplace_back("192.0.2.1:25"); }
};

TEST(Reload, EveryKeyCountsNowOrIsSaidToWait) {
    for (const ConfigKey& key : config_keys()) {
        Config fresh;
        std::visit(Differ{fresh}, key.member);
        const Reload plan = plan_reload(Config{}, fresh);
        const bool now = key.applies == Applies::at_reload;
        EXPECT_THAT(now ? plan.changed : plan.at_restart, ElementsAre(key.full_name()));
        EXPECT_THAT(now ? plan.at_restart : plan.changed, IsEmpty());
        EXPECT_EQ(config_as_toml(plan.in_force), config_as_toml(now ? fresh : Config{})) << key.full_name();
    }
}

TEST(Reload, TlsIsNotTakenAwayFromSessionsThatWereOfferedIt) {
    Config running;
    running.smtp_tls_certificate = "a.crt";
    running.smtp_tls_key = "a.key";
    const Reload plan = plan_reload(running, Config{});
    EXPECT_THAT(plan.at_restart, ElementsAre("smtp.tls_certificate", "smtp.tls_key"));
    EXPECT_EQ(plan.in_force.smtp_tls_certificate, "a.crt");
    Config other = running;
    other.smtp_tls_certificate = "b.crt";
    EXPECT_THAT(plan_reload(running, other).changed, ElementsAre("smtp.tls_certificate"));
}

class Credentials : public testing::Test {
  protected:
    Credentials() {
        std::string pattern = (std::filesystem::temp_directory_path() / "ticketgate-XXXXXX").string();
        folder = mkdtemp(pattern.data());
        setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
    }
    ~Credentials() override {
        unsetenv("CREDENTIALS_DIRECTORY");
        std::filesystem::remove_all(folder);
    }

    // What is wrong with this conninfo's content; empty: nothing.
    std::string problem_of(const std::string& content) {
        std::ofstream(folder / "conninfo") << content;
        Config config;
        config.database_conninfo = "credential:conninfo";
        const auto problems = use_credentials(config, "desk.toml");
        if (problems.empty()) conninfo = config.database_conninfo;
        return problems.empty() ? "" : problems.front().str();
    }

    std::filesystem::path folder;
    std::string conninfo;
};

TEST_F(Credentials, ContentForTheDatabasePathsForTls) {
    EXPECT_EQ(problem_of("host=db password='a b'\n"), "");
    EXPECT_EQ(conninfo, "host=db password='a b'");
    Config config;
    config.smtp_tls_certificate = "credential:chain";
    config.smtp_tls_key = "/etc/key";
    EXPECT_THAT(use_credentials(config, "desk.toml"), IsEmpty());
    EXPECT_EQ(config.smtp_tls_certificate, folder / "chain");
    EXPECT_EQ(config.smtp_tls_key, "/etc/key");
}

TEST_F(Credentials, WhatIsNoConninfo) {
    EXPECT_THAT(problem_of(""), HasSubstr("desk.toml: database.conninfo: is not one line"));
    EXPECT_THAT(problem_of("host=a\nhost=b\n"), HasSubstr("is not one line"));
    EXPECT_THAT(problem_of(std::string(5000, 'x')), HasSubstr("longer than"));
    std::filesystem::remove(folder / "conninfo");
    Config config;
    config.database_conninfo = "credential:conninfo";
    EXPECT_THAT(use_credentials(config, "desk.toml").at(0).message, HasSubstr("can't be read"));
    config.database_conninfo = "credential:../conninfo";
    EXPECT_THAT(use_credentials(config, "desk.toml").at(0).message, HasSubstr("names no credential"));
    unsetenv("CREDENTIALS_DIRECTORY");
    config.database_conninfo = "credential:conninfo";
    EXPECT_THAT(use_credentials(config, "desk.toml").at(0).message,
                HasSubstr("CREDENTIALS_DIRECTORY is not set"));
}

}  // namespace
}  // namespace program
