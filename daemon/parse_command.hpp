// `ticketgate parse FILE...|DIR`: how the desk reads mails, as JSON on `out`, one object a mail.
//
// A directory is walked in the order of names. A file that cannot be read is a message on `err`, the others
// are still printed, and the exit status is 2; else it is 0.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace program {

// `jsonl`: one line a mail; otherwise indented for people.
int parse_files(const std::vector<std::string>& paths, bool jsonl, std::ostream& out, std::ostream& err);

}  // namespace program
