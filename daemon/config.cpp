#include "daemon/config.hpp"

#include "daemon/config_checks.hpp"
#include "daemon/config_rows.hpp"

#include <algorithm>
#include <array>

namespace program {
namespace {

constexpr std::array<std::string_view, 4> log_levels{"error", "warning", "info", "debug"};
constexpr std::array<std::string_view, 2> log_formats{"logfmt", "json"};

constexpr std::array<std::string_view, 2> newline_choices{"normalize", "reject"};

constexpr std::int64_t mebibyte = 1024 * 1024;

// A bound on what strangers do: a number or a duration of [smtp] that a reload changes.
constexpr RowsOf<> smtp{"smtp", Applies::at_reload};

const std::array keys{
    ConfigKey{
        .section = "smtp",
        .name = "listen",
        .member = &Config::smtp_listen,
        .check = check_endpoint,
        .example = R"(["0.0.0.0:25", "[::]:25"])",
        .sentence =
            "Addresses on which mail is taken in plain text, with STARTTLS where there is a certificate."},
    ConfigKey{.section = "smtp",
              .name = "listen_tls",
              .member = &Config::smtp_listen_tls,
              .check = check_endpoint,
              .example = R"(["0.0.0.0:465"])",
              .sentence = "Addresses on which TLS begins with the first byte; they need a certificate."},
    ConfigKey{.section = "smtp",
              .name = "host_name",
              .member = &Config::smtp_host_name,
              .check = check_host_name,
              .example = R"("mx.example.org")",
              .sentence =
                  "The name by which this server greets and signs Received fields, best the name in the MX "
                  "record; empty for the machine's own."},
    ConfigKey{.section = "smtp",
              .name = "tls_certificate",
              .member = &Config::smtp_tls_certificate,
              .applies = Applies::at_reload,
              .example = R"("/etc/ticketgate/tls.crt")",
              .sentence = "PEM file with the certificate and its chain; without it there is no TLS."},
    ConfigKey{.section = "smtp",
              .name = "tls_key",
              .member = &Config::smtp_tls_key,
              .applies = Applies::at_reload,
              .example = R"("/etc/ticketgate/tls.key")",
              .sentence = "PEM file with the certificate's private key."},
    ConfigKey{
        .section = "smtp",
        .name = "tls_other_certificates",
        .member = &Config::smtp_tls_other_certificates,
        .check = check_certificate_and_key,
        .applies = Applies::at_reload,
        .example = R"(["/etc/ticketgate/b.crt /etc/ticketgate/b.key"])",
        .sentence =
            "Further certificates, each with its key behind a blank: who asks for a name that one of them is "
            "for gets that one (SNI)."},
    ConfigKey{.section = "smtp",
              .name = "tls_session_tickets",
              .member = &Config::smtp_tls_session_tickets,
              .check = check_choice<switches>,
              .applies = Applies::at_reload,
              .example = R"("off")",
              .sentence = "Whether TLS sessions may be resumed by tickets: \"on\" or \"off\"."},
    ConfigKey{.section = "smtp",
              .name = "max_message_size",
              .member = &Config::smtp_max_message_size,
              .least = 65'536,
              .most = 256 * mebibyte,
              .unit = "bytes",
              .applies = Applies::at_reload,
              .example = "25_000_000",
              .sentence = "The largest message taken, announced by SIZE; a larger one is refused with 552."},
    ConfigKey{
        .section = "smtp",
        .name = "max_recipients",
        .member = &Config::smtp_max_recipients,
        .least = 100,
        .most = 10'000,
        .applies = Applies::at_reload,
        .example = "500",
        .sentence =
            "Recipients of one message; those past it are put off with 452 (RFC 5321 wants 100 at least)."},
    ConfigKey{
        .section = "smtp",
        .name = "max_sessions",
        .member = &Config::smtp_max_sessions,
        .least = 1,
        .most = 60'000,
        .applies = Applies::at_reload,
        .example = "500",
        .sentence =
            "SMTP sessions at one time; those past it are sent away with 421. Each takes a file descriptor."},
    ConfigKey{
        .section = "smtp",
        .name = "bare_newlines",
        .member = &Config::smtp_bare_newlines,
        .check = check_choice<newline_choices>,
        .applies = Applies::at_reload,
        .example = R"("reject")",
        .sentence =
            "What becomes of a message with a CR or LF that stands alone: \"normalize\" makes a blank of a "
            "CR and a CRLF of an LF, \"reject\" refuses it with 550; neither ever ends a message."},
    smtp.number("max_header_size", &Config::smtp_max_header_size, 65'536, 256 * mebibyte, "bytes", "262_144",
                "The largest header of a message; one with a larger is refused with 552."),
    smtp.number("max_hops", &Config::smtp_max_hops, 1, 1'000, "", "50",
                "Fields Received of a message; one with more goes in circles and is refused with 554 5.4.6."),
    smtp.number("max_errors", &Config::smtp_max_errors, 0, 10'000, "", "50",
                "Bad commands in a session, since its last accepted message, that end it with 421; "
                "0 for no limit."),
    smtp.number("max_refused_recipients", &Config::smtp_max_refused_recipients, 0, 10'000, "", "100",
                "Refused recipients, counted likewise: past a quarter of them replies are slowed, "
                "and the last one "
                "ends the session with 421; 0 for no limit."),
    smtp.number("max_idle_commands", &Config::smtp_max_idle_commands, 0, 1'000'000, "", "1000",
                "Commands that bring no mail nearer (NOOP, RSET, VRFY, HELP, EHLO), counted "
                "likewise; 0 for no limit."),
    smtp.number("slow_down", &Config::smtp_slow_down, 0, 60, "seconds", "5",
                "How long a refusal of a recipient is held back once it is slowed."),
    smtp.number("max_sessions_per_address", &Config::smtp_max_sessions_per_address, 0, 60'000, "", "20",
                "Sessions at one time of one address (IPv4, or an IPv6 /64); here and below, who "
                "has more is sent away with 421, and 0 is no limit."),
    smtp.number("max_connections_per_minute", &Config::smtp_max_connections_per_minute, 0, 1'000'000, "",
                "60", "Connections a minute from one address."),
    smtp.number("max_messages_per_minute", &Config::smtp_max_messages_per_minute, 0, 1'000'000, "", "60",
                "Messages a minute from one address; more are put off with 451."),
    smtp.number("max_commands_per_minute", &Config::smtp_max_commands_per_minute, 0, 100'000'000, "", "5000",
                "Commands a minute from one address, over all its sessions."),
    smtp.number("max_errors_per_hour", &Config::smtp_max_errors_per_hour, 0, 1'000'000, "", "100",
                "Bad commands an hour from one address, after which it is sent away when it connects."),
    smtp.number("max_refused_recipients_per_hour", &Config::smtp_max_refused_recipients_per_hour, 0,
                1'000'000, "", "50",
                "Refused recipients an hour from one address, after which it is sent away when it connects."),
    smtp.number("network_factor", &Config::smtp_network_factor, 0, 1'000, "", "10",
                "A network (IPv4 /24, IPv6 /48) may do so many times what one address may; 0 for "
                "no limit on networks."),
    smtp.number("memory", &Config::smtp_memory, 16 * mebibyte, 64 * 1024 * mebibyte, "bytes", "268_435_456",
                "Memory for the content of all messages under way; what finds no room waits, or is "
                "put off with 452. It is never less than four times max_message_size."),
    smtp.number("spool_above", &Config::smtp_spool_above, 16'384, 256 * mebibyte, "bytes", "262_144",
                "Content larger than this goes to a temporary file without a name while it comes in."),
    ConfigKey{.section = "smtp",
              .name = "spool_folder",
              .member = &Config::smtp_spool_folder,
              .applies = Applies::at_reload,
              .example = R"("/var/spool/ticketgate")",
              .sentence = "Folder of those temporary files, on a disk rather than in memory."},
    smtp.number("session_timeout", &Config::smtp_session_timeout, 1, 86'400, "seconds", "7200",
                "How long a session may last: after that it gets 421 in place of its next command."),
    ConfigKey{.section = "smtp",
              .name = "command_timeout",
              .member = &Config::smtp_command_timeout,
              .least = 1,
              .most = 3'600,
              .unit = "seconds",
              .applies = Applies::at_reload,
              .example = "60",
              .sentence = "How long a session waits for the next command (RFC 5321 wants 300 at least)."},
    ConfigKey{.section = "smtp",
              .name = "data_timeout",
              .member = &Config::smtp_data_timeout,
              .least = 1,
              .most = 3'600,
              .unit = "seconds",
              .applies = Applies::at_reload,
              .example = "180",
              .sentence = "How long a session waits for the next piece of a message."},
    smtp.number("message_timeout", &Config::smtp_message_timeout, 1, 86'400, "seconds", "600",
                "How long all of a message may take, however steadily it trickles."),
    smtp.number("write_timeout", &Config::smtp_write_timeout, 1, 3'600, "seconds", "60",
                "How long a session waits for its peer to take a reply."),
    ConfigKey{.section = "smtp",
              .name = "tls_timeout",
              .member = &Config::smtp_tls_timeout,
              .least = 1,
              .most = 300,
              .unit = "seconds",
              .applies = Applies::at_reload,
              .example = "10",
              .sentence = "How long a TLS handshake may take."},
    ConfigKey{.section = "smtp",
              .name = "exempt_networks",
              .member = &Config::smtp_exempt_networks,
              .check = check_network,
              .applies = Applies::at_reload,
              .example = R"(["127.0.0.0/8", "2001:db8::/32"])",
              .sentence = "Networks whose clients are not counted, such as your own relays: no limit by "
                          "address or network, nor on errors."},
    ConfigKey{.section = "smtp",
              .name = "proxy_networks",
              .member = &Config::smtp_proxy_networks,
              .check = check_network,
              .applies = Applies::at_reload,
              .example = R"(["192.0.2.10", "2001:db8::10"])",
              .sentence =
                  "Load balancers that put a PROXY header (version 1 or 2) before each connection: the "
                  "client that it names is the one that counts. They must send it, and nobody else may."},
    smtp.number("proxy_timeout", &Config::smtp_proxy_timeout, 1, 300, "seconds", "10",
                "How long the PROXY header may take."),
    ConfigKey{.section = "smtp",
              .name = "xclient_networks",
              .member = &Config::smtp_xclient_networks,
              .check = check_network,
              .applies = Applies::at_reload,
              .example = R"(["192.0.2.25", "2001:db8::25"])",
              .sentence =
                  "Relays in front, such as a Postfix, that may say by XCLIENT or XFORWARD for which client "
                  "they speak; list them in exempt_networks too."},

    ConfigKey{.section = "lmtp",
              .name = "listen",
              .member = &Config::lmtp_listen,
              .check = check_lmtp_address,
              .example = R"(["unix:/var/spool/postfix/ticketgate/lmtp.sock", "127.0.0.1:2424"])",
              .sentence =
                  "Where a mail server in front of us hands mail over: paths of Unix sockets, or addresses."},
    ConfigKey{.section = "lmtp",
              .name = "networks",
              .member = &Config::lmtp_networks,
              .check = check_network,
              .applies = Applies::at_reload,
              .example = R"(["127.0.0.0/8", "192.0.2.10"])",
              .sentence =
                  "Who may come by LMTP over TCP: mail servers of this site, whose mail is not counted or "
                  "limited by client, and held where it would have been refused."},
    ConfigKey{.section = "lmtp",
              .name = "socket_mode",
              .member = &Config::lmtp_socket_mode,
              .check = check_mode,
              .example = R"("0666")",
              .sentence = "Mode of the Unix sockets, in octal: who may write may connect."},
    ConfigKey{
        .section = "lmtp",
        .name = "socket_group",
        .member = &Config::lmtp_socket_group,
        .example = R"("postfix")",
        .sentence =
            "Group of the Unix sockets, one that this service's user is in; empty for its own, or that of a "
            "folder whose setgid bit is set."},

    ConfigKey{
        .section = "http",
        .name = "listen",
        .member = &Config::http_listen,
        .check = check_endpoint_or_empty,
        .example = R"("[::1]:8080")",
        .sentence = "Address of /metrics, /healthz and /readyz, which ask for no password; empty for none."},

    ConfigKey{.section = "database",
              .name = "conninfo",
              .member = &Config::database_conninfo,
              .check = check_conninfo,
              .example = R"("host=db.example.org dbname=ticketgate user=ticketgate")",
              .sentence =
                  "How PostgreSQL is reached, as libpq's connection string or URI; keep a password in a "
                  "passfile rather than here."},
    ConfigKey{
        .section = "database",
        .name = "connections",
        .member = &Config::database_connections,
        .least = 1,
        .most = 100,
        .example = "8",
        .sentence = "Connections for everything but the committing of mail, which has its own: see writers."},
    ConfigKey{.section = "database",
              .name = "writers",
              .member = &Config::database_writers,
              .least = 1,
              .most = 16,
              .example = "4",
              .sentence = "Transactions that commit mail at one time, each on a connection of its own."},
    ConfigKey{
        .section = "database",
        .name = "timeout",
        .member = &Config::database_timeout,
        .least = 1,
        .most = 25,  // a mail may wait this long twice, and five seconds more for a lost COMMIT
        .unit = "seconds",
        .example = "10",
        .sentence =
            "How long a mail waits for its turn, and again for PostgreSQL, before the sender is told 451 "
            "and tries again later; a sender must be answered within a minute."},

    ConfigKey{.section = "log",
              .name = "level",
              .member = &Config::log_level,
              .check = check_choice<log_levels>,
              .applies = Applies::at_reload,
              .example = R"("debug")",
              .sentence =
                  "The least severe events that are written: \"error\", \"warning\", \"info\" or \"debug\"."},
    ConfigKey{
        .section = "log",
        .name = "format",
        .member = &Config::log_format,
        .check = check_choice<log_formats>,
        .example = R"("json")",
        .sentence = "How a line on standard error looks: \"logfmt\" (key=value) or \"json\" (an object)."},

    ConfigKey{.section = "process",
              .name = "ports_file",
              .member = &Config::process_ports_file,
              .example = R"("/run/ticketgate/ports.json")",
              .sentence = "File that gets the ports in use as {\"smtp\":N,\"http\":N,\"lmtp\":N} once they "
                          "are open; empty for none."},
    ConfigKey{.section = "process",
              .name = "threads",
              .member = &Config::process_threads,
              .least = 0,
              .most = 256,
              .example = "8",
              .sentence = "Threads that read messages; 0 for one per core."},
};

struct Section {
    std::string_view name;
    std::string_view sentence;
};

constexpr std::array<Section, 12> sections{{
    {"smtp", "Where mail comes in."},
    {"lmtp", "Where mail comes in from a mail server in front of us, such as Postfix."},
    {"verification", "Who really sent a mail: SPF, DKIM, DMARC and ARC."},
    {"floods", "What one sender's mail may do in an hour or a day, whatever its header says."},
    {"scanners", "Who else is asked about a mail; nobody as long as nothing is set."},
    {"outbound", "How mail leaves."},
    {"route", "How mail of a sender domain leaves: through a smarthost, or directly."},
    {"destination", "What holds for mail to one domain that is reached directly."},
    {"http", "What monitoring asks."},
    {"database", "PostgreSQL, the only store."},
    {"log", "What is written to standard error."},
    {"process", "The process itself."},
}};

}  // namespace

std::span<const ConfigKey> config_keys() {
    static const std::vector<ConfigKey> all = [] {
        std::vector<ConfigKey> joined(keys.begin(), keys.end());
        // Behind those of the listeners
        const auto http = std::ranges::find(joined, "http", &ConfigKey::section);
        const auto more = policy_config_keys();
        joined.insert(http, more.begin(), more.end());
        const auto queue = queue_config_keys();
        joined.insert(std::ranges::find(joined, "http", &ConfigKey::section), queue.begin(), queue.end());
        const auto outbound = outbound_config_keys();
        joined.insert(std::ranges::find(joined, "http", &ConfigKey::section), outbound.begin(),
                      outbound.end());
        return joined;
    }();
    return all;
}

std::string_view section_sentence(std::string_view section) {
    const auto* found = std::ranges::find(sections, section, &Section::name);
    return found == sections.end() ? std::string_view{} : found->sentence;
}

std::string ConfigProblem::str() const {
    std::string text = file;
    if (line != 0) text += ":" + std::to_string(line);
    if (!key.empty()) text += ": " + key;
    return text + ": " + message;
}

std::vector<ConfigProblem> contradictions(const Config& config, const std::string& file) {
    std::vector<ConfigProblem> problems;
    if (config.smtp_tls_certificate.empty() != config.smtp_tls_key.empty())
        problems.push_back({file, 0, config.smtp_tls_key.empty() ? "smtp.tls_key" : "smtp.tls_certificate",
                            "is missing: certificate and key belong together"});
    if (!config.smtp_listen_tls.empty() && config.smtp_tls_certificate.empty())
        problems.push_back({file, 0, "smtp.listen_tls", "needs smtp.tls_certificate and smtp.tls_key"});
    if (!config.smtp_tls_other_certificates.empty() && config.smtp_tls_certificate.empty())
        problems.push_back(
            {file, 0, "smtp.tls_other_certificates", "needs smtp.tls_certificate and smtp.tls_key"});
    if (config.smtp_listen.empty() && config.smtp_listen_tls.empty() && config.lmtp_listen.empty())
        problems.push_back(
            {file, 0, "smtp.listen", "names no address, and neither do smtp.listen_tls and lmtp.listen"});
    if (std::ranges::all_of(config.lmtp_networks, is_loopback))
        for (const auto& address : config.lmtp_listen)
            if (!socket_path(address) && !is_loopback(parse_endpoint(address)->address))
                problems.push_back(
                    {file, 0, "lmtp.listen",
                     "\"" + address + "\" can be reached by others: say in lmtp.networks who may come"});
    if (config.outbound_retry_waits.empty())
        problems.push_back({file, 0, "outbound.retry_waits", "names no time"});
    const Texts& resolver = config.verification_resolver;
    if (resolver.empty() ||
        (resolver.size() > 1 && std::ranges::any_of(resolver, [](const std::string& server) {
             return server == "system" || server == "recursion" || server == "off";
         })))
        problems.push_back({file, 0, "verification.resolver", "is one word, or a list of addresses"});
    if (resolver == Texts{"off"} && !config.scanners_block_lists.empty())
        problems.push_back({file, 0, "scanners.block_lists", "needs a verification.resolver"});
    std::ranges::move(route_contradictions(config, file), std::back_inserter(problems));
    return problems;
}

}  // namespace program
