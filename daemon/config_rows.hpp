// Rows of the table of keys, for sections whose keys are alike.
#pragma once

#include "daemon/config.hpp"

#include <array>
#include <string_view>

namespace program {

inline constexpr std::array<std::string_view, 2> switches{"on", "off"};

template <typename Owner = Config>
struct RowsOf {
    std::string_view section;
    Applies applies = Applies::at_restart;

    [[nodiscard]] KeyOf<Owner> text(std::string_view name, typename KeyOf<Owner>::Member member,
                                    typename KeyOf<Owner>::Check check, std::string_view example,
                                    std::string_view sentence) const {
        return {.section = section,
                .name = name,
                .member = member,
                .check = check,
                .applies = applies,
                .example = example,
                .sentence = sentence};
    }

    [[nodiscard]] KeyOf<Owner> number(std::string_view name, typename KeyOf<Owner>::Member member,
                                      std::int64_t least, std::int64_t most, std::string_view unit,
                                      std::string_view example, std::string_view sentence) const {
        return {.section = section,
                .name = name,
                .member = member,
                .least = least,
                .most = most,
                .unit = unit,
                .applies = applies,
                .example = example,
                .sentence = sentence};
    }
};

}  // namespace program
