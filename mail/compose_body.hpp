// The MIME half of a mail of ours: entities from Content-Type on, appended to what is there.
#pragma once

#include "mail/compose.hpp"

#include <string>
#include <string_view>

namespace mail {

// text/SUBTYPE in UTF-8, of any bytes, as a whole entity.
void append_text_entity(std::string& out, std::string_view subtype, std::string_view text);

// All of a mail's parts, as mail/compose.hpp says.
void append_body(std::string& out, const Composition& mail);

}  // namespace mail
