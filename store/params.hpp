// Parameters of a statement in PostgreSQL's binary format, collected left to right.
//
// Text must be valid UTF-8 without NUL (text() mends it); sizes are bounded by libpq at 1 GB.
#pragma once

#include "tickets/uuid.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace store {

using Timestamp = std::chrono::system_clock::time_point;

class Params {
  public:
    Params& text(std::string_view value);
    Params& maybe_text(const std::optional<std::string>& value);
    Params& bytes(std::string value);
    Params& integer(std::int64_t value);
    Params& maybe_integer(const std::optional<std::int64_t>& value);
    Params& small(std::int16_t value);
    Params& boolean(bool value);
    Params& uuid(const tickets::Uuid& value);
    Params& maybe_uuid(const std::optional<tickets::Uuid>& value);
    Params& time(Timestamp value);
    Params& null();

    // Arrays of one dimension; a missing element is NULL.
    Params& texts(const std::vector<std::string>& values);
    Params& texts(const std::vector<std::optional<std::string>>& values);
    Params& bytes_list(const std::vector<std::string>& values);
    Params& integers(const std::vector<std::int64_t>& values);
    Params& booleans(const std::vector<bool>& values);
    Params& times(const std::vector<Timestamp>& values);
    Params& uuids(const std::vector<tickets::Uuid>& values);
    Params& uuids(const std::vector<std::optional<tickets::Uuid>>& values);

    // For libpq: pointers stay valid as long as the Params do.
    [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }
    [[nodiscard]] std::vector<const char*> values() const;
    [[nodiscard]] std::vector<int> lengths() const;
    [[nodiscard]] std::vector<int> formats() const;

  private:
    struct Value {
        std::string data;
        bool is_null = false;
    };
    std::vector<Value> values_;
};

// Valid UTF-8 without NUL: what PostgreSQL's text can hold. Broken sequences become U+FFFD.
[[nodiscard]] std::string mended(std::string_view text);

// A list as one text, a line each: so that many rows' lists can be one array. None of them has a line end.
[[nodiscard]] std::string lines(const std::vector<std::string>& list);

}  // namespace store
