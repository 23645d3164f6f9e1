// The operator's configuration: one struct, and one table that describes every key of it.
//
// The table is what reads a file, checks bounds, prints the values in use, and writes the sample and
// docs/configuration.md, so none of them can know a key that the others don't.
//
// load_config() promises a checked value or the list of everything wrong with the file, each problem
// with file, line and key. Nothing is read from anywhere else: no environment, no defaults elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace program {

using Seconds = std::chrono::seconds;
using Texts = std::vector<std::string>;

// One [[route]]: how mail of a sender domain leaves.
struct RouteConfig {
    std::string sender_domain;  // or "*"
    std::string smarthost;      // "relay.example.org:587"; empty: directly
    std::string tls = "verified";
    std::string ca_file;
    std::string auth = "automatic";
    std::string user, secret_file;
    std::string token_url, client_id, client_secret_file, refresh_token_file;
    std::string verp = "on";
    std::int64_t connections = 4;
    std::int64_t messages_per_connection = 100;
    std::int64_t rate_per_minute = 0;
};

// One [[destination]]: what holds for mail to a domain that is reached directly.
struct DestinationConfig {
    std::string domain;
    std::string tls = "policy";
    Texts hosts;
    std::int64_t connections = 4;
    std::int64_t messages_per_connection = 100;
    std::int64_t rate_per_minute = 0;
};

struct Config {
    // Where mail comes in. Addresses are "127.0.0.1:25" or "[::1]:25"; port 0 takes a free one.
    Texts smtp_listen = {"0.0.0.0:25"};
    Texts smtp_listen_tls;             // implicit TLS from the first byte; needs a certificate
    std::string smtp_host_name;        // in greeting, EHLO and Received; empty: the machine's own name
    std::string smtp_tls_certificate;  // PEM; both or neither: without them STARTTLS isn't offered
    std::string smtp_tls_key;
    Texts smtp_tls_other_certificates;  // "CHAIN_FILE KEY_FILE" each
    std::string smtp_tls_session_tickets = "on";
    std::int64_t smtp_max_message_size = 50'000'000;
    std::int64_t smtp_max_recipients = 100;
    std::int64_t smtp_max_sessions = 2'000;
    std::string smtp_bare_newlines = "normalize";
    std::int64_t smtp_max_header_size = 4 * 1024 * 1024;
    std::int64_t smtp_max_hops = 100;
    std::int64_t smtp_max_errors = 10;
    std::int64_t smtp_max_refused_recipients = 20;
    std::int64_t smtp_max_idle_commands = 100;
    Seconds smtp_slow_down{1};
    std::int64_t smtp_max_sessions_per_address = 50;
    std::int64_t smtp_max_connections_per_minute = 3'000;
    std::int64_t smtp_max_messages_per_minute = 6'000;
    std::int64_t smtp_max_commands_per_minute = 100'000;
    std::int64_t smtp_max_errors_per_hour = 2'000;
    std::int64_t smtp_max_refused_recipients_per_hour = 500;
    std::int64_t smtp_network_factor = 4;
    std::int64_t smtp_memory = 512 * 1024 * 1024;
    std::int64_t smtp_spool_above = 1024 * 1024;
    std::string smtp_spool_folder = "/var/tmp";
    Seconds smtp_session_timeout{3600};
    Seconds smtp_command_timeout{300};  // RFC 5321 §4.5.3.2.7
    Seconds smtp_data_timeout{300};
    Seconds smtp_message_timeout{1800};
    Seconds smtp_write_timeout{300};
    Seconds smtp_tls_timeout{30};
    Texts smtp_exempt_networks;  // "127.0.0.0/8", "::1/128"
    Texts smtp_proxy_networks;
    Seconds smtp_proxy_timeout{5};
    Texts smtp_xclient_networks;

    Texts lmtp_listen;  // also "unix:/run/ticketgate/lmtp.sock"
    Texts lmtp_networks = {"127.0.0.0/8", "::1"};
    std::string lmtp_socket_mode = "0660";
    std::string lmtp_socket_group;

    Texts verification_resolver = {"system"};  // or "off", "recursion", or addresses such as "192.0.2.1@5353"
    std::string verification_trust_anchors = "/usr/share/dns/root.key";
    Seconds verification_time_limit{5};
    Texts verification_trusted_sealers;
    Texts verification_trusted_results;

    // "127.0.0.1:11333", "[::1]:11333" or "unix:/path"; empty: not asked.
    std::string scanners_rspamd;
    std::string scanners_rspamd_password;
    std::string scanners_clamav;
    Texts scanners_block_lists;  // "bl.example.org", "bl.example.org=127.0.0.2,127.0.0.3"
    Seconds scanners_time_limit{15};
    std::string scanners_spam = "accept";
    std::string scanners_refused = "refuse";
    std::string scanners_virus = "refuse";
    std::string scanners_listed = "refuse";
    std::string scanners_when_away = "accept";

    // 0: no limit.
    std::int64_t floods_tickets_per_hour = 100;
    std::int64_t floods_reopenings_per_hour = 10;
    std::int64_t floods_answers_per_day = 10;
    Seconds floods_answer_window{24 * 60 * 60};

