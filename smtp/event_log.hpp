// Where the SMTP side writes its events: one call an event, a name and key/value pairs, never content
// of mails. daemon/ turns them into log lines.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace smtp {

class EventLog {
  public:
    enum class Level { debug, info, warning, error };
    using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

    virtual ~EventLog() = default;
    // `session` is the session's id; empty for events of the server.
    virtual void event(Level /*level*/, std::string_view /*name*/, std::string_view /*session*/,
                       Fields /*fields*/) {}
};

}  // namespace smtp
