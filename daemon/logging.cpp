#include "daemon/logging.hpp"

#include <fmt/chrono.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>

namespace program {
namespace {

constexpr std::size_t longest_value = 2'000;  // bytes; a stranger doesn't decide how large the log gets

struct Character {
    char32_t point = 0;
    std::size_t length = 0;  // 0: not UTF-8
};

// RFC 3629: the first character of a text that isn't empty; overlong forms and surrogates are none.
Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
    char32_t point = lead & (0x7fU >> length);
    for (std::size_t at = 1; at < length; ++at) {
        if ((byte(at) & 0xc0U) != 0x80) return {};
        point = (point << 6U) | (byte(at) & 0x3fU);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return {};
    return {point, length};
}

// Controls of both sets, line and paragraph separators, and what turns the direction of text: a line
// must look in a terminal like what it is.
bool is_unsafe(char32_t point) {
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

void append_quoted(std::string& line, std::string_view text, LogFormat format) {
    line += '"';
    while (!text.empty()) {
        const Character character = first_character(text);
        const char byte = text.front();
        if (character.length == 0 && format == LogFormat::json)
            line += "\\ufffd";
        else if (character.length == 0)
            fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(byte));
        else if (byte == '"' || byte == '\\')
            (line += '\\') += byte;
        else if (byte == '\n')
            line += "\\n";
        else if (byte == '\r')
            line += "\\r";
        else if (byte == '\t')
            line += "\\t";
        else if (is_unsafe(character.point))
            fmt::format_to(std::back_inserter(line), "\\u{:04x}",
                           static_cast<std::uint32_t>(character.point));
        else
            line += text.substr(0, character.length);
        text.remove_prefix(std::max<std::size_t>(character.length, 1));
    }
    line += '"';
}

bool needs_quotes(std::string_view text) {
    return text.empty() || std::ranges::any_of(text, [](unsigned char c) {
               return c <= ' ' || c == '"' || c == '\\' || c == '=' || c >= 0x7f;
           });
}

void append_text(std::string& line, std::string_view text, LogFormat format) {
    const bool cut = text.size() > longest_value;
    std::string shortened;
    if (cut) text = shortened = std::string(text.substr(0, longest_value)) + "...";
    if (format == LogFormat::logfmt && !needs_quotes(text))
        line += text;
    else
        append_quoted(line, text, format);
}

void append_value(std::string& line, const Field& field, LogFormat format) {
    if (const auto* text = std::get_if<std::string_view>(&field.value))
        return append_text(line, *text, format);
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
        fmt::format_to(std::back_inserter(line), "{}", *number);
    } else if (const auto* fraction = std::get_if<double>(&field.value)) {
        if (*fraction - *fraction == 0)  // JSON has neither infinity nor NaN
            fmt::format_to(std::back_inserter(line), "{}", *fraction);
        else
            line += format == LogFormat::json ? "null" : "none";
    } else {
        line += std::get<bool>(field.value) ? "true" : "false";
    }
}

std::string_view name_of(Level level) {
    switch (level) {
        case Level::error:
            return "error";
        case Level::warning:
            return "warning";
        case Level::info:
            return "info";
        case Level::debug:
            return "debug";
    }
    return "error";
}

Level level_of(std::string_view name) {
    if (name == "debug") return Level::debug;
    if (name == "warning") return Level::warning;
    return name == "error" ? Level::error : Level::info;
}

}  // namespace

std::string format_event(LogFormat format, std::chrono::system_clock::time_point time, Level level,
                         std::string_view event, std::span<const Field> fields) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds).count();
    const std::string stamp = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), milliseconds);
    const bool json = format == LogFormat::json;
    std::string line =
        json ? fmt::format(R"({{"time":"{}","level":"{}","event":"{}")", stamp, name_of(level), event)
             : fmt::format("time={} level={} event={}", stamp, name_of(level), event);
    for (const Field& field : fields) {
        line.append(json ? ",\"" : " ").append(field.key).append(json ? "\":" : "=");
        append_value(line, field, format);
    }
    if (json) line += '}';
    return line;
}

Log::Log(std::string_view level, std::string_view format)
    : level_(level_of(level)),
      format_(format == "json" ? LogFormat::json : LogFormat::logfmt),
      logger_(std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
    logger_->set_pattern("%v");
    logger_->set_level(spdlog::level::trace);
}

Log::~Log() = default;

void Log::set_level(std::string_view level) {
    level_ = level_of(level);
}

void Log::event(Level level, std::string_view event, std::span<const Field> fields) const {
    if (!writes(level)) return;
    logger_->log(spdlog::level::info, spdlog::string_view_t(format_event(
                                          format_, std::chrono::system_clock::now(), level, event, fields)));
}

}  // namespace program