    std::string outbound_enabled = "on";
    Texts outbound_retry_waits = {"5m", "15m", "30m", "1h", "2h", "4h"};
    Seconds outbound_lifetime{5 * 24 * 60 * 60};
    Seconds outbound_delay_notice{4 * 60 * 60};
    Seconds outbound_uncertain_wait{30 * 60};  // 0: by hand
    Seconds outbound_lease{60};
    std::int64_t outbound_memory = 256 << 20;
    std::string outbound_ip_preference = "ipv6 first";
    Texts outbound_source_addresses;
    Texts outbound_allowed_targets;
    std::int64_t outbound_port = 25;
    std::int64_t outbound_mta_sts_port = 443;
    std::string outbound_dane = "on";
    std::string outbound_mta_sts = "on";
    std::string outbound_ca_file;  // empty: the system's
    std::int64_t outbound_connections = 4;
    std::int64_t outbound_messages_per_connection = 100;
    std::int64_t outbound_rate_per_minute = 0;  // 0: no limit
    std::vector<RouteConfig> routes;
    std::vector<DestinationConfig> destinations;

    std::string http_listen = "127.0.0.1:8080";  // empty: no HTTP

    std::string database_conninfo = "dbname=ticketgate";
    std::int64_t database_connections = 4;
    std::int64_t database_writers = 2;
    Seconds database_timeout{25};

    std::string log_level = "info";
    std::string log_format = "logfmt";

    std::string process_ports_file;    // empty: none is written
    std::int64_t process_threads = 0;  // 0: one for each core
};

// When a changed value counts.
enum class Applies { at_restart, at_reload };

// One key of a section, for everybody who handles keys without knowing them by name.
template <typename Owner>
struct KeyOf {
    using Member =
        std::variant<std::string Owner::*, std::int64_t Owner::*, Seconds Owner::*, Texts Owner::*>;
    // What is wrong with one text of the value; empty: nothing.
    using Check = std::string (*)(std::string_view);

    std::string_view section;
    std::string_view name;
    Member member;
    std::int64_t least = 0;  // of numbers and durations
    std::int64_t most = 0;
    std::string_view unit;  // "bytes", "seconds", or none
    Check check = nullptr;  // of texts, and of each text of a list
    Applies applies = Applies::at_restart;
    std::string_view example;  // as TOML
    std::string_view sentence;

    [[nodiscard]] std::string full_name() const;
    [[nodiscard]] std::string type() const;
    [[nodiscard]] std::string bounds() const;                   // "1 to 100", or empty
    [[nodiscard]] std::string value(const Owner& owner) const;  // as TOML
};
using ConfigKey = KeyOf<Config>;

// Those about who may write, a part of config_keys().
[[nodiscard]] std::span<const ConfigKey> policy_config_keys();
// Those about where mail goes, likewise.
[[nodiscard]] std::span<const ConfigKey> outbound_config_keys();
[[nodiscard]] std::span<const ConfigKey> queue_config_keys();
// Of each [[route]] and [[destination]].
[[nodiscard]] std::span<const KeyOf<RouteConfig>> route_keys();
[[nodiscard]] std::span<const KeyOf<DestinationConfig>> destination_keys();
// In the order in which an operator should read them; the keys of a section stand together.
[[nodiscard]] std::span<const ConfigKey> config_keys();
[[nodiscard]] std::string_view section_sentence(std::string_view section);

struct ConfigProblem {
    std::string file;
    std::uint32_t line = 0;  // 0: the file as a whole
    std::string key;         // may be empty
    std::string message;

    [[nodiscard]] std::string str() const;  // "file:line: key: message"
};

struct LoadedConfig {
    Config config;  // to be used only when there are no problems
    std::vector<ConfigProblem> problems;
};

[[nodiscard]] LoadedConfig load_config(const std::string& file);
[[nodiscard]] LoadedConfig parse_config(std::string_view toml, const std::string& file);

// Puts files of $CREDENTIALS_DIRECTORY (systemd's LoadCredential=) in the place of values `credential:NAME`:
// the file's path for keys that name files, its content for conninfo. The problems, if there are any.
[[nodiscard]] std::vector<ConfigProblem> use_credentials(Config& config, const std::string& file);

// The one line of text that a file holds, at most 4096 bytes; what is wrong with it, or empty.
[[nodiscard]] std::string read_line_of(const std::string& path, std::string& line);

// What no single key can tell, such as a certificate without its key; `file` only names the source.
[[nodiscard]] std::vector<ConfigProblem> contradictions(const Config& config, const std::string& file);
[[nodiscard]] std::vector<ConfigProblem> route_contradictions(const Config& config, const std::string& file);

// "90s", "5m", "2h", "1d"; at most seven days.
[[nodiscard]] std::optional<Seconds> parse_wait(std::string_view text);

// An address to listen on: "127.0.0.1:25", "[::1]:25".
struct Endpoint {
    std::string address;
    std::uint16_t port = 0;
};
[[nodiscard]] std::optional<Endpoint> parse_endpoint(std::string_view text);

// "relay.example.org:587", "192.0.2.1:587", "[2001:db8::1]:587".
[[nodiscard]] std::optional<Endpoint> parse_smarthost(std::string_view text);

[[nodiscard]] std::string config_as_toml(const Config& config);  // every key with its value
// The [[route]]s and [[destination]]s alone; empty when there are none.
[[nodiscard]] std::string routes_as_toml(const Config& config);
[[nodiscard]] std::string destinations_as_toml(const Config& config);
[[nodiscard]] std::string config_sample();       // every key explained, commented out
[[nodiscard]] std::string config_as_markdown();  // docs/configuration.md

}  // namespace program
