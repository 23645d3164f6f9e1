// `ticketgate parse FILE...|DIR`: how the desk reads mails, as JSON on `out`, one object a mail.
//
// A directory is walked in the order of names. A file that cannot be read is a message on `err`, the others
// are still printed, and the exit status is 2; else it is 0.
#pragma once

#include "daemon/cli.hpp"

#include <iosfwd>

namespace program {

int parse_files(const Parse& options, std::ostream& out, std::ostream& err);

}  // namespace program
