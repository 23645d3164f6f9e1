// Options of the commands that look at stored mail and change tickets by hand; see daemon/cli.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace program {

struct InteractionRaw {
    std::string id;
    bool with_trace = false;
};

struct AttachmentSave {
    std::string interaction;
    std::optional<std::string> name;
    std::optional<std::size_t> number;  // from 1 on
    std::string to = ".";
};

struct Audit {
    bool json = false;
};

}  // namespace program
