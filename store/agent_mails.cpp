#include "store/agent_mails.hpp"

#include "store/statements.hpp"

#include <algorithm>

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

Query tell_assignee(std::int64_t workspace, const tickets::Uuid& ticket, std::int64_t agent) {
    return {&sql::tell_assignee, std::move(Params().integer(workspace).uuid(ticket).integer(agent))};
}

asio::awaitable<std::vector<AgentTask>> AgentMails::claim(std::int64_t most) {
    const auto results =
        co_await pool_.run(single(sql::claim_agent_mails, std::move(Params().integer(most))));
    std::vector<AgentTask> tasks;
    for (int i = 0; i < results[0].size(); ++i) {
        const Row row = results[0][i];
        tasks.push_back({row.integer(0),
                         row.uuid(1),
                         row.boolean(2),
                         row.uuid(3),
                         {row.integer(4), row.text(5), row.text(6)},
                         row.boolean(7),
                         row.maybe_uuid(8),
                         row.time(9)});
    }
    std::ranges::sort(tasks, {}, &AgentTask::since);
    co_return tasks;
}

asio::awaitable<std::optional<NoticeFacts>> AgentMails::facts(AgentTask task) {
    const auto results = co_await pool_.run(
        single(sql::notice_facts,
               std::move(Params().integer(task.workspace).uuid(task.ticket).maybe_uuid(task.interaction))));
    if (results[0].size() == 0) co_return std::nullopt;
    const Row row = results[0][0];
    NoticeFacts facts{row.text(0), row.text(1), row.integer(2), row.text(3), row.text(4), {}, {}};
    if (row.is_null(5)) co_return facts;
    facts.author = row.text(5);
    facts.author_name = row.text(6);
    facts.verified = row.boolean(7);
    facts.raw_size = row.integer(8);
    facts.answers = row.maybe_uuid(9);
    co_return facts;
}

asio::awaitable<bool> AgentMails::send(AgentTask task, NewNotice notice) {
    const auto results =
        co_await pool_.run(single(sql::send_notice, std::move(Params()
                                                                  .integer(task.workspace)
                                                                  .uuid(task.id)
                                                                  .uuid(notice.reply_address)
                                                                  .uuid(task.ticket)
                                                                  .integer(task.agent.id)
                                                                  .integer(notice.mailbox)
                                                                  .maybe_uuid(task.interaction)
                                                                  .text(task.agent.address)
                                                                  .bytes(std::move(notice.message))
                                                                  .text(notice.event)
                                                                  .maybe_uuid(notice.answers))));
    co_return results[0].affected() > 0;
}

asio::awaitable<void> AgentMails::drop(AgentTask task) {
    co_await pool_.run(
        single(sql::take_agent_mail, std::move(Params().integer(task.workspace).uuid(task.id))));
}

asio::awaitable<bool> AgentMails::take(DeskAction& action, tickets::Uuid task) {
    const auto taken =
        co_await action.ask(sql::take_agent_mail, std::move(Params().integer(action.workspace()).uuid(task)));
    co_return taken.size() > 0;
}

asio::awaitable<bool> AgentMails::set_notifies(std::string address, bool notifies) {
    const auto results =
        co_await pool_.run(single(sql::set_agent, std::move(Params().text(address).boolean(notifies))));
    co_return results[0].affected() > 0;
}

}  // namespace store
