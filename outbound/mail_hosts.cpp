#include "outbound/mail_hosts.hpp"

#include "mail/text.hpp"

#include <algorithm>

namespace outbound {
namespace {

// What can be a host: what else stands in an MX record is for no log and no TLS handshake.
bool is_host(const std::string& name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return mail::is_alpha(c) || mail::is_digit(c) || c == '-' || c == '_' || c == '.';
    });
}

}  // namespace

Refused loops_back(const std::string& domain) {
    return {.permanent = true,
            .code = 554,
            .status = "5.4.6",
            .words = "mail for " + domain + " loops back: its best mail server is this one"};
}

boost::system::result<std::vector<MailHost>, Refused> mail_hosts(const std::string& domain,
                                                                 const net::DnsAnswer& mx,
                                                                 const std::vector<std::string>& own_names,
                                                                 Random& random) {
    using enum net::DnsAnswer::Status;
    if (mx.status == failed)
        return Refused{.status = "4.4.3",
                       .words = "the MX records of " + domain + " can't be had: " + mx.why};
    if (mx.status == no_name)
        return Refused{
            .permanent = true, .code = 550, .status = "5.1.2", .words = "there is no domain " + domain};
    std::vector<MailHost> hosts;
    if (mx.status == no_records) hosts.push_back({0, domain});
    bool null = false;
    for (const std::string& record : mx.records) {
        auto exchanger = net::mail_exchanger_of(record);
        if (!exchanger) continue;
        null = null || exchanger->name.empty();
        if (is_host(exchanger->name)) hosts.push_back({exchanger->preference, std::move(exchanger->name)});
    }
    if (hosts.empty() && null)
        return Refused{
            .permanent = true, .code = 556, .status = "5.1.10", .words = domain + " takes no mail (null MX)"};
    if (hosts.empty())
        return Refused{.status = "4.4.3", .words = "the MX records of " + domain + " name no mail server"};

    std::ranges::shuffle(hosts, random);
    std::ranges::stable_sort(hosts, {}, &MailHost::preference);
    const auto ours = std::ranges::find_if(hosts, [&](const MailHost& host) {
        return std::ranges::any_of(own_names,
                                   [&](const std::string& own) { return mail::iequals(own, host.name); });
    });
    if (ours != hosts.end())
        std::erase_if(hosts,
                      [limit = ours->preference](const MailHost& host) { return host.preference >= limit; });
    if (hosts.empty()) return loops_back(domain);

    std::vector<MailHost> first;
    for (MailHost& host : hosts) {
        if (first.size() == most_hosts_asked) break;
        const auto same = [&](const MailHost& other) { return other.name == host.name; };
        if (std::ranges::none_of(first, same)) first.push_back(std::move(host));
    }
    return first;
}

}  // namespace outbound
