#include "daemon/cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <sstream>

namespace program {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::variant<CommandLine, NothingToDo> read(std::vector<const char*> words) {
    words.insert(words.begin(), "ticketgate");
    return read_command_line(static_cast<int>(words.size()), words.data());
}

template <typename Options>
Options options_of(std::vector<const char*> words) {
    const auto given = read(std::move(words));
    if (const auto* nothing = std::get_if<NothingToDo>(&given)) {
        ADD_FAILURE() << nothing->error;
        return {};
    }
    const auto* options = std::get_if<Options>(&std::get<CommandLine>(given).command);
    EXPECT_NE(options, nullptr) << "another command";
    return options ? *options : Options{};
}

NothingToDo nothing_of(std::vector<const char*> words) {
    const auto given = read(std::move(words));
    const auto* nothing = std::get_if<NothingToDo>(&given);
    EXPECT_NE(nothing, nullptr) << "a command was read";
    return nothing ? *nothing : NothingToDo{};
}

TEST(CommandLine, ReadsTheDesksCommands) {
    EXPECT_EQ(options_of<WorkspaceAdd>({"workspace", "add", "acme"}).name, "acme");
    EXPECT_TRUE(options_of<WorkspaceList>({"workspace", "list", "--json"}).json);
    const auto domain = options_of<DomainAdd>({"domain", "add", "acme.example", "--workspace", "acme"});
    EXPECT_EQ(domain.domain, "acme.example");
    EXPECT_EQ(domain.workspace, "acme");
    EXPECT_FALSE(domain.postmaster);
    EXPECT_EQ(options_of<DomainRemove>({"domain", "remove", "acme.example"}).domain, "acme.example");
}

TEST(CommandLine, ReadsAMailboxWithAllItsOptions) {
    const auto mailbox =
        options_of<MailboxAdd>({"mailbox", "add", "--alias", "info@acme.example", "help@acme.example",
                                "--workspace", "acme", "--alias", "hi@acme.example", "--plus", "--catch-all",
                                "--postmaster", "--display-name", "Acme help"});
    EXPECT_EQ(mailbox.address, "help@acme.example");
    EXPECT_EQ(mailbox.workspace, "acme");
    EXPECT_THAT(mailbox.aliases, ElementsAre("info@acme.example", "hi@acme.example"));
    EXPECT_TRUE(mailbox.plus && mailbox.catch_all && mailbox.postmaster);
    EXPECT_EQ(mailbox.display_name, "Acme help");
}

TEST(CommandLine, ReadsWhatLooksAtTickets) {
    const auto list =
        options_of<TicketList>({"ticket", "list", "--status", "Open", "--limit", "7", "--json"});
    EXPECT_EQ(list.status, "open");
    EXPECT_EQ(list.limit, 7);
    EXPECT_TRUE(list.json);
    EXPECT_FALSE(list.workspace);
    EXPECT_EQ(options_of<TicketShow>({"ticket", "show", "k7m2q9xt", "--workspace", "acme"}).workspace,
              "acme");
    EXPECT_FALSE(options_of<ExportTickets>({"export", "tickets", "--jsonl"}).workspace);
    EXPECT_THAT(options_of<Parse>({"parse", "a.eml", "mails", "--jsonl"}).paths,
                ElementsAre("a.eml", "mails"));
}

TEST(CommandLine, ReadsImportAndExplain) {
    const auto import = options_of<Import>({"import", "old.mbox", "--to", "help@acme.example"});
    EXPECT_EQ(import.source, "old.mbox");
    EXPECT_EQ(import.to, "help@acme.example");
    EXPECT_FALSE(import.received_from_headers);
    EXPECT_TRUE(options_of<Import>({"import", "old", "--to", "a@b.example", "--received-from-headers"})
                    .received_from_headers);
    const auto file =
        options_of<Explain>({"explain", "a.eml", "--to", "help@acme.example", "--client", "192.0.2.1",
                             "--helo", "mx", "--mail-from", "a@b.example", "--json"});
    EXPECT_EQ(file.file, "a.eml");
    EXPECT_EQ(file.to, "help@acme.example");
    EXPECT_EQ(file.client, "192.0.2.1");
    EXPECT_EQ(file.helo, "mx");
    EXPECT_EQ(file.mail_from, "a@b.example");
    EXPECT_TRUE(file.json);
    EXPECT_EQ(options_of<Explain>({"explain", "--interaction", "x"}).interaction, "x");
    EXPECT_EQ(nothing_of({"import", "old.mbox"}).status, 2);
    EXPECT_EQ(nothing_of({"explain", "a.eml"}).status, 2);
    EXPECT_EQ(nothing_of({"explain", "a.eml", "--to", "a@b.example", "--interaction", "x"}).status, 2);
}

TEST(CommandLine, ConfigurationFileStandsBeforeOrAfterTheCommand) {
    EXPECT_EQ(std::get<CommandLine>(read({"--config", "a.toml", "serve"})).config_file, "a.toml");
    EXPECT_EQ(std::get<CommandLine>(read({"serve", "--config", "a.toml"})).config_file, "a.toml");
    EXPECT_EQ(std::get<CommandLine>(read({"config", "check", "--config", "a.toml"})).config_file, "a.toml");
}

TEST(CommandLine, ConfigurationFileComesFromTheEnvironmentElse) {
    EXPECT_EQ(std::get<CommandLine>(read({"serve"})).config_file, "/etc/ticketgate/ticketgate.toml");
    ::setenv("TICKETGATE_CONFIG", "/srv/desk.toml", 1);
    EXPECT_EQ(std::get<CommandLine>(read({"serve"})).config_file, "/srv/desk.toml");
    EXPECT_EQ(std::get<CommandLine>(read({"--config", "a.toml", "serve"})).config_file, "a.toml");
    ::unsetenv("TICKETGATE_CONFIG");
}

TEST(CommandLine, MisuseEndsWithTwoAndAMessage) {
    const std::vector<std::vector<const char*>> misuses = {
        {},
        {"sevre"},
        {"serve", "--fast"},
        {"serve", "extra"},
        {"config"},
        {"workspace", "add"},
        {"workspace", "add", "a", "b"},
        {"domain", "add", "acme.example"},
        {"ticket", "list", "--limit", "0"},
        {"ticket", "list", "--limit", "many"},
        {"ticket", "list", "--status", "lost"},
        {"ticket", "show"},
        {"parse"},
        {"export", "tickets"},
        {"--config"},
    };
    for (const auto& words : misuses) {
        const NothingToDo nothing = nothing_of(words);
        EXPECT_EQ(nothing.status, 2);
        EXPECT_NE(nothing.error, "");
        EXPECT_EQ(nothing.output, "");
    }
}

const std::vector<std::vector<const char*>> all_commands = {
    {},
    {"serve"},
    {"migrate"},
    {"config"},
    {"config", "check"},
    {"config", "print"},
    {"config", "sample"},
    {"workspace"},
    {"workspace", "add"},
    {"workspace", "list"},
    {"workspace", "remove"},
    {"domain"},
    {"domain", "add"},
    {"domain", "list"},
    {"domain", "remove"},
    {"mailbox"},
    {"mailbox", "add"},
    {"mailbox", "list"},
    {"mailbox", "remove"},
    {"ticket"},
    {"ticket", "list"},
    {"ticket", "show"},
    {"parse"},
    {"export"},
    {"export", "tickets"},
};

// An example that the program doesn't take would be worse than none.
TEST(CommandLine, EveryCommandHasHelpWithAnExampleThatWorks) {
    const std::string mark = "Example: ticketgate ";
    for (auto words : all_commands) {
        words.push_back("--help");
        const NothingToDo nothing = nothing_of(words);
        EXPECT_EQ(nothing.status, 0);
        EXPECT_EQ(nothing.error, "");
        const auto at = nothing.output.find(mark);
        ASSERT_NE(at, std::string::npos) << nothing.output;
        std::string example = nothing.output.substr(at + mark.size());
        example.resize(std::min(example.find('\n'), example.find(" >")));  // the shell's part is not ours
        std::istringstream split(example);
        const std::vector<std::string> given(std::istream_iterator<std::string>(split), {});
        std::vector<const char*> argv;
        for (const std::string& word : given) argv.push_back(word.c_str());
        EXPECT_TRUE(std::holds_alternative<CommandLine>(read(argv))) << example;
    }
}

TEST(CommandLine, VersionIsPrinted) {
    const NothingToDo nothing = nothing_of({"--version"});
    EXPECT_EQ(nothing.status, 0);
    EXPECT_THAT(nothing.output, HasSubstr("ticketgate 0."));
}

}  // namespace
}  // namespace program
