#include "daemon/desk_session.hpp"

#include "smtp/path.hpp"

#include <iostream>

namespace program {

std::optional<mail::Mailbox> operators_address(const std::string& text) {
    const auto mailbox = smtp::parse_mailbox(text);
    if (mailbox && !mailbox->domain.empty() && !mailbox->domain.starts_with('[')) return *mailbox;
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
