// From the command line to the function that does it. Exit status: 0 done, 1 failed, 2 bad input.
#include "daemon/cli.hpp"
#include "daemon/commands.hpp"
#include "daemon/config_command.hpp"
#include "daemon/parse_command.hpp"
#include "daemon/reload_socket.hpp"

#include <exception>
#include <iostream>

namespace {

using namespace program;

struct Dispatch {
    const std::string& config_file;

    int operator()(const ConfigCheck&) const { return check_config(config_file, std::cout, std::cerr); }
    int operator()(const ConfigPrint&) const { return print_config(config_file, std::cout, std::cerr); }
    int operator()(const ConfigSample& options) const { return print_sample(options, std::cout); }
    int operator()(const Parse& options) const { return parse_files(options, std::cout, std::cerr); }
    int operator()(const ReloadService&) const { return ask_for_reload(config_file, std::cout, std::cerr); }
    int operator()(Serve options) const {
        options.config_file = config_file;
        return with_config(options);
    }
    int operator()(const auto& options) const { return with_config(options); }

    int with_config(const auto& options) const {
        const auto config = usable_config_or_complain(config_file, std::cerr);
        return config ? run(*config, options) : 2;
    }
};

int run_command(int argc, char** argv) {
    const auto given = read_command_line(argc, argv);
    int status = 0;
    if (const auto* nothing = std::get_if<NothingToDo>(&given)) {
        std::cout << nothing->output;
        std::cerr << nothing->error;
        status = nothing->status;
    } else {
        const auto& line = std::get<CommandLine>(given);
        status = std::visit(Dispatch{line.config_file}, line.command);
    }
    std::cout.flush();
    if (std::cout) return status;
    std::cerr << "ticketgate: standard output can't be written\n";  // a full disk must not look like success
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run_command(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "ticketgate: " << error.what() << '\n';
        return 1;
    }
}
