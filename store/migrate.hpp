// The schema's version: moving it forward, and refusing one that this program can't work with.
//
// Migrations are numbered files of store/migrations/, built into the program. Each runs in a
// transaction of its own, under a lock, so that several daemons may try at once.
#pragma once

#include "store/pool.hpp"

#include <optional>
#include <string>

namespace store {

struct MigrationReport {
    int from = 0;  // 0: an empty database
    int to = 0;
};

// Blocking; for the command line. Throws Error.
MigrationReport migrate(const std::string& conninfo);

// What keeps this program from working with the schema, in words for the operator; none when nothing does.
asio::awaitable<std::optional<std::string>> schema_objection(Pool& pool);

}  // namespace store
