// One command line (smtp/command.hpp), the reply that its refusal becomes, and a relay's attributes
// (smtp/xclient.hpp).
#include "net/networks.hpp"
#include "smtp/command.hpp"
#include "smtp/xclient.hpp"

#include "tests/fuzz/checks.hpp"

#include <algorithm>

namespace {

void check_attributes(std::string_view text, smtp::Naming naming) {
    smtp::NamedClient client;
    const bool read = smtp::read_attributes(text, naming, client);
    fuzz::check(read || (!client.name && !client.address && !client.helo && !client.ident),
                "half of what can't be read");
    for (const auto& value : {client.name, client.helo, client.protocol, client.login, client.ident})
        fuzz::check(!value || (value->size() <= smtp::longest_attribute &&
                               std::all_of(value->begin(), value->end(),
                                           [](char c) { return c >= ' ' && c <= '~'; })),
                    "an attribute's value");
    fuzz::check(!client.address || client.address->empty() || net::Networks::parse(*client.address),
                "an address that is none");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const smtp::Command command =
        smtp::parse_command(fuzz::view(bytes, std::min(size, smtp::max_command_line)));
    fuzz::check(!smtp::name(command.verb).empty(), "a verb without a name");
    if (command.refusal) {
        fuzz::check(command.refusal->code >= 500 && command.refusal->code < 556, "the code of a refusal");
        const std::string wire = command.refusal->wire();
        fuzz::check(wire.find('\n') == wire.size() - 1, "a refusal of more than one line");
        return 0;
    }
    fuzz::check(command.host.size() <= 255, "a long host name");
    for (auto naming : {smtp::Naming::xclient, smtp::Naming::xforward})
        check_attributes(command.attributes, naming);
    const mail::Mailbox& mailbox = command.path.mailbox;
    fuzz::check(mailbox.local_part.size() <= 64 && mailbox.domain.size() <= 255, "a long address");
    fuzz::check_text(mailbox.local_part);
    fuzz::check_text(mailbox.domain);
    const std::string written = mailbox.str();
    fuzz::check(std::none_of(written.begin(), written.end(), [](char c) { return c >= 0 && c < ' '; }),
                "a control character in an address");
    return 0;
}
