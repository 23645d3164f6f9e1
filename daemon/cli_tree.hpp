// What every group of commands is added with: subcommands of CLI11's tree whose options are a struct.
//
// The one that is given leaves its struct in `chosen`, which lives as long as the tree. A group of commands
// is a function `void add_NAME_commands(const CommandTree&)` in a file of its own, called in cli.cpp; its
// structs are alternatives of Command (cli.hpp).
#pragma once

#include "daemon/cli.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

namespace program {

class CommandTree {
  public:
    CommandTree(CLI::App& app, Command& chosen) : app_(&app), chosen_(&chosen) {}

    CLI::App* app() const { return app_; }

    // A command that others stand below: `ticketgate NAME ...`.
    CLI::App* group(const char* name, const char* description, const char* example) const {
        CLI::App* command = app_->add_subcommand(name, description);
        command->require_subcommand(1);
        command->footer(std::string("Example: ticketgate ") + example);
        return command;
    }

    // A command whose options are the fields of `Options`.
    template <typename Options>
    CLI::App* add(CLI::App* parent, const char* name, const char* description, const char* example,
                  std::shared_ptr<Options> options) const {
        CLI::App* command = parent->add_subcommand(name, description);
        command->footer(std::string("Example: ticketgate ") + example);
        command->callback([chosen = chosen_, options] { *chosen = *options; });
        return command;
    }

    // One with a positional argument.
    template <typename Options>
    CLI::App* add_named(CLI::App* parent, const char* name, const char* description, const char* example,
                        std::string Options::*argument, const char* argument_name,
                        std::shared_ptr<Options> options = std::make_shared<Options>()) const {
        CLI::App* command = add(parent, name, description, example, options);
        add_positional(command, argument_name, (*options).*argument);
        return command;
    }

    // What is done to the ticket that is named.
    template <typename Options>
    CLI::App* add_action(CLI::App* ticket, const char* name, const char* description, const char* example,
                         std::shared_ptr<Options> options) const {
        CLI::App* command =
            add_named<Options>(ticket, name, description, example, &Options::ticket, "ID", options);
        add_workspace(command, options->workspace, "Only in this workspace");
        add_json(command, options->json);
        return command;
    }

    // `list`, with nothing but --json.
    template <typename Options>
    void add_list(CLI::App* parent, const char* description, const char* example) const {
        auto options = std::make_shared<Options>();
        add_json(add(parent, "list", description, example, options), options->json);
    }

    // A text, or one text or more where `value` is a list.
    template <typename Value>
    static CLI::Option* add_positional(CLI::App* command, const char* name, Value& value) {
        return command->add_option(name, value)->required()->type_name("");
    }

    static void add_json(CLI::App* command, bool& json) {
        command->add_flag("--json", json, "Print JSON instead of text");
    }

    template <typename Value>
    static CLI::Option* add_workspace(CLI::App* command, Value& workspace, const char* description) {
        return command->add_option("--workspace", workspace, description)->type_name("NAME");
    }

    template <typename Number>
    static void add_limit(CLI::App* command, Number& limit) {
        command->add_option("--limit", limit, "At most so many")
            ->check(CLI::Range(1, 1'000'000))
            ->capture_default_str()
            ->type_name("N");
    }

  private:
    CLI::App* app_;
    Command* chosen_;
};

}  // namespace program
