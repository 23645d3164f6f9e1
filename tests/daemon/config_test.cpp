#include "daemon/config.hpp"
#include "daemon/config_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace program {
namespace {

const std::filesystem::path source = TICKETGATE_SOURCE_DIR;

std::string read_file(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    EXPECT_TRUE(stream) << file;
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> problems_of(const std::string& toml) {
    std::vector<std::string> texts;
    for (const ConfigProblem& problem : parse_config(toml, "desk.toml").problems)
        texts.push_back(problem.str());
    return texts;
}

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Config, EmptyFileIsTheDefaults) {
    const LoadedConfig loaded = parse_config("", "desk.toml");
    EXPECT_THAT(loaded.problems, IsEmpty());
    EXPECT_EQ(config_as_toml(loaded.config), config_as_toml(Config{}));
}

TEST(Config, ReadsEveryType) {
    const LoadedConfig loaded = parse_config(R"(
[smtp]
listen = ["127.0.0.1:2525", "[::1]:0"]
max_message_size = 1_000_000
command_timeout = 7
[database]
conninfo = "host=/tmp dbname=desk"
)",
                                             "desk.toml");
    ASSERT_THAT(loaded.problems, IsEmpty());
    EXPECT_THAT(loaded.config.smtp_listen, ElementsAre("127.0.0.1:2525", "[::1]:0"));
    EXPECT_EQ(loaded.config.smtp_max_message_size, 1'000'000);
    EXPECT_EQ(loaded.config.smtp_command_timeout, Seconds(7));
    EXPECT_EQ(loaded.config.database_conninfo, "host=/tmp dbname=desk");
    EXPECT_EQ(loaded.config.log_level, "info");
}

// Each file in configs/ is wrong in one way, and begins with how: "# expected: ...", without the file's name.
class BadConfig : public testing::TestWithParam<std::string> {};

TEST_P(BadConfig, IsRefusedWithFileLineAndKey) {
    const auto file = source / "tests/daemon/configs" / GetParam();
    const std::string first_line = read_file(file).substr(0, read_file(file).find('\n'));
    const std::string mark = "# expected: ";
    ASSERT_TRUE(first_line.starts_with(mark)) << first_line;
    std::ostringstream output;
    std::ostringstream error;
    EXPECT_EQ(check_config(file.string(), output, error), 2);
    EXPECT_THAT(error.str(), testing::StartsWith(file.string() + first_line.substr(mark.size())));
    EXPECT_EQ(std::ranges::count(error.str(), '\n'), 1);
    EXPECT_EQ(output.str(), "");
}

std::vector<std::string> bad_configs() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(source / "tests/daemon/configs"))
        names.push_back(entry.path().filename().string());
    return names;
}

INSTANTIATE_TEST_SUITE_P(Files, BadConfig, testing::ValuesIn(bad_configs()), [](const auto& instance) {
    return instance.param.substr(0, instance.param.find('.'));
});

TEST(Config, TellsEveryProblemInTheOrderOfLines) {
    EXPECT_THAT(problems_of("[smtp]\nmax_sessions = 0\nlisten_tsl = []\n[log]\nlevel = \"loud\"\n"),
                ElementsAre(HasSubstr("desk.toml:2: smtp.max_sessions: 0 is out of bounds"),
                            HasSubstr("desk.toml:3: smtp.listen_tsl: is no key"),
                            HasSubstr("desk.toml:5: log.level")));
}

TEST(Config, NamesTheKeyThatIsMissingToAnother) {
    EXPECT_THAT(problems_of("[smtp]\ntls_certificate = \"a.crt\"\n"), ElementsAre(HasSubstr("smtp.tls_key")));
    EXPECT_THAT(problems_of("[smtp]\ntls_key = \"a.key\"\n"), ElementsAre(HasSubstr("smtp.tls_certificate")));
    EXPECT_THAT(problems_of("[smtp]\nlisten_tls = [\"127.0.0.1:465\"]\n"),
                ElementsAre(HasSubstr("smtp.listen_tls")));
    EXPECT_THAT(problems_of("[smtp]\nlisten = []\n"), ElementsAre(HasSubstr("smtp.listen")));
}

