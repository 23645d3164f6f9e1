// TNEF: the winmail.dat that Outlook and Exchange put a mail's body and files into. MS-OXTNEF.
//
// A small reader of our own: only the attributes that hold a body or a file, every length checked before
// it is used, no recursion into mails within it. Total; linear; what it gives is at most a small multiple of
// what it got (compressed RTF: see mail/rtf.hpp).
//
// Why not libytnef: its DecompressRTF() of 2.0 reads past properties shorter than their header, also in files
// whose attributes, lengths and checksums are all in order (valgrind, 9 of 582 mutations), so a check before
// it would have to read each property, which is what this reader is; and it prints what it meets on stdout.
#pragma once

#include "mail/message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

struct Tnef {
    std::string text;  // UTF-8 with LF
    std::string html;  // as it came, UTF-8, not sanitised
    std::vector<Attachment> attachments;
    // All that it holds is here: nothing is lost when the winmail.dat itself is not shown. False for a
    // damaged one, for one with a mail or an OLE object inside, and for what is no mail (a meeting).
    bool complete = false;
};

[[nodiscard]] bool is_tnef(std::string_view type, std::string_view name);

// At most `most` attachments. Nothing where the bytes are no TNEF.
[[nodiscard]] std::optional<Tnef> read_tnef(std::string_view bytes, std::size_t most);

}  // namespace mail
