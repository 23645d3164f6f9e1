#include "tickets/template.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

namespace tickets {
namespace {

constexpr std::array<VariableInfo, 12> known{{
    {"person.name", "the name of the ticket's person"},
    {"person.first_name", "the first word of it"},
    {"person.address", "their address"},
    {"ticket.short_id", "the ticket's short id"},
    {"ticket.subject", "its subject"},
    {"sender.address", "the address that the mail comes from"},
    {"sender.name", "that sender's display name"},
    {"workspace.name", "the workspace's name"},
    {"date", "today in UTC, as 2026-11-22"},
    {"ticket.status", "the ticket's status before the mail", Writer::agent},
    {"agent.name", "the name of the agent who writes", Writer::agent},
    {"alias.name", "the name that they write under", Writer::agent},
}};

}  // namespace

std::span<const VariableInfo> variables() {
    return known;
}

void add_person(Variables& values, std::string_view name) {
    const std::string line = mail::one_line(mail::to_valid_utf8(name));
    std::string_view first = line;
    if (const auto comma = first.find(','); comma != std::string_view::npos) first.remove_prefix(comma + 1);
    first = mail::trim(first);
    values.insert_or_assign("person.first_name", std::string(first.substr(0, first.find(' '))));
    values.insert_or_assign("person.name", line);
}

void add_date(Variables& values, std::chrono::system_clock::time_point now) {
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(now));
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    values.insert_or_assign("date", text.data());
}

boost::system::result<Template, Template::Problem> Template::parse(std::string_view text, Writer writer) {
    const std::size_t most = writer == Writer::agent ? 16 * max_size : max_size;
    if (text.size() > most) return Problem{"it is longer than " + std::to_string(most) + " bytes"};
    if (!mail::is_utf8(text) || text.find('\0') != std::string_view::npos) return Problem{"it is no UTF-8"};
    Template result;
    for (;;) {
        const auto begin = text.find("{{");
        if (begin == std::string_view::npos) break;
        const auto end = text.find("}}", begin);
        if (end == std::string_view::npos) return Problem{"a {{ has no }}"};
        const std::string_view inside = text.substr(begin + 2, end - begin - 2);
        const auto bar = inside.find('|');
        const std::string_view name = mail::trim(inside.substr(0, bar));
        const auto is_there = [&](const VariableInfo& each) { return each.least <= writer; };
        const auto* const found = std::ranges::find(known, name, &VariableInfo::name);
        if (found == known.end() || !is_there(*found)) {
            std::string problem = "there is no variable {{" + std::string(name) + "}} here; there are";
            for (const auto& each : known)
                if (is_there(each)) problem.append(" {{").append(each.name).append("}}");
            return Problem{std::move(problem)};
        }
        if (result.pieces_.size() == max_variables)
            return Problem{"it has more than " + std::to_string(max_variables) + " variables"};
        const auto fallback =
            bar == std::string_view::npos ? std::string_view() : mail::trim(inside.substr(bar + 1));
        result.pieces_.push_back(
            {std::string(text.substr(0, begin)), std::string(name), std::string(fallback)});
        text.remove_prefix(end + 2);
    }
    result.end_ = text;
    return result;
}

std::string Template::render(const Variables& values, Format format) const {
    std::string text;
    const auto shown = [format](std::string_view value) {
        return format == Format::html ? mail::escaped_html(value) : std::string(value);
    };
    for (const Piece& piece : pieces_) {
        text += piece.text;
        const auto value = values.find(piece.variable);
        const bool empty = value == values.end() || mail::trim(value->second).empty();
        text += shown(empty ? std::string_view(piece.fallback) : mail::cut_utf8(value->second, max_value));
    }
    return text += end_;
}

void throw_exception_from_error(const Template::Problem& problem, const boost::source_location&) {
    throw std::logic_error(problem.text);
}

}  // namespace tickets
