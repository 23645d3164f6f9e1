// One line for each event, on standard error, as logfmt (key=value) or as a JSON object.
//
// Values may come from strangers: whatever they hold, an event stays one line, no value can look like
// another key, and no control sequence reaches a terminal. Message bodies are never logged. Event
// names and keys are literals of ours: lower case, digits, '_' and '.'.
//
// Severities: error: somebody must look; warning: somebody may want to look; info: what happened to
// a message or session; debug: how. Lines may be written from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
}

namespace program {

enum class Level { error, warning, info, debug };
enum class LogFormat { logfmt, json };

struct Field {
    std::string_view key;
    std::variant<std::string_view, std::int64_t, double, bool> value;

    Field(std::string_view name, std::string_view text) : key(name), value(text) {}
    Field(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
    Field(std::string_view name, const std::string& text) : key(name), value(std::string_view(text)) {}
    Field(std::string_view name, bool truth) : key(name), value(truth) {}
    Field(std::string_view name, double number) : key(name), value(number) {}
    Field(std::string_view name, std::integral auto number)
        : key(name), value(static_cast<std::int64_t>(number)) {}
};

// The line without its end.
[[nodiscard]] std::string format_event(LogFormat format, std::chrono::system_clock::time_point time,
                                       Level level, std::string_view event, std::span<const Field> fields);

class Log {
  public:
    // Takes the words of the configuration: log.level and log.format.
    Log(std::string_view level, std::string_view format);
    ~Log();

    [[nodiscard]] bool writes(Level level) const { return level <= level_.load(std::memory_order_relaxed); }
    void set_level(std::string_view level);  // from any thread

    void event(Level level, std::string_view event, std::initializer_list<Field> fields) const {
        this->event(level, event, std::span(fields.begin(), fields.size()));
    }
    void event(Level level, std::string_view event, std::span<const Field> fields) const;

  private:
    std::atomic<Level> level_;
    LogFormat format_;
    std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace program
