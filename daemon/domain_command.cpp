// `ticketgate domain set` and `ticketgate domain check`.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/domain_check.hpp"
#include "daemon/examiner.hpp"
#include "daemon/host_name.hpp"
#include "daemon/terminal_text.hpp"
#include "mail/mailbox.hpp"
#include "mail/text.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <iostream>

namespace program {
namespace {

namespace json = boost::json;
using Grade = Finding::Grade;

std::string smarthost_of(const Config& config, const std::string& domain) {
    std::string smarthost;
    for (const RouteConfig& route : config.routes) {
        if (mail::domain_to_ascii(route.sender_domain) == domain) return route.smarthost;
        if (route.sender_domain == "*") smarthost = route.smarthost;
    }
    return smarthost;
}

void print(const std::string& domain, const std::vector<Finding>& findings, bool as_json, bool complete) {
    json::array array;
    for (const Finding& one : findings) {
        if (as_json) {
            array.push_back(json::object{{"what", one.what},
                                         {"grade", name(one.grade)},
                                         {"words", mail::to_valid_utf8(one.words)},
                                         {"record", or_null_if_empty(mail::to_valid_utf8(one.record))}});
            continue;
        }
        std::cout << fmt::format("{:<8} {:<8} {}\n", name(one.grade), one.what, one_line(one.words));
        if (!one.record.empty()) std::cout << fmt::format("{:<8} {:<8} {}\n", "", "", one_line(one.record));
    }
    if (as_json)
        std::cout << json::serialize(json::object{
                         {"domain", domain}, {"complete", complete}, {"findings", std::move(array)}})
                  << '\n';
}

}  // namespace

int run(const Config& config, const DomainSet& options) {
    if (!options.bounce_domain && !options.reply_domain)
        return refuse("set what? --bounce-domain or --reply-domain");
    return with_desk(config, [&](DeskSession& desk) {
        const auto set =
            desk.run(store::SettingsStore(desk.pool())
                         .set_domain(options.domain, options.bounce_domain, options.reply_domain));
        if (!set) return refuse(set.error().text);
        std::cout << "changed domain " << options.domain << '\n';
        return 0;
    });
}

int run(const Config& config, const DomainCheckOptions& options) {
    DomainQuestion question;
    question.domain = mail::domain_to_ascii(options.domain);
    question.host_name = own_name(config);
    question.mail_hosts = options.mail_hosts;
    if (question.mail_hosts.empty()) question.mail_hosts.push_back(question.host_name);
    for (const std::string& text : options.addresses) {
        boost::system::error_code wrong;
        question.addresses.push_back(boost::asio::ip::make_address(text, wrong));
        if (wrong) return refuse(text + " is no IP address");
    }
    for (const std::string& text : options.addresses.empty() ? config.outbound_source_addresses : Texts())
        question.addresses.push_back(boost::asio::ip::make_address(text));
    question.smarthost = smarthost_of(config, question.domain);
    question.certificate = OwnCertificate::read(config.smtp_tls_certificate);
    return with_desk(config, [&](DeskSession& desk) {
        const auto snapshot = desk.run(store::SettingsStore(desk.pool()).snapshot());
        const auto found = snapshot.domains.find(question.domain);
        if (found == snapshot.domains.end())
            return refuse(fmt::format("there is no domain {}", options.domain));
        question.bounce_domain = found->second.bounce_domain;
        question.reply_domain = found->second.reply_domain;
        question.keys = desk.run(store::KeyStore(desk.pool()).dkim_keys(question.domain));

        boost::asio::io_context io;
        const auto resolver = make_resolver(io, config);
        if (!resolver) return refuse("verification.resolver is off, so nobody can look");
        outbound::HttpsClient web(resolver.get(), net::TlsContext::client(config.outbound_ca_file), {});
        const auto findings =
            run_async(io, check_domain(question, *resolver, web,
                                       std::chrono::steady_clock::now() + std::chrono::seconds(30)));
        const bool complete = std::ranges::none_of(findings, [](const Finding& one) {
            return one.grade == Grade::missing || one.grade == Grade::unknown;
        });
        print(question.domain, findings, options.json, complete);
        return complete ? 0 : 1;
    });
}

}  // namespace program
