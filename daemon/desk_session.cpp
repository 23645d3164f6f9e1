#include "daemon/desk_session.hpp"

#include "smtp/path.hpp"

#include <iostream>

namespace program {

Config patient(Config config) {
    config.database_timeout = std::chrono::hours(12);
    return config;
}

std::optional<mail::Mailbox> operators_address(const std::string& text) {
    const std::string path = "<" + text + ">";
    std::string_view rest = path;
    const auto address = smtp::take_forward_path(rest);
    if (address && rest.empty() && !address->mailbox.domain.empty() &&
        !address->mailbox.domain.starts_with('['))
        return address->mailbox;
    refuse(text + " is no address (local@domain)");
    return std::nullopt;
}

int refuse(const std::string& message) {
    std::cerr << "ticketgate: " << message << '\n';
    return 2;
}

int fail(const std::string& message) {
    std::string line = message;
    while (line.ends_with('\n')) line.pop_back();
    std::cerr << "ticketgate: " << line << '\n';
    return 1;
}

}  // namespace program
