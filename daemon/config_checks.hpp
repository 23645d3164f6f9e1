// What may stand in the configuration, value by value: each check says what is wrong with a text, and nothing
// when it is well. Pure, but for check_conninfo(), which asks libpq.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace program {

[[nodiscard]] std::string check_endpoint(std::string_view text);
[[nodiscard]] std::string check_endpoint_or_empty(std::string_view text);
[[nodiscard]] std::string check_lmtp_address(std::string_view text);
[[nodiscard]] std::string check_mode(std::string_view text);
[[nodiscard]] std::string check_network(std::string_view text);
[[nodiscard]] std::string check_host_name(std::string_view text);
[[nodiscard]] std::string check_certificate_and_key(std::string_view text);
[[nodiscard]] std::string check_conninfo(std::string_view text);

// "127.0.0.1:11333", "[::1]:3310" or "unix:/path"; or nothing.
[[nodiscard]] std::string check_server_or_empty(std::string_view text);
[[nodiscard]] std::string check_resolver(std::string_view text);
[[nodiscard]] std::string check_block_list(std::string_view text);

// One of a few words.
template <const auto& choices>
[[nodiscard]] std::string check_choice(std::string_view text) {
    std::string allowed;
    for (std::string_view choice : choices) {
        if (choice == text) return {};
        allowed += (allowed.empty() ? "\"" : ", \"") + std::string(choice) + "\"";
    }
    return "is none of " + allowed;
}

// Of "unix:/run/ticketgate/lmtp.sock"; nothing when the text is of another kind.
[[nodiscard]] std::optional<std::string> socket_path(std::string_view text);

// Of an address or a network: only this machine.
[[nodiscard]] bool is_loopback(std::string_view text);

}  // namespace program
