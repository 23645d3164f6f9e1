// The keys about where mail goes: a part of the table in daemon/config.cpp, and those of its lists.
#include "daemon/config.hpp"
#include "daemon/config_checks.hpp"
#include "daemon/config_rows.hpp"
#include "mail/mailbox.hpp"
#include "outbound/https.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace program {
namespace {

constexpr std::array<std::string_view, 4> preferences{"ipv6 first", "ipv4 first", "ipv4 only", "ipv6 only"};
constexpr std::array<std::string_view, 5> smarthost_tls{"verified", "implicit", "required", "opportunistic",
                                                        "off"};
constexpr std::array<std::string_view, 5> mechanisms{"automatic", "plain", "login", "scram-sha-256",
                                                     "xoauth2"};
constexpr std::array<std::string_view, 5> destination_tls{"policy", "required", "verified", "opportunistic",
                                                          "off"};

std::string check_address(std::string_view text) {
    boost::system::error_code error;
    boost::asio::ip::make_address(std::string(text), error);
    return error ? "is no address such as \"192.0.2.1\" or \"2001:db8::1\"" : "";
}

bool is_domain(std::string_view text) {
    return !text.empty() && mail::domain_to_ascii(text) == text;
}

std::string check_domain(std::string_view text) {
    return is_domain(text) ? "" : "is no domain in lower case, with A-labels (xn--...) for others than ASCII";
}

std::string check_domain_or_star(std::string_view text) {
    return text == "*" ? "" : check_domain(text);
}

std::string check_host_pattern(std::string_view text) {
    return check_domain(text.starts_with("*.") ? text.substr(2) : text);
}

std::string check_smarthost(std::string_view text) {
    if (text.empty() || parse_smarthost(text)) return {};
    return "is no server with a port such as \"relay.example.org:587\", \"192.0.2.1:587\" or "
           "\"[2001:db8::1]:587\"";
}

std::string check_https_url(std::string_view text) {
    if (text.empty() || outbound::parse_https_url(text)) return {};
    return "is no URL such as \"https://login.example.org/token\"";
}

constexpr RowsOf<> outbound{"outbound", Applies::at_reload};
constexpr RowsOf<RouteConfig> route{"route", Applies::at_reload};
constexpr RowsOf<DestinationConfig> destination{"destination", Applies::at_reload};

constexpr std::string_view connections_sentence = "Connections to it at one time.";
constexpr std::string_view messages_sentence = "Mails over one connection; 0: no limit.";
constexpr std::string_view rate_sentence = "Mails to it in a minute; 0: no limit.";

const std::array outbound_keys{
    outbound.text(
        "ip_preference", &Config::outbound_ip_preference, check_choice<preferences>, R"("ipv4 only")",
        "Which addresses of a server are tried first, or alone: \"ipv6 first\", \"ipv4 first\", \"ipv4 "
        "only\" or \"ipv6 only\"."),
    outbound.text(
        "source_addresses", &Config::outbound_source_addresses, check_address,
        R"(["192.0.2.25", "2001:db8::25"])",
        "Addresses of this machine to connect from, one of them at random for each family; none: as the "
        "system chooses."),
    outbound.text(
        "allowed_targets", &Config::outbound_allowed_targets, check_network, R"(["10.20.0.0/16"])",
        "Networks that mail may be sent to although nobody of the Internet can have their addresses: "
        "loopback, private, link-local and the like are refused when a stranger's MX record names them. "
        "Smarthosts need not be named here."),
    outbound.number("port", &Config::outbound_port, 1, 65'535, "", "2525",
                    "The port of mail servers that are found by MX records: 25 on the Internet."),
    outbound.text(
        "dane", &Config::outbound_dane, check_choice<switches>, R"("off")",
        "Whether TLSA records that DNSSEC vouches for decide on the TLS with a mail server (RFC 7672): "
        "\"on\" or \"off\"; needs verification.trust_anchors."),
    outbound.text(
        "mta_sts", &Config::outbound_mta_sts, check_choice<switches>, R"("off")",
        "Whether MTA-STS policies of destinations are fetched and kept to (RFC 8461): \"on\" or \"off\"."),
    outbound.text(
        "ca_file", &Config::outbound_ca_file, nullptr, R"("/etc/ticketgate/roots.pem")",
        "PEM file with the certificate authorities that are trusted where a certificate is verified; empty "
        "for the system's."),
    outbound.number("connections", &Config::outbound_connections, 1, 1'000, "", "10",
                    "Connections to one destination at one time, where no [[destination]] says otherwise."),
    outbound.number("messages_per_connection", &Config::outbound_messages_per_connection, 0, 100'000, "",
                    "20", "Mails over one such connection; 0: no limit."),
    outbound.number("rate_per_minute", &Config::outbound_rate_per_minute, 0, 1'000'000, "", "600",
                    "Mails to one destination in a minute; 0: no limit."),
};

const std::array all_route_keys{
    route.text("sender_domain", &RouteConfig::sender_domain, check_domain_or_star, R"("example.org")",
               "The domain of the senders that it is for; \"*\" for all that have no route of their own."),
    route.text(
        "smarthost", &RouteConfig::smarthost, check_smarthost, R"("relay.example.org:587")",
        "The server that takes all their mail, with its port; empty: mail goes directly to the servers of "
        "its destination."),
    route.text(
        "tls", &RouteConfig::tls, check_choice<smarthost_tls>, R"("implicit")",
        "The TLS with the smarthost: \"verified\" (STARTTLS and a certificate for its name), \"implicit\" "
        "(likewise, but TLS from the first byte, as on port 465), \"required\" (STARTTLS, any certificate), "
        "\"opportunistic\" (STARTTLS where it is offered) or \"off\"."),
    route.text(
        "ca_file", &RouteConfig::ca_file, nullptr, R"("/etc/ticketgate/relay-ca.pem")",
        "PEM file with the authorities that its certificate may be from; empty: those of outbound.ca_file."),
    route.text(
        "auth", &RouteConfig::auth, check_choice<mechanisms>, R"("scram-sha-256")",
        "How it is logged in, where there is a user: \"automatic\" (the strongest that is offered and takes "
        "a password), \"plain\", \"login\", \"scram-sha-256\" or \"xoauth2\"."),
    route.text("user", &RouteConfig::user, nullptr, R"("desk@example.org")",
               "The user at the smarthost; empty: no log-in."),
    route.text("secret_file", &RouteConfig::secret_file, nullptr, R"("credential:relay")",
               "File with the password, one line."),
    route.text("token_url", &RouteConfig::token_url, check_https_url, R"("https://login.example.org/token")",
               "Where access tokens for \"xoauth2\" are had for a refresh token."),
    route.text("client_id", &RouteConfig::client_id, nullptr, R"("1234.apps.example.org")",
               "The id that this service has at token_url."),
    route.text("client_secret_file", &RouteConfig::client_secret_file, nullptr,
               R"("credential:oauth-client")",
               "File with the secret of that id, one line; empty for a client that has none."),
    route.text("refresh_token_file", &RouteConfig::refresh_token_file, nullptr,
               R"("credential:oauth-refresh")", "File with the refresh token, one line."),
    route.text(
        "verp", &RouteConfig::verp, check_choice<switches>, R"("off")",
        "Whether each mail has a return path of its own, by which its bounces are known: \"on\", or \"off\" "
        "for a smarthost that takes only the sender's address; bounces are then known by Message-ID."),
    route.number("connections", &RouteConfig::connections, 1, 1'000, "", "20", connections_sentence),
    route.number("messages_per_connection", &RouteConfig::messages_per_connection, 0, 100'000, "", "20",
                 messages_sentence),
    route.number("rate_per_minute", &RouteConfig::rate_per_minute, 0, 1'000'000, "", "600", rate_sentence),
};

const std::array all_destination_keys{
    destination.text("domain", &DestinationConfig::domain, check_domain, R"("example.net")",
                     "The domain of the recipients."),
    destination.text(
        "tls", &DestinationConfig::tls, check_choice<destination_tls>, R"("required")",
        "The TLS with its servers: \"policy\" (as the domain publishes by DANE or MTA-STS, and "
        "otherwise opportunistic), \"required\" (that too, but never without TLS), \"verified\" (DANE "
        "where it is published, and otherwise certificates of the hosts below), \"opportunistic\" "
        "(whatever is published) or \"off\"."),
    destination.text(
        "hosts", &DestinationConfig::hosts, check_host_pattern, R"(["mx.example.net", "*.mail.example"])",
        "For \"verified\": the mail servers that it may have, a name or a wildcard for one label; "
        "none: the domain and the names directly below it."),
    destination.number("connections", &DestinationConfig::connections, 1, 1'000, "", "20",
                       connections_sentence),
    destination.number("messages_per_connection", &DestinationConfig::messages_per_connection, 0, 100'000, "",
                       "20", messages_sentence),
    destination.number("rate_per_minute", &DestinationConfig::rate_per_minute, 0, 1'000'000, "", "600",
                       rate_sentence),
};

// What is wrong with a route as a whole.
std::vector<std::pair<std::string, std::string>> objections(const RouteConfig& each) {
    std::vector<std::pair<std::string, std::string>> wrong;
    const auto object = [&](const char* key, const std::string& words) { wrong.emplace_back(key, words); };
    if (each.sender_domain.empty()) object("sender_domain", "is missing");
    if (each.smarthost.empty() && !each.user.empty()) object("user", "needs a smarthost");
    // Direct connections serve all senders' domains.
    if (each.smarthost.empty() && each.verp == "off") object("verp", "needs a smarthost");
    if (each.user.empty()) {
        if (!each.secret_file.empty()) object("secret_file", "needs a user");
        if (each.auth == "xoauth2") object("auth", "is \"xoauth2\", which needs a user");
        return wrong;
    }
    if (each.auth == "xoauth2") {
        if (!each.secret_file.empty()) object("secret_file", "is for passwords, and auth is \"xoauth2\"");
        if (each.token_url.empty()) object("token_url", "is missing to \"xoauth2\"");
        if (each.client_id.empty()) object("client_id", "is missing to \"xoauth2\"");
        if (each.refresh_token_file.empty()) object("refresh_token_file", "is missing to \"xoauth2\"");
    } else {
        if (each.secret_file.empty()) object("secret_file", "is missing to the user");
        if (!each.token_url.empty()) object("token_url", "is for auth = \"xoauth2\"");
    }
    const auto server = parse_smarthost(each.smarthost);
    if (server && !is_loopback(server->address) && (each.tls == "off" || each.tls == "opportunistic"))
        object("tls", "is \"" + each.tls + "\", which would show the secret to whoever listens");
    return wrong;
}

}  // namespace

std::span<const ConfigKey> outbound_config_keys() {
    return outbound_keys;
}

std::span<const KeyOf<RouteConfig>> route_keys() {
    return all_route_keys;
}

std::span<const KeyOf<DestinationConfig>> destination_keys() {
    return all_destination_keys;
}

std::optional<Endpoint> parse_smarthost(std::string_view text) {
    if (auto address = parse_endpoint(text)) return address->port == 0 ? std::nullopt : address;
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string name(text.substr(0, colon));
    boost::system::error_code no_address;
    boost::asio::ip::make_address(name, no_address);
    const auto port = parse_endpoint("0.0.0.0" + std::string(text.substr(colon)));
    if (!is_domain(name) || !no_address || !port || port->port == 0) return std::nullopt;
    return Endpoint{name, port->port};
}

std::vector<ConfigProblem> route_contradictions(const Config& config, const std::string& file) {
    std::vector<ConfigProblem> problems;
    std::set<std::string> known;
    for (const RouteConfig& each : config.routes) {
        const std::string which = each.sender_domain.empty() ? "" : " (of \"" + each.sender_domain + "\")";
        for (const auto& [key, words] : objections(each))
            problems.push_back({file, 0, "route." + key + which, words});
        const auto server = parse_smarthost(each.smarthost);
        if (server && config.verification_resolver == Texts{"off"} && !check_address(server->address).empty())
            problems.push_back(
                {file, 0, "route.smarthost" + which, "is a name, which needs a verification.resolver"});
        if (!each.sender_domain.empty() && !known.insert(each.sender_domain).second)
            problems.push_back(
                {file, 0, "route.sender_domain", "\"" + each.sender_domain + "\" has two routes"});
    }
    known.clear();
    for (const DestinationConfig& each : config.destinations) {
        if (each.domain.empty()) problems.push_back({file, 0, "destination.domain", "is missing"});
        if (!each.hosts.empty() && each.tls != "verified")
            problems.push_back({file, 0, "destination.hosts", "is for tls = \"verified\""});
        if (!each.domain.empty() && !known.insert(each.domain).second)
            problems.push_back({file, 0, "destination.domain", "\"" + each.domain + "\" stands twice"});
    }
    return problems;
}

}  // namespace program
