#include "daemon/smtp_options.hpp"

#include <stdexcept>

namespace program {
namespace {

std::size_t count(std::int64_t number) {
    return static_cast<std::size_t>(number);
}

net::Networks networks(const Texts& texts) {
    net::Networks all;
    for (const auto& each : texts)
        if (!all.add(each)) throw std::runtime_error(each + " is no network");
    return all;
}

}  // namespace

smtp::Options smtp_options(const Config& config, const std::string& host_name) {
    smtp::Options options;
    options.host_name = host_name;
    options.content.max_size = count(config.smtp_max_message_size);
    options.content.max_header = count(config.smtp_max_header_size);
    options.content.max_hops = count(config.smtp_max_hops);
    options.content.bare_newlines =
        config.smtp_bare_newlines == "reject" ? smtp::BareNewlines::reject : smtp::BareNewlines::normalize;
    options.max_errors = count(config.smtp_max_errors);
    options.max_refused_recipients = count(config.smtp_max_refused_recipients);
    options.max_idle_commands = count(config.smtp_max_idle_commands);
    options.max_recipients = count(config.smtp_max_recipients);
    options.max_sessions = count(config.smtp_max_sessions);
    options.clients = {.sessions = count(config.smtp_max_sessions_per_address),
                       .connections_per_minute = count(config.smtp_max_connections_per_minute),
                       .messages_per_minute = count(config.smtp_max_messages_per_minute),
                       .commands_per_minute = count(config.smtp_max_commands_per_minute),
                       .errors_per_hour = count(config.smtp_max_errors_per_hour),
                       .refused_recipients_per_hour = count(config.smtp_max_refused_recipients_per_hour),
                       .network_factor = count(config.smtp_network_factor)};
    options.slow_down = config.smtp_slow_down;
    options.memory = count(config.smtp_memory);
    options.spool_above = count(config.smtp_spool_above);
    options.spool_folder = config.smtp_spool_folder;
    options.exempt_networks = networks(config.smtp_exempt_networks);
    options.proxy_networks = networks(config.smtp_proxy_networks);
    options.xclient_networks = networks(config.smtp_xclient_networks);
    options.lmtp_networks = networks(config.lmtp_networks);
    options.timeouts.proxy_header = config.smtp_proxy_timeout;
    options.timeouts.session = config.smtp_session_timeout;
    options.timeouts.command = config.smtp_command_timeout;
    options.timeouts.data_block = config.smtp_data_timeout;
    options.timeouts.data = config.smtp_message_timeout;
    options.timeouts.write = config.smtp_write_timeout;
    options.timeouts.tls_handshake = config.smtp_tls_timeout;
    if (!config.smtp_tls_certificate.empty())
        options.tls = smtp::TlsFiles{
            {config.smtp_tls_certificate, config.smtp_tls_key}, config.smtp_tls_session_tickets == "on", {}};
    for (const auto& pair : config.smtp_tls_other_certificates) {
        const auto blank = pair.find(' ');  // checked with the configuration
        options.tls->others.push_back({pair.substr(0, blank), pair.substr(blank + 1)});
    }
    return options;
}

}  // namespace program
