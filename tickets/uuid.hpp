// A UUID as a value; new ones are of version 7 (RFC 9562 §5.7): the time in front keeps indexes
// compact, and every process can make them without asking the database.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tickets {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    [[nodiscard]] static Uuid make(std::chrono::system_clock::time_point now);
    // Takes the form of RFC 9562 §4, any case; nothing else.
    [[nodiscard]] static std::optional<Uuid> parse(std::string_view text);
    [[nodiscard]] std::string str() const;
    [[nodiscard]] bool is_nil() const { return *this == Uuid{}; }

    auto operator<=>(const Uuid&) const = default;
};

// Crockford's base32 in lower case (no i, l, o, u), most significant bits first.
[[nodiscard]] std::string base32(std::string_view bytes);

}  // namespace tickets

template <>
struct std::hash<tickets::Uuid> {
    std::size_t operator()(const tickets::Uuid& uuid) const noexcept {
        // The last eight bytes are random, or part of a digest.
        std::uint64_t value = 0;
        for (std::size_t i = 8; i < 16; ++i) value = value << 8 | uuid.bytes[i];
        return value;
    }
};
