// One command line (smtp/command.hpp), and the reply that its refusal becomes.
#include "smtp/command.hpp"

#include "tests/fuzz/checks.hpp"

#include <algorithm>

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
    const mail::Mailbox& mailbox = command.path.mailbox;
    fuzz::check(mailbox.local_part.size() <= 64 && mailbox.domain.size() <= 255, "a long address");
    fuzz::check_text(mailbox.local_part);
    fuzz::check_text(mailbox.domain);
    const std::string written = mailbox.str();
    fuzz::check(std::none_of(written.begin(), written.end(), [](char c) { return c >= 0 && c < ' '; }),
                "a control character in an address");
    return 0;
}
