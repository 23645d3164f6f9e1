// The rows of one statement, read in PostgreSQL's binary format.
//
// Columns are asked for by their place in the statement; asking a NULL for a value throws
// std::logic_error, as does a column of another size: both are our own mistakes.
#pragma once

#include "store/params.hpp"

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace store {

class Row {
  public:
    Row(const PGresult* result, int row) : result_(result), row_(row) {}

    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::string text(int column) const { return std::string(view(column)); }
    [[nodiscard]] std::string bytes(int column) const { return text(column); }
    [[nodiscard]] std::int64_t integer(int column) const;  // int2, int4 or int8
    [[nodiscard]] bool boolean(int column) const;
    [[nodiscard]] tickets::Uuid uuid(int column) const;
    [[nodiscard]] Timestamp time(int column) const;
    [[nodiscard]] std::optional<std::string> maybe_text(int column) const;
    [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const;
    [[nodiscard]] std::optional<tickets::Uuid> maybe_uuid(int column) const;
    [[nodiscard]] std::vector<std::string> texts(int column) const;
    [[nodiscard]] std::vector<std::int64_t> integers(int column) const;

  private:
    [[nodiscard]] std::string_view view(int column) const;
    [[nodiscard]] std::vector<std::string_view> elements(int column) const;

    const PGresult* result_;
    int row_;
};

class Result {
  public:
    explicit Result(PGresult* result) : result_(result, &PQclear) {}

    [[nodiscard]] int size() const { return PQntuples(result_.get()); }
    [[nodiscard]] Row operator[](int row) const { return {result_.get(), row}; }
    // Rows that an INSERT, UPDATE or DELETE changed.
    [[nodiscard]] std::int64_t affected() const;
    [[nodiscard]] const PGresult* get() const { return result_.get(); }

  private:
    std::unique_ptr<PGresult, decltype(&PQclear)> result_;
};

}  // namespace store
