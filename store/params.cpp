#include "store/params.hpp"

#include <bit>
#include <cstring>

namespace store {
namespace {

// Types by their OID in pg_type.dat; these never change.
constexpr std::uint32_t oid_bool = 16;
constexpr std::uint32_t oid_bytea = 17;
constexpr std::uint32_t oid_int8 = 20;
constexpr std::uint32_t oid_text = 25;
constexpr std::uint32_t oid_timestamptz = 1184;
constexpr std::uint32_t oid_uuid = 2950;

template <class Integer>
void put(std::string& out, Integer value) {
    using Unsigned = std::make_unsigned_t<Integer>;
    const auto bits = static_cast<Unsigned>(value);
    for (int shift = static_cast<int>(sizeof(Integer)) * 8 - 8; shift >= 0; shift -= 8)
        out += static_cast<char>(bits >> shift & 0xff);
}

std::string_view view(const tickets::Uuid& uuid) {
    return {reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size()};
}

std::int64_t microseconds_since_2000(Timestamp value) {  // timestamptz_send
    constexpr auto epoch = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
    return std::chrono::duration_cast<std::chrono::microseconds>(value - epoch).count();
}

// array_send's format: dimensions, has-null flag, element type, length, lower bound, and each element
// behind its length. `put_data` appends one element, or returns false for NULL.
template <class Values, class PutData>
std::string array(std::uint32_t oid, const Values& values, PutData put_data) {
    std::string out;
    put<std::int32_t>(out, values.empty() ? 0 : 1);
    put<std::int32_t>(out, 1);
    put<std::uint32_t>(out, oid);
    if (values.empty()) return out;
    put<std::int32_t>(out, static_cast<std::int32_t>(values.size()));
    put<std::int32_t>(out, 1);
    for (const auto& value : values) {
        const std::size_t at = out.size();
        put<std::int32_t>(out, -1);
        if (!put_data(out, value)) continue;
        std::string length;
        put(length, static_cast<std::int32_t>(out.size() - at - 4));
        out.replace(at, 4, length);
    }
    return out;
}

// Length of the valid UTF-8 sequence at the start of `text` (RFC 3629), 0 when there is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
    const unsigned char first = byte(0);
    if (first == 0) return 0;
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        if (!tail(1) || !tail(2)) return 0;
        if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f)) return 0;
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        if (!tail(1) || !tail(2) || !tail(3)) return 0;
        if ((first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f)) return 0;
        return 4;
    }
    return 0;
}

}  // namespace

std::string mended(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        if (const std::size_t length = sequence_length(text)) {
            out += text.substr(0, length);
            text.remove_prefix(length);
        } else {
            out += "\xef\xbf\xbd";
            text.remove_prefix(1);
        }
    }
    return out;
}

Params& Params::text(std::string_view value) {
    values_.push_back({mended(value)});
    return *this;
}

Params& Params::maybe_text(const std::optional<std::string>& value) {
    return value ? text(std::string_view(*value)) : null();
}

Params& Params::bytes(std::string value) {
    values_.push_back({std::move(value)});
    return *this;
}

Params& Params::integer(std::int64_t value) {
    std::string data;
    put(data, value);
    values_.push_back({std::move(data)});
    return *this;
}

Params& Params::maybe_integer(const std::optional<std::int64_t>& value) {
    return value ? integer(*value) : null();
}

Params& Params::small(std::int16_t value) {
    std::string data;
    put(data, value);
    values_.push_back({std::move(data)});
    return *this;
}

Params& Params::boolean(bool value) {
    values_.push_back({std::string(1, value ? '\1' : '\0')});
    return *this;
}

Params& Params::uuid(const tickets::Uuid& value) {
    values_.push_back({std::string(view(value))});
    return *this;
}

Params& Params::maybe_uuid(const std::optional<tickets::Uuid>& value) {
    return value ? uuid(*value) : null();
}

Params& Params::time(Timestamp value) {
    return integer(microseconds_since_2000(value));
}

Params& Params::null() {
    values_.push_back({{}, true});
    return *this;
}

Params& Params::texts(const std::vector<std::string>& values) {
    return bytes(array(oid_text, values, [](std::string& out, const std::string& value) {
        out += mended(value);
        return true;
    }));
}

Params& Params::texts(const std::vector<std::optional<std::string>>& values) {
    return bytes(array(oid_text, values, [](std::string& out, const std::optional<std::string>& value) {
        if (value) out += mended(*value);
        return value.has_value();
    }));
}

Params& Params::bytes_list(const std::vector<std::string>& values) {
    return bytes(array(oid_bytea, values, [](std::string& out, const std::string& value) {
        out += value;
        return true;
    }));
}

Params& Params::integers(const std::vector<std::int64_t>& values) {
    return bytes(array(oid_int8, values, [](std::string& out, std::int64_t value) {
        put(out, value);
        return true;
    }));
}

Params& Params::booleans(const std::vector<bool>& values) {
    return bytes(array(oid_bool, values, [](std::string& out, bool value) {
        out += value ? '\1' : '\0';
        return true;
    }));
}

Params& Params::times(const std::vector<Timestamp>& values) {
    return bytes(array(oid_timestamptz, values, [](std::string& out, Timestamp value) {
        put(out, microseconds_since_2000(value));
        return true;
    }));
}

Params& Params::uuids(const std::vector<tickets::Uuid>& values) {
    return bytes(array(oid_uuid, values, [](std::string& out, const tickets::Uuid& value) {
        out += view(value);
        return true;
    }));
}

Params& Params::uuids(const std::vector<std::optional<tickets::Uuid>>& values) {
    return bytes(array(oid_uuid, values, [](std::string& out, const std::optional<tickets::Uuid>& value) {
        if (value) out += view(*value);
        return value.has_value();
    }));
}

std::vector<const char*> Params::values() const {
    std::vector<const char*> pointers;
    pointers.reserve(values_.size());
    for (const auto& value : values_) pointers.push_back(value.is_null ? nullptr : value.data.c_str());
    return pointers;
}

std::vector<int> Params::lengths() const {
    std::vector<int> lengths;
    lengths.reserve(values_.size());
    for (const auto& value : values_) lengths.push_back(static_cast<int>(value.data.size()));
    return lengths;
}

std::vector<int> Params::formats() const {
    return std::vector<int>(values_.size(), 1);
}

std::string lines(const std::vector<std::string>& list) {
    std::string text;
    for (const auto& line : list) text += (text.empty() ? "" : "\n") + line;
    return text;
}

}  // namespace store
