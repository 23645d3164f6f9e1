#include "smtp/received.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace smtp {

std::string printable_host(std::string_view name) {
    std::string host(name.substr(0, 255));
    std::replace_if(
        host.begin(), host.end(),
        [](char c) {
            bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            return !alnum && std::string_view(".-_:[]").find(c) == std::string_view::npos;
        },
        '?');
    return host;
}

std::string mail_date(std::chrono::system_clock::time_point when) {
    static constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %d %s %04d %02d:%02d:%02d +0000",
                  days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                  months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                  utc.tm_sec);
    return text.data();
}

std::string received_field(const ReceivedMessage& message, std::string_view host_name,
                           std::string_view receipt) {
    const bool ipv6 = message.client_address.find(':') != std::string::npos;
    std::string field = "Received: from " + printable_host(message.helo);
    if (!message.client_address.empty())
        field.append(ipv6 ? " ([IPv6:" : " ([").append(message.client_address).append("])");
    field.append("\r\n\tby ")
        .append(host_name)
        .append(" with ")
        .append(message.protocol)
        .append(" id ")
        .append(receipt);
    if (message.tls)
        field.append("\r\n\t(version=")
            .append(message.tls->version)
            .append(" cipher=")
            .append(message.tls->cipher)
            .append(")");
    if (message.recipients.size() == 1)
        field.append("\r\n\tfor <").append(message.recipients.front().address.str()).append(">");
    return field + ";\r\n\t" + mail_date(message.received_at) + "\r\n";
}

}  // namespace smtp
