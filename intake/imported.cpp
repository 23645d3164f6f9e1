#include "intake/imported.hpp"

#include "mail/date.hpp"
#include "mail/header_index.hpp"
#include "mail/text.hpp"
#include "smtp/path.hpp"

#include <charconv>

namespace intake {
namespace {

int number(std::string_view text, std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
}

// Of what mail::parse_date wrote: 2006-01-02T15:04:05+07:00.
store::Timestamp time_of(std::string_view date) {
    using namespace std::chrono;
    const sys_days day = year(number(date, 0, 4)) / month(static_cast<unsigned>(number(date, 5, 2))) /
                         std::chrono::day(static_cast<unsigned>(number(date, 8, 2)));
    const auto offset = hours(number(date, 20, 2)) + minutes(number(date, 23, 2));
    const auto local =
        day + hours(number(date, 11, 2)) + minutes(number(date, 14, 2)) + seconds(number(date, 17, 2));
    return date[19] == '-' ? local + offset : local - offset;
}

std::optional<store::Timestamp> plausible_time(std::string_view text, store::Timestamp now) {
    const auto date = mail::parse_date(text);
    // A clock counts nanoseconds in 64 bits: the year is looked at before.
    if (!date || number(*date, 0, 4) < 1970 || number(*date, 0, 4) > 2200) return std::nullopt;
    const auto time = time_of(*date);
    return time.time_since_epoch().count() >= 0 && time <= now ? std::optional(time) : std::nullopt;
}

std::string return_path(std::string_view raw) {
    const auto index = mail::index_header(raw);
    const mail::Field* const field = index.find("Return-Path");
    if (!field) return {};
    const std::string value = mail::unfold(field->value);
    std::string_view rest = value;
    const auto path = smtp::take_reverse_path(rest);
    return path && rest.empty() && !path->null() ? path->mailbox.str() : "";
}

}  // namespace

Uuid import_id(const smtp::Destination& to, std::string_view raw) {
    std::string named = "import " + std::to_string(to.workspace) + ' ' + std::to_string(to.mailbox) + '\n';
    named += raw;
    return threading::id_key(named);
}

std::optional<store::Timestamp> time_of_header(std::string_view raw, store::Timestamp now) {
    const auto index = mail::index_header(raw);
    if (const mail::Field* const received = index.find("Received")) {
        const std::string value = mail::unfold(received->value);
        const auto semicolon = value.rfind(';');
        if (semicolon != std::string::npos)
            if (const auto time = plausible_time(std::string_view(value).substr(semicolon + 1), now))
                return time;
    }
    const mail::Field* const date = index.find("Date");
    return date ? plausible_time(mail::unfold(date->value), now) : std::nullopt;
}

Arrival prepare_imported(std::string raw, const smtp::Recipient& to, const store::Snapshot& settings,
                         const Uuid& intake, store::Timestamp received) {
    smtp::ReceivedMessage message;
    message.reverse_path = return_path(raw);
    message.recipients = {to};
    message.raw = std::move(raw);
    message.received_at = received;
    message.final_dot = std::chrono::steady_clock::now();
    Arrival arrival = prepare(message, settings, "", intake, Envelope::unknown);
    arrival.trace.clear();
    arrival.imported = true;
    return arrival;
}

}  // namespace intake
