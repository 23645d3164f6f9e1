#include "daemon/cli_hand.hpp"

#include <memory>
#include <string>

namespace program {
namespace {

class HandCommands {
  public:
    HandCommands(CLI::App& app, Command& chosen) : app_(app), chosen_(chosen) {}

    void add_mail_commands() {
        CLI::App* interaction =
            group("interaction", "Single mails of tickets", "interaction raw ID > mail.eml");
        auto raw = std::make_shared<InteractionRaw>();
        CLI::App* command = add(interaction, "raw", "Print a mail bit for bit as it was received",
                                "interaction raw ID > mail.eml", raw);
        positional(command, "ID", raw->id);
        command->add_flag("--with-trace", raw->with_trace, "Put our own Received field in front");

        CLI::App* attachment =
            group("attachment", "Files that came with a mail", "attachment save ID --to folder");
        auto save = std::make_shared<AttachmentSave>();
        command = add(attachment, "save", "Save a mail's attachments: all of them, or those that are named",
                      "attachment save ID --name report.pdf --to folder", save);
        positional(command, "INTERACTION-ID", save->interaction);
        CLI::Option* name =
            command->add_option("--name", save->name, "Only those of this name")->type_name("NAME");
        command->add_option("--number", save->number, "Only this one, counted from 1")
            ->check(CLI::Range(1, 100'000))
            ->type_name("N")
            ->excludes(name);
        command->add_option("--to", save->to, "The folder to save to; files that are there stay")
            ->capture_default_str()
            ->type_name("DIR");
    }

    void add_audit_commands() {
        auto audit = std::make_shared<Audit>();
        json(add(&app_, "audit", "Count again from the rows whether every mail is where it belongs", "audit",
                 audit),
             audit->json);
    }

  private:
    template <typename Options>
    CLI::App* add(CLI::App* parent, const char* name, const char* description, const char* example,
                  std::shared_ptr<Options> options) {
        CLI::App* command = parent->add_subcommand(name, description);
        command->footer(std::string("Example: ticketgate ") + example);
        command->callback([this_chosen = &chosen_, options] { *this_chosen = *options; });
        return command;
    }

    CLI::App* group(const char* name, const char* description, const char* example) {
        CLI::App* command = app_.add_subcommand(name, description);
        command->require_subcommand(1);
        command->footer(std::string("Example: ticketgate ") + example);
        return command;
    }

    static void positional(CLI::App* command, const char* name, std::string& value) {
        command->add_option(name, value)->required()->type_name("");
    }

    static void json(CLI::App* command, bool& value) {
        command->add_flag("--json", value, "Print JSON instead of a table");
    }

    CLI::App& app_;
    Command& chosen_;
};

}  // namespace

void add_hand_commands(CLI::App& app, Command& chosen) {
    HandCommands commands(app, chosen);
    commands.add_mail_commands();
    commands.add_audit_commands();
}

}  // namespace program
