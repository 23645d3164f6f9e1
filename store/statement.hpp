// A named statement of store/sql/*.sql; store/statements.hpp (generated) has one constant for each.
// It is prepared on a connection under its name when that connection first runs it.
#pragma once

#include <cstddef>
#include <string_view>

namespace store {

struct Statement {
    std::size_t index;  // its place among all of them
    const char* name;
    const char* text;
};

struct Migration {
    int number;
    std::string_view name;
    const char* text;
};

}  // namespace store
