// The parts of a MIME mail, by mimetic behind a guard. The one place that includes mimetic is mime_tree.cpp.
//
// mimetic keeps the recursion and the tree. It never sees a stranger's bytes: for each entity it is fed a
// header that we wrote from our own reading of the raw one, and its single virtual hook, which looks for
// boundaries, is ours. So what it gets wrong (quotes and comments in parameters, unclosed multiparts,
// prefixes of boundaries, NULs, long fields) cannot matter. RFC 2046 §5.
//
// A message/rfc822 part is a leaf here: its bytes are one body. Linear; depth 30, 1,000 parts: past them
// `too_complex`, with the parts found so far. Where a multipart names no boundary, or the whole mail one that
// does not occur, the first line that opens a part shows it; a multipart without any is a leaf as well.
#pragma once

#include "mail/header_index.hpp"
#include "mail/parameters.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mail {

inline constexpr std::size_t max_depth = 30;
inline constexpr std::size_t max_parts = 1000;
inline constexpr std::size_t max_boundary =
    8000;  // RFC 2046 allows 70; compared once a line, so it may be long

struct Part {
    HeaderIndex header;
    Parameters type;           // default text/plain, in multipart/digest message/rfc822
    std::string charset_hint;  // for field_text(); only where the header has bytes of one
    std::string encoding;      // Content-Transfer-Encoding, lower case
    std::string boundary;      // not empty: a multipart that was opened
    std::string_view body;     // of a leaf, still encoded; of a multipart what stands before its first part
    bool past_bounds = false;  // a multipart too deep to be opened
    std::vector<std::size_t> children;
};

struct MimeTree {
    std::vector<Part> parts;  // [0] is the mail itself
    std::vector<std::string> warnings;
    bool too_complex = false;
};

// `raw` must live as long as the tree: headers and bodies point into it. Its lines end with LF or CRLF.
[[nodiscard]] MimeTree parse_mime(std::string_view raw);

}  // namespace mail
