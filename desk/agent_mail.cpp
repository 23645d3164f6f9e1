#include "desk/agent_mail.hpp"

#include "desk/agent_notice.hpp"
#include "desk/agent_words.hpp"
#include "desk/replies.hpp"
#include "desk/ticket_actions.hpp"
#include "mail/read.hpp"
#include "mail/text.hpp"
#include "store/kept_mail.hpp"

#include <fmt/format.h>

namespace desk {
namespace {

using store::Refusal;
using tickets::Uuid;

constexpr std::int64_t batch = 20;

asio::awaitable<std::optional<mail::Message>> read_mail(store::Pool& pool, store::AgentTask task,
                                                        std::int64_t raw_size) {
    if (!task.interaction) co_return std::nullopt;
    const auto kept = co_await store::KeptMailStore(pool).read(
        {store::MailKey{task.workspace, *task.interaction, raw_size}});
    if (kept.empty()) co_return std::nullopt;
    co_return mail::read_message(kept.front().raw);
}

std::vector<File> files_of(const mail::Message& message) {
    std::vector<File> files;
    for (const auto& attachment : message.attachments)
        // A picture in it is the logo of a footer; a signature (RFC 1847) is of a mail that stays here.
        if (!attachment.is_inline && !attachment.type.ends_with("-signature"))
            files.push_back({attachment.name, attachment.content, attachment.type});
    return files;
}

// What is kept of a note, and where its files are.
std::string note_of(std::string_view text, std::size_t files, const Uuid& mail) {
    std::string where;
    if (files > 0)
        where = fmt::format("{}{} with the mail: ticketgate attachment save {}", text.empty() ? "" : "\n\n",
                            files == 1 ? "1 file stays" : fmt::format("{} files stay", files), mail.str());
    return std::string(mail::cut_utf8(text, longest_note - where.size())) + where;
}

}  // namespace

asio::awaitable<void> AgentMailDesk::tell(store::AgentTask task, std::string problem,
                                          const store::Snapshot& settings, AgentMailReport& report) {
    store::AgentMails tasks(pool_);
    const auto facts = co_await tasks.facts(task);
    std::optional<mail::Message> mail;
    if (facts && problem.empty()) mail = co_await read_mail(pool_, task, facts->raw_size);
    if (facts) {
        auto notice = agent_notice(task, *facts, mail, problem, settings, std::chrono::system_clock::now());
        if (notice) {
            if (co_await tasks.send(task, *std::move(notice))) ++report.told;
            co_return;
        }
    }
    co_await tasks.drop(task);  // there is nobody to write as, or to
}

asio::awaitable<void> AgentMailDesk::obey(store::AgentTask task, const store::Snapshot& settings,
                                          AgentMailReport& report) {
    const auto facts = co_await store::AgentMails(pool_).facts(task);
    const auto mail = facts ? co_await read_mail(pool_, task, facts->raw_size) : std::nullopt;
    auto files = mail ? files_of(*mail) : std::vector<File>{};
    const AgentsWords words = read_agents_words(mail ? mail->reply_text : "", !files.empty());
    std::string problem = words.problem;
    std::optional<store::AgentInfo> assignee;
    if (problem.empty() && words.assignee && *words.assignee != "none") {
        const auto found = co_await find_agent(pool_, *words.assignee);
        if (found)
            assignee = *found;
        else
            problem = found.error().text;
    }
    bool taken_before = false;
    // In the transaction that sends: the task goes with it.
    const auto along = [&](store::DeskAction& action,
                           store::TicketKey key) -> asio::awaitable<std::optional<Refusal>> {
        taken_before = !co_await store::AgentMails::take(action, task.id);
        if (taken_before) co_return Refusal{"somebody else has done it"};
        if (assignee && assignee->id != task.agent.id)
            action.write({store::tell_assignee(key.workspace, key.ticket, assignee->id)});
        if (words.assignee) action.assign(key.ticket, assignee ? std::optional(assignee->id) : std::nullopt);
        co_return std::nullopt;
    };
    const TicketRef ref{task.ticket.str(), std::nullopt};
    if (problem.empty() && !words.note && !(words.text.empty() && files.empty())) {
        ReplyRequest request;
        request.agent = task.agent.address;
        request.words = {.text = words.text, .html = "", .verbatim = true};
        request.files = std::move(files);
        request.along = along;
        request.ticket = ref;
        request.unwatched = true;
        request.answers = facts->answers;
        if (words.status) request.status = *words.status;
        const auto sent = co_await Replies(pool_).reply(std::move(request));
        if (!sent) problem = sent.error().text;
    } else if (problem.empty()) {
        const auto work = [&](store::DeskAction& action,
                              const auto& keys) -> asio::awaitable<Outcome<std::monostate>> {
            if (words.note) {
                const auto now = std::chrono::system_clock::now();
                action.note(keys[0].ticket, {Uuid::make(now), task.agent.id,
                                             note_of(words.text, files.size(), *task.interaction), "", now});
            }
            if (words.status) action.set_status(keys[0].ticket, *words.status);
            if (auto refusal = co_await along(action, keys[0])) co_return *refusal;
            co_return std::monostate{};
        };
        const auto done = co_await act<std::monostate>(pool_, {ref}, work);
        if (!done) problem = done.error().text;
    }
    if (taken_before) co_return;
    if (problem.empty()) {
        ++report.obeyed;
        co_return;
    }
    ++report.refused;
    co_await tell(task, problem, settings, report);
}

asio::awaitable<AgentMailReport> AgentMailDesk::run(std::shared_ptr<const store::Snapshot> settings) {
    AgentMailReport report;
    store::AgentMails tasks(pool_);
    for (;;) {
        const auto due = co_await tasks.claim(batch);
        for (const auto& task : due) try {
                if (!task.is_there)
                    co_await tasks.drop(task);
                else if (task.said)
                    co_await obey(task, *settings, report);
                else
                    co_await tell(task, "", *settings, report);
            } catch (const store::Error& error) {
                // One whose data the database refuses must not hold up the others.
                if (error.kind() != store::Error::Kind::data) throw;
                ++report.failed;
            }
        if (due.size() < static_cast<std::size_t>(batch)) co_return report;
    }
}

}  // namespace desk
