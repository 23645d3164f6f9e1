// What can go wrong with the database, as one exception type: the lane for a database that failed.
// Outcomes of the domain (not found, exists already) are values of the repositories instead.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace store {

class Error : public std::runtime_error {
  public:
    enum class Kind {
        connection,     // no connection, lost, timed out, no resources, or the server's state forbids it
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
        const std::string_view cls = std::string_view(sqlstate).substr(0, 2);
        if (cls == "40") return Kind::serialization;
        // Not about what was said, so that another try on another connection may help: 08 connection, 53
        // resources, 57 operator; 0A a plan that a migration made stale, 25 a standby that is read-only, 26 a
        // lost prepared statement, 28, 3D and 42 rights and names, 55 lock_timeout, 58 the system.
        for (const std::string_view state :
             {"", "08", "0A", "25", "26", "28", "3D", "42", "53", "55", "57", "58"})
            if (cls == state) return Kind::connection;
        return Kind::data;
    }

  private:
    Kind kind_;
    std::string sqlstate_;
};

}  // namespace store
