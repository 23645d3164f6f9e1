#include "store/agent_mails.hpp"

#include "store/statements.hpp"

namespace store {
namespace {

Query about(const Statement& statement, const std::vector<MailForAgent>& mails) {
    std::vector<std::int64_t> workspaces;
    std::vector<tickets::Uuid> tickets, interactions;
    for (const auto& mail : mails) {
        workspaces.push_back(mail.workspace);
        tickets.push_back(mail.ticket);
        interactions.push_back(mail.interaction);
    }
    Query query{&statement, {}};
    query.params.integers(workspaces).uuids(tickets).uuids(interactions);
    return query;
}

}  // namespace

Query tell_assignees(const std::vector<MailForAgent>& mails) {
    return about(sql::tell_assignees, mails);
}

Query obey_agents(const std::vector<MailForAgent>& mails) {
    std::vector<std::int64_t> agents;
    for (const auto& mail : mails) agents.push_back(mail.agent);
    Query query = about(sql::obey_agents, mails);
    query.params.integers(agents);
    return query;
}

}  // namespace store
