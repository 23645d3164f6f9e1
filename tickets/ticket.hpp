// The words of the desk: what a ticket is, as values and rules without I/O.
#pragma once

#include "mail/message.hpp"
#include "tickets/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickets {

enum class Status { open, pending, overdue, resolved };

[[nodiscard]] std::string_view name(Status status);                       // "Open", as the product shows it
[[nodiscard]] std::optional<Status> parse_status(std::string_view text);  // any case

// A person's mail always needs the desk's attention, whatever the ticket was before; a machine's never does.
[[nodiscard]] Status after_mail(Status before, mail::Kind kind);

// None is one too: a ticket that nobody has weighed has no priority.
enum class Priority { low = 1, normal, high, urgent };

[[nodiscard]] std::string_view name(Priority priority);                       // "High"
[[nodiscard]] std::optional<Priority> parse_priority(std::string_view text);  // any case
[[nodiscard]] std::optional<Priority> priority_of(std::int64_t number);       // as it is stored

// A new ticket's id and the short one that people say and write: eight base32 characters of the id's
// random part.
[[nodiscard]] std::string short_id(const Uuid& ticket);

// Short ids in a subject, in their order: `[#k7m2q9xt]`, any case, at most eight of them.
[[nodiscard]] std::vector<std::string> short_ids_in(std::string_view subject);

}  // namespace tickets
