#include "tickets/ticket.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tickets {
namespace {

constexpr std::array<std::pair<Status, std::string_view>, 4> names = {{
    {Status::open, "Open"},
    {Status::pending, "Pending"},
    {Status::overdue, "Overdue"},
    {Status::resolved, "Resolved"},
}};

constexpr std::array<std::pair<Priority, std::string_view>, 4> priorities = {{
    {Priority::low, "Low"},
    {Priority::normal, "Normal"},
    {Priority::high, "High"},
    {Priority::urgent, "Urgent"},
}};

constexpr std::size_t short_id_length = 8;
constexpr std::size_t max_short_ids = 8;

}  // namespace

std::string_view name(Status status) {
    for (const auto& [value, text] : names)
        if (value == status) return text;
    return "Open";
}

std::optional<Status> parse_status(std::string_view text) {
    for (const auto& [value, known] : names)
        if (mail::iequals(text, known)) return value;
    return std::nullopt;
}

std::string_view name(Priority priority) {
    for (const auto& [value, text] : priorities)
        if (value == priority) return text;
    return "Normal";
}

std::optional<Priority> parse_priority(std::string_view text) {
    for (const auto& [value, known] : priorities)
        if (mail::iequals(text, known)) return value;
    return std::nullopt;
}

std::optional<Priority> priority_of(std::int64_t number) {
    for (const auto& entry : priorities)
        if (static_cast<std::int64_t>(entry.first) == number) return entry.first;
    return std::nullopt;
}

Status after_mail(Status before, mail::Kind kind) {
    return kind == mail::Kind::human ? Status::open : before;
}

std::string short_id(const Uuid& ticket) {
    const std::string_view random(reinterpret_cast<const char*>(ticket.bytes.data()) + 11, 5);
    return base32(random);
}

std::vector<std::string> short_ids_in(std::string_view subject) {
    std::vector<std::string> found;
    for (std::size_t at = subject.find("[#"); at != subject.npos && found.size() < max_short_ids;
         at = subject.find("[#", at + 1)) {
        const auto token = subject.substr(at + 2, short_id_length + 1);
        if (token.size() != short_id_length + 1 || token.back() != ']') continue;
        std::string id = mail::lower(token.substr(0, short_id_length));
        const bool all_digits =
            std::ranges::all_of(id, [](char c) { return mail::is_digit(c) || mail::is_alpha(c); });
        if (all_digits && !std::ranges::count(found, id)) found.push_back(std::move(id));
    }
    return found;
}

}  // namespace tickets