TEST(Config, LmtpIsForThisMachineUnlessItIsSaidForWhom) {
    const auto lmtp = [](const std::string& keys) { return problems_of("[lmtp]\n" + keys + "\n"); };
    EXPECT_THAT(lmtp(R"(listen = ["127.0.0.1:24", "[::1]:24", "unix:/run/ticketgate/lmtp.sock"])"),
                IsEmpty());
    for (const char* open : {"0.0.0.0:24", "[::]:24", "192.0.2.1:24"}) {
        const std::string listen = "listen = [\"127.0.0.1:24\", \"" + std::string(open) + "\"]\n";
        EXPECT_THAT(lmtp(listen),
                    ElementsAre(HasSubstr("lmtp.listen: \"" + std::string(open) + "\" can be reached")));
        EXPECT_THAT(lmtp(listen + "networks = [\"127.0.0.0/8\", \"::1/128\"]"), testing::SizeIs(1));
        EXPECT_THAT(lmtp(listen + "networks = [\"127.0.0.0/8\", \"192.0.2.10\"]"), IsEmpty());
    }
    EXPECT_THAT(problems_of("[smtp]\nlisten = []\n[lmtp]\nlisten = [\"unix:/run/lmtp.sock\"]\n"), IsEmpty());
    for (const char* mode : {"660", "0660", "0000"})
        EXPECT_THAT(lmtp("socket_mode = \"" + std::string(mode) + "\""), IsEmpty()) << mode;
    for (const char* mode : {"", "66", "0668", "1660", "06600", "u+w", "-660"})
        EXPECT_THAT(lmtp("socket_mode = \"" + std::string(mode) + "\""),
                    ElementsAre(HasSubstr("lmtp.socket_mode")))
            << mode;
}

TEST(Config, BoundsAreInclusive) {
    for (const ConfigKey& key : config_keys()) {
        if (key.bounds().empty()) continue;
        const auto toml = [&](std::int64_t value) {
            return "[" + std::string(key.section) + "]\n" + std::string(key.name) + " = " +
                   std::to_string(value);
        };
        EXPECT_THAT(problems_of(toml(key.least)), IsEmpty()) << key.full_name();
        EXPECT_THAT(problems_of(toml(key.most)), IsEmpty()) << key.full_name();
        EXPECT_THAT(problems_of(toml(key.least - 1)), ElementsAre(HasSubstr("out of bounds")))
            << key.full_name();
        EXPECT_THAT(problems_of(toml(key.most + 1)), ElementsAre(HasSubstr("out of bounds")))
            << key.full_name();
    }
}

TEST(Config, ConninfoIsWhatLibpqTakes) {
    EXPECT_THAT(problems_of("[database]\nconninfo = \"postgresql://u@db.example/desk\""), IsEmpty());
    EXPECT_THAT(problems_of("[database]\nconninfo = \"\""), ElementsAre(HasSubstr("must not be empty")));
    EXPECT_THAT(
        problems_of("[database]\nconninfo = \"host=db dbnam=x\""),
        ElementsAre(AllOf(HasSubstr("desk.toml:2"), HasSubstr("invalid connection option \"dbnam\""))));
}

// Whoever waits waits for his turn and then for PostgreSQL (intake/writers.hpp), and hears within 60 s.
TEST(Config, ADatabaseTimeoutKeepsTheMinute) {
    EXPECT_THAT(problems_of("[database]\ntimeout = 25"), IsEmpty());
    EXPECT_THAT(problems_of("[database]\ntimeout = 26"), ElementsAre(HasSubstr("out of bounds")));
}

TEST(Config, EveryExampleIsAllowed) {
    for (const ConfigKey& key : config_keys()) {
        std::string toml =
            "[" + std::string(key.section) + "]\n" + std::string(key.name) + " = " + std::string(key.example);
        if (key.section == "smtp" && key.name != "tls_certificate") toml += "\ntls_certificate = \"a.crt\"";
        if (key.section == "smtp" && key.name != "tls_key") toml += "\ntls_key = \"a.key\"";
        EXPECT_THAT(problems_of(toml), IsEmpty()) << key.full_name();
    }
}

template <typename Owner>
void expect_examples_allowed(std::span<const KeyOf<Owner>> keys, const std::string& needed) {
    for (const KeyOf<Owner>& key : keys) {
        const std::string section(key.section);
        const std::string line = std::string(key.name) + " = " + std::string(key.example);
        std::string toml = "[[" + section + "]]\n";
        std::istringstream others(needed);
        for (std::string other; std::getline(others, other);)
            if (!other.starts_with(std::string(key.name) + " ")) toml += other + "\n";
        EXPECT_THAT(problems_of(toml + line),
                    testing::Each(testing::Not(HasSubstr(section + "." + std::string(key.name) + ":"))))
            << line;
        EXPECT_EQ(key.section, keys.front().section);
        EXPECT_EQ(key.applies, Applies::at_reload) << line;
    }
}

TEST(Config, EveryExampleOfTheListsIsAllowed) {
    expect_examples_allowed(route_keys(), "sender_domain = \"example.org\"\n");
    expect_examples_allowed(destination_keys(), "domain = \"example.net\"\ntls = \"verified\"\n");
}

