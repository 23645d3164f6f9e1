#include "tickets/template.hpp"

#include "mail/text.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tickets {
namespace {

constexpr std::array<std::string_view, 3> known{"ticket.short_id", "ticket.subject", "person.name"};

}  // namespace

boost::system::result<Template, Template::Problem> Template::parse(std::string_view text) {
    if (text.size() > max_size) return Problem{"it is longer than " + std::to_string(max_size) + " bytes"};
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
        if (std::ranges::find(known, name) == known.end()) {
            std::string problem = "there is no variable {{" + std::string(name) + "}}; there are";
            for (const auto each : known) problem.append(" {{").append(each).append("}}");
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

std::string Template::render(const Variables& values) const {
    std::string text;
    for (const Piece& piece : pieces_) {
        text += piece.text;
        const auto value = values.find(piece.variable);
        const bool empty = value == values.end() || mail::trim(value->second).empty();
        text += empty ? std::string_view(piece.fallback) : mail::cut_utf8(value->second, max_value);
    }
    return text += end_;
}

void throw_exception_from_error(const Template::Problem& problem, const boost::source_location&) {
    throw std::logic_error(problem.text);
}

}  // namespace tickets
