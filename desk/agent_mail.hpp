// What is done for agents who work from their own mail program: they are told of what is theirs, and what
// they answer is sent, under the names and the locks of the desk (desk/replies.hpp). docs/agents-by-mail.md
//
// Each task (store/agent_mails.hpp) goes in the transaction that does it: once, whoever ends in between, and
// however many daemons look. What can't be done is told to the agent, in place of it.
#pragma once

#include "store/agent_mails.hpp"
#include "store/settings.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace desk {

namespace asio = boost::asio;

struct AgentMailReport {
    std::size_t told = 0, obeyed = 0, refused = 0;  // notices; agents' mails
    std::size_t failed = 0;                         // are tried again
};

class AgentMailDesk {
  public:
    explicit AgentMailDesk(store::Pool& pool) : pool_(pool) {}

    // What is due, until nothing is. Throws store::Error: what was not done is due again a while later.
    asio::awaitable<AgentMailReport> run(std::shared_ptr<const store::Snapshot> settings);

  private:
    asio::awaitable<void> tell(store::AgentTask task, std::string problem, const store::Snapshot& settings,
                               AgentMailReport& report);
    asio::awaitable<void> obey(store::AgentTask task, const store::Snapshot& settings,
                               AgentMailReport& report);

    store::Pool& pool_;
};

}  // namespace desk
