// Texts with variables: "Hello {{person.name|there}}, your ticket is {{ticket.short_id}}".
//
// `{{name}}` is replaced by the variable's value, `{{name|fallback}}` by the fallback where the value is
// empty; blanks around either are none of it. Other text stays as it is, single braces and `}}` too. What a
// value holds is never read as a template again. Pure, linear, bounded.
#pragma once

#include <boost/system/result.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tickets {

// By name; a variable without a value is an empty one.
using Variables = std::map<std::string, std::string, std::less<>>;

class Template {
  public:
    static constexpr std::size_t max_size = 16 * 1024;
    static constexpr std::size_t max_variables = 100;
    static constexpr std::size_t max_value = 1000;  // bytes of a value that count

    // Unknown names, an opening without an end and what is too much are refused, in words for the operator.
    struct Problem {
        std::string text;
    };
    [[nodiscard]] static boost::system::result<Template, Problem> parse(std::string_view text);

    [[nodiscard]] std::string render(const Variables& values) const;

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
