#include "daemon/examiner.hpp"

#include "policy/block_lists.hpp"
#include "policy/clamav.hpp"
#include "policy/rspamd.hpp"

#include <algorithm>
#include <filesystem>

namespace program {
namespace {

policy::Action action_named(std::string_view word) {
    for (const auto action : {policy::Action::accept, policy::Action::hold, policy::Action::discard})
        if (policy::name(action) == word) return action;
    return policy::Action::refuse;
}

}  // namespace

std::unique_ptr<net::UnboundResolver> make_resolver(boost::asio::io_context& io, const Config& config) {
    net::ResolverOptions options;
    for (const std::string& server : config.verification_resolver) {
        if (server == "off") return nullptr;
        if (server == "recursion")
            options.servers = net::ResolverOptions::Servers::recursion;
        else if (server != "system")
            options.forwarders.push_back(server);
    }
    if (!options.forwarders.empty()) options.servers = net::ResolverOptions::Servers::forwarders;
    std::error_code missing;
    if (std::filesystem::exists(config.verification_trust_anchors, missing))
        options.trust_anchors = config.verification_trust_anchors;
    return std::make_unique<net::UnboundResolver>(io.get_executor(), options);
}

intake::Examiner make_examiner(boost::asio::io_context& io, boost::asio::any_io_executor workers,
                               const Config& config, const std::string& host_name, net::Resolver* resolver) {
    intake::Examiner::Options options;
    if (resolver != nullptr) {
        auto& verification = options.verification.emplace();
        verification.host_name = host_name;
        verification.trusted_sealers = config.verification_trusted_sealers;
        verification.upstream_ids = config.verification_trusted_results;
        verification.budget = config.verification_time_limit;
        verification.workers = std::move(workers);
    }
    options.scan_time = config.scanners_time_limit;
    options.scan_choices = {.spam = action_named(config.scanners_spam),
                            .refused = action_named(config.scanners_refused),
                            .virus = action_named(config.scanners_virus),
                            .listed = action_named(config.scanners_listed),
                            .defer_when_away = config.scanners_when_away == "defer"};
    std::vector<std::unique_ptr<policy::Scanner>> scanners;
    if (const auto server = net::parse_server_address(config.scanners_rspamd))
        scanners.push_back(
            std::make_unique<policy::Rspamd>(io.get_executor(), *server, config.scanners_rspamd_password));
    if (const auto server = net::parse_server_address(config.scanners_clamav))
        scanners.push_back(std::make_unique<policy::ClamAv>(io.get_executor(), *server));
    if (resolver != nullptr && !config.scanners_block_lists.empty())
        scanners.push_back(std::make_unique<policy::BlockLists>(*resolver, config.scanners_block_lists));
    return {std::move(options), resolver, std::move(scanners)};
}

store::Limits limits_of(const Config& config) {
    return {.tickets_per_hour = config.floods_tickets_per_hour,
            .reopenings_per_hour = config.floods_reopenings_per_hour,
            .answers_per_day = config.floods_answers_per_day,
            .answer_window = config.floods_answer_window};
}

}  // namespace program
