#include "store/result.hpp"

#include <charconv>
#include <cstring>
#include <stdexcept>

namespace store {
namespace {

std::int64_t big_endian(std::string_view data) {
    if (data.size() != 2 && data.size() != 4 && data.size() != 8)
        throw std::logic_error("column is no integer");
    std::uint64_t value = (static_cast<unsigned char>(data[0]) & 0x80) ? ~std::uint64_t{0} : 0;
    for (const char c : data) value = value << 8 | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(value);
}

}  // namespace

bool Row::is_null(int column) const {
    return PQgetisnull(result_, row_, column) != 0;
}

std::string_view Row::view(int column) const {
    if (is_null(column)) throw std::logic_error(std::string("column is NULL: ") + PQfname(result_, column));
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

std::int64_t Row::integer(int column) const {
    return big_endian(view(column));
}

bool Row::boolean(int column) const {
    return view(column) == std::string_view("\1", 1);
}

tickets::Uuid Row::uuid(int column) const {
    const auto data = view(column);
    tickets::Uuid uuid;
    if (data.size() != uuid.bytes.size()) throw std::logic_error("column is no uuid");
    std::memcpy(uuid.bytes.data(), data.data(), data.size());
    return uuid;
}

Timestamp Row::time(int column) const {
    constexpr auto epoch = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
    return epoch + std::chrono::microseconds(integer(column));
}

std::optional<std::string> Row::maybe_text(int column) const {
    return is_null(column) ? std::nullopt : std::optional(text(column));
}

std::optional<std::int64_t> Row::maybe_integer(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<tickets::Uuid> Row::maybe_uuid(int column) const {
    return is_null(column) ? std::nullopt : std::optional(uuid(column));
}

std::vector<std::string_view> Row::elements(int column) const {
    auto data = view(column);
    const auto take = [&](std::size_t size) {
        if (data.size() < size) throw std::logic_error("array is cut off");
        const auto part = data.substr(0, size);
        data.remove_prefix(size);
        return part;
    };
    std::vector<std::string_view> elements;
    const auto dimensions = big_endian(take(4));
    take(8);  // has-null flag, element type
    if (dimensions == 0) return elements;
    if (dimensions != 1) throw std::logic_error("array of more than one dimension");
    const auto size = big_endian(take(4));
    take(4);  // lower bound
    for (std::int64_t i = 0; i < size; ++i)
        elements.push_back(take(static_cast<std::size_t>(big_endian(take(4)))));
    return elements;
}

std::vector<std::string> Row::texts(int column) const {
    std::vector<std::string> values;
    for (const auto element : elements(column)) values.emplace_back(element);
    return values;
}

std::vector<std::int64_t> Row::integers(int column) const {
    std::vector<std::int64_t> values;
    for (const auto element : elements(column)) values.push_back(big_endian(element));
    return values;
}

std::int64_t Result::affected() const {
    const std::string_view text = PQcmdTuples(result_.get());
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace store
