#include "mail/thread_index.hpp"

#include "mail/encode.hpp"
#include "mail/text.hpp"
#include "mail/transfer.hpp"

#include <algorithm>
#include <cstdint>

namespace mail {
namespace {

constexpr std::size_t head_size = 22, child_size = 5;
constexpr std::size_t most_children = 40;  // more than anybody answers; and a line's length

// Its time, the upper 6 of 8 octets: 100 ns since 1601.
std::uint64_t file_time_of(std::string_view index) {
    std::uint64_t time = 0;
    for (std::size_t i = 0; i < 6; ++i) time = time << 8U | static_cast<unsigned char>(index[i]);
    return time << 16U;
}

std::uint64_t file_time_of(std::chrono::system_clock::time_point time) {
    using namespace std::chrono;
    constexpr auto seconds_to_1970 = 11'644'473'600;
    const auto since_1601 = floor<seconds>(time.time_since_epoch()).count() + seconds_to_1970;
    return since_1601 < 0 ? 0 : static_cast<std::uint64_t>(since_1601) * 10'000'000U;
}

}  // namespace

std::optional<std::string> child_thread_index(std::string_view parent,
                                              std::chrono::system_clock::time_point date) {
    constexpr std::size_t longest = 4096;
    if (parent.size() > longest || std::ranges::any_of(parent, [](char c) {
            return !is_alpha(c) && !is_digit(c) && !is_space(c) && c != '+' && c != '/' && c != '=';
        }))
        return std::nullopt;
    std::string index = decode_base64(parent);
    if (index.size() < head_size || (index.size() - head_size) % child_size != 0 || index[0] != 1)
        return std::nullopt;
    index.resize(std::min(index.size(), head_size + (most_children - 1) * child_size));
    const std::uint64_t begun = file_time_of(index), now = file_time_of(date);
    const std::uint64_t passed = now > begun ? now - begun : 0;
    // A bit that tells the unit, so that 31 bits hold what passed since the beginning: 26 ms up to 1.7 years.
    const bool is_long = (passed >> 32U & 0x00FE'0000U) != 0;
    const auto delta = static_cast<std::uint32_t>(passed >> (is_long ? 23U : 18U)) & 0x7FFF'FFFFU;
    const std::uint32_t block = delta | (is_long ? 0x8000'0000U : 0U);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) index += static_cast<char>(block >> shift & 0xFFU);
    index += '\0';  // a random number and a level, of which the second is 0 and the first may be
    std::string out;
    append_base64(out, index);
    return out;
}

}  // namespace mail
