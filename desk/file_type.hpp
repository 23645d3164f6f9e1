// The media type of a file that an agent attaches: by its first bytes where they are plain, else by the
// ending of its name, else application/octet-stream. A file that claims to be a picture and is none is not
// shown as one. Pure.
#pragma once

#include <string>
#include <string_view>

namespace desk {

[[nodiscard]] std::string file_type(std::string_view name, std::string_view content);

}  // namespace desk
