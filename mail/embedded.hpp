// Files inside a text: uuencode (POSIX, with `begin-base64`) and yEnc 1.3. What programs sent before MIME.
//
// Only a whole and valid block is a file: every line of the alphabet and of its length, and the end; for
// yEnc the size and, where it stands there, the CRC. Anything else stays text. Linear; at most
// `most` files, each not empty.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

struct EmbeddedFile {
    std::string name;  // as written, any bytes
    std::string content;
    bool partial = false;  // one part of a yEnc file that was sent in several
};

struct EmbeddedFiles {
    std::vector<EmbeddedFile> files;
    std::string rest;  // the text without them; only meaningful where there are files
};

[[nodiscard]] EmbeddedFiles extract_files(std::string_view text, std::size_t most);

}  // namespace mail
