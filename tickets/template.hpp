// Texts with variables: "Hello {{person.name|there}}, your ticket is {{ticket.short_id}}".
//
// `{{name}}` is replaced by the variable's value, `{{name|fallback}}` by the fallback where the value is
// empty; blanks around either are none of it. Other text stays as it is, single braces and `}}` too. What a
// value holds is never read as a template again; in HTML values and fallbacks are text, whatever they hold.
// Pure, linear, bounded.
#pragma once

#include <boost/system/result.hpp>

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tickets {

// By name; a variable without a value is an empty one.
using Variables = std::map<std::string, std::string, std::less<>>;

// person.name and person.first_name: of "Doe, John" John is the first.
void add_person(Variables& values, std::string_view name);
void add_date(Variables& values, std::chrono::system_clock::time_point now);

// Who writes with a template: the desk by itself (acknowledgements), or an agent (replies, signatures), of
// whom there is more to say.
enum class Writer { desk, agent };

struct VariableInfo {
    std::string_view name, meaning;
    Writer least = Writer::desk;  // agent: only where an agent writes
};
// All that there are.
[[nodiscard]] std::span<const VariableInfo> variables();

class Template {
  public:
    enum class Format { text, html };
    static constexpr std::size_t max_size = 16 * 1024;  // an agent's may have 16 times that
    static constexpr std::size_t max_variables = 100;
    static constexpr std::size_t max_value = 1000;  // bytes of a value that count

    // Unknown names, an opening without an end and what is too much are refused, in words for the operator.
    struct Problem {
        std::string text;
    };
    [[nodiscard]] static boost::system::result<Template, Problem> parse(std::string_view text,
                                                                        Writer writer = Writer::desk);

    [[nodiscard]] std::string render(const Variables& values, Format format = Format::text) const;

  private:
    struct Piece {
        std::string text;  // before the variable
        std::string variable, fallback;
    };
    std::vector<Piece> pieces_;
    std::string end_;
};

[[noreturn]] void throw_exception_from_error(const Template::Problem& problem,
                                             const boost::source_location& where);

}  // namespace tickets
