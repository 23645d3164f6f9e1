// A ticket with its interactions as programs read it: a line of `export tickets`, and what an action leaves.
#pragma once

#include "store/desk_store.hpp"

#include <boost/json/object.hpp>

namespace program {

[[nodiscard]] boost::json::object as_json(const store::TicketInfo& ticket);

}  // namespace program
