// What can go wrong with the database, as one exception type: the lane for a database that failed.
// Outcomes of the domain (not found, exists already) are values of the repositories instead.
#pragma once

#include <stdexcept>
#include <string>

namespace store {

class Error : public std::runtime_error {
  public:
    enum class Kind {
        connection,     // no connection, lost, timed out, or no resources: SQLSTATE 08, 53, 57
        serialization,  // try the transaction again: SQLSTATE 40
        data,           // the server refuses what was said; trying again will not help
    };
    Error(Kind kind, std::string sqlstate, const std::string& message)
        : std::runtime_error(message), kind_(kind), sqlstate_(std::move(sqlstate)) {}

    [[nodiscard]] Kind kind() const { return kind_; }
    [[nodiscard]] const std::string& sqlstate() const {
        return sqlstate_;
    }  // empty without a server's answer

    [[nodiscard]] static Kind kind_of(const std::string& sqlstate) {
        const std::string cls = sqlstate.substr(0, 2);
        if (sqlstate.empty() || cls == "08" || cls == "53" || cls == "57") return Kind::connection;
        return cls == "40" ? Kind::serialization : Kind::data;
    }

  private:
    Kind kind_;
    std::string sqlstate_;
};

}  // namespace store