TEST(Config, NoKeyIsDescribedTwice) {
    std::set<std::string> names;
    for (const auto& key : route_keys()) EXPECT_TRUE(names.insert(key.full_name()).second) << key.full_name();
    for (const auto& key : destination_keys())
        EXPECT_TRUE(names.insert(key.full_name()).second) << key.full_name();
    for (const ConfigKey& key : config_keys()) {
        EXPECT_TRUE(names.insert(key.full_name()).second) << key.full_name();
        EXPECT_NE(section_sentence(key.section), "") << key.section;
    }
}

TEST(Config, PrintedConfigurationReadsBackAsItself) {
    Config config;
    config.smtp_host_name = "mx.example.org";
    config.smtp_exempt_networks = {"127.0.0.0/8", "::1/128"};
    config.database_conninfo = R"(password='it\'s "quoted" \\ here')";
    config.database_timeout = Seconds(10);
    config.routes = {{.sender_domain = "example.org", .smarthost = "relay.example:587"},
                     {.sender_domain = "*", .smarthost = "192.0.2.1:25", .verp = "off"}};
    config.destinations = {{.domain = "example.net", .tls = "verified", .hosts = {"*.example.net"}}};
    const std::string printed = config_as_toml(config);
    const LoadedConfig loaded = parse_config(printed, "desk.toml");
    EXPECT_THAT(loaded.problems, IsEmpty());
    EXPECT_EQ(config_as_toml(loaded.config), printed);
}

TEST(Config, SampleHasEveryKeyWithItsDefault) {
    std::istringstream sample(config_sample());
    std::string uncommented;
    std::size_t assignments = 0;
    for (std::string line; std::getline(sample, line);) {
        const bool is_key = line.starts_with("# ") && line.find(" = ") == line.find(' ', 2);
        assignments += is_key;
        uncommented += (is_key ? line.substr(2) : line) + "\n";
    }
    const LoadedConfig loaded = parse_config(uncommented, "desk.toml");
    EXPECT_THAT(loaded.problems, IsEmpty());
    EXPECT_EQ(config_as_toml(loaded.config), config_as_toml(Config{}));
    EXPECT_EQ(assignments, config_keys().size());
    EXPECT_THAT(parse_config(config_sample(), "desk.toml").problems, IsEmpty());
}

// The lists' too, each block of them as a whole.
TEST(Config, SampleHasEveryKeyOfTheLists) {
    std::istringstream sample(config_sample());
    std::string uncommented;
    for (std::string line; std::getline(sample, line);)
        if (line.starts_with('#') && !line.starts_with("# ")) uncommented += line.substr(1) + "\n";
    const LoadedConfig loaded = parse_config(uncommented, "desk.toml");
    EXPECT_EQ(loaded.config.routes.size(), 1U);
    EXPECT_EQ(loaded.config.destinations.size(), 1U);
    EXPECT_EQ(routes_as_toml(loaded.config),
              "\n" + uncommented.substr(0, uncommented.find("[[destination]]")));
    for (const std::string& problem : problems_of(uncommented))
        EXPECT_THAT(problem, HasSubstr("is no domain")) << "names have no defaults";
}

TEST(Config, DocumentationIsTheCommittedFile) {
    EXPECT_EQ(config_as_markdown(), read_file(source / "docs/configuration.md"))
        << "write it with: build/ticketgate config sample --markdown > docs/configuration.md";
}

TEST(Config, FileThatCannotBeReadIsAProblem) {
    const auto missing = load_config((source / "tests/daemon/there-is-none.toml").string());
    ASSERT_EQ(missing.problems.size(), 1U);
    EXPECT_THAT(missing.problems[0].str(), HasSubstr("there-is-none.toml: can't be read"));
    const auto folder = load_config((source / "tests").string());
    ASSERT_EQ(folder.problems.size(), 1U);
    EXPECT_THAT(folder.problems[0].str(), HasSubstr("can't be read"));
}

TEST(Endpoint, TakesOnlyNumericAddressesWithAPort) {
    ASSERT_TRUE(parse_endpoint("[::1]:25"));
    EXPECT_EQ(parse_endpoint("[::1]:25")->address, "::1");
    EXPECT_EQ(parse_endpoint("127.0.0.1:65535")->port, 65'535);
    for (const char* bad :
         {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1: 25", "::1:25",
          "[127.0.0.1]:25", "localhost:25", "[]:25", "127.0.0.1:25x"})
        EXPECT_FALSE(parse_endpoint(bad)) << bad;
}

}  // namespace
}  // namespace program
