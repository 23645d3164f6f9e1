// `ticketgate queue list|show|retry|cancel|hold|release`.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/desk_session.hpp"
#include "daemon/terminal_text.hpp"
#include "store/desk_store.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <iostream>

namespace program {
namespace {

namespace json = boost::json;
using store::DeliveryInfo;
using store::DeliveryVerb;

constexpr std::int64_t all_of_them = 1'000'000;

json::value or_null(const std::optional<std::int64_t>& number) {
    return number ? json::value(*number) : json::value();
}
json::value or_null(const std::optional<store::Timestamp>& time) {
    return time ? json::value(rfc3339(*time)) : json::value();
}

json::object as_json(const DeliveryInfo& delivery) {
    return {{"id", delivery.id.str()},
            {"workspace", delivery.workspace},
            {"ticket", program::or_null(delivery.ticket)},
            {"interaction", delivery.interaction ? json::value(delivery.interaction->str()) : json::value()},
            {"kind", delivery.kind ? json::value(*delivery.kind) : json::value("reply")},
            {"recipient", delivery.recipient},
            {"destination", delivery.destination},
            {"email_sender", delivery.email_sender},
            {"state", delivery.state},
            {"attempts", delivery.attempts},
            {"queued", rfc3339(delivery.queued_at)},
            {"next_attempt", or_null(delivery.next_attempt)},
            {"finished", or_null(delivery.finished_at)},
            {"code", or_null(delivery.code)},
            {"status", or_null_if_empty(delivery.status)},
            {"reply", or_null_if_empty(delivery.reply)}};
}

json::object as_json(const store::AttemptInfo& attempt) {
    return {{"attempt", attempt.attempt},
            {"began", rfc3339(attempt.began_at)},
            {"ended", rfc3339(attempt.ended_at)},
            {"result", attempt.result},
            {"phase", or_null_if_empty(attempt.phase)},
            {"server", or_null_if_empty(attempt.server)},
            {"address", or_null_if_empty(attempt.address)},
            {"tls_version", or_null_if_empty(attempt.tls_version)},
            {"tls_cipher", or_null_if_empty(attempt.tls_cipher)},
            {"tls_policy", or_null_if_empty(attempt.tls_policy)},
            {"code", or_null(attempt.code)},
            {"status", or_null_if_empty(attempt.status)},
            {"reply", or_null_if_empty(attempt.reply)}};
}

// `550 5.1.1 no such user`, or what there is of it.
std::string said(const std::optional<std::int64_t>& code, const std::string& status,
                 const std::string& reply) {
    std::string text = code ? std::to_string(*code) : "";
    for (const auto& part : {status, reply})
        if (!part.empty()) text += (text.empty() ? "" : " ") + one_line(part);
    return text;
}

std::string line_of(const DeliveryInfo& delivery) {
    const std::string ticket = delivery.ticket ? "#" + *delivery.ticket : delivery.kind.value_or("");
    return fmt::format("{}  {:<9}  {}  {:<9}  {}  {}", delivery.id.str(), delivery.state,
                       rfc3339(delivery.queued_at), ticket, one_line(delivery.recipient),
                       said(delivery.code, delivery.status, delivery.reply));
}

void print(const DeliveryInfo& delivery, const std::vector<store::AttemptInfo>& attempts) {
    std::cout << fmt::format(
        "{}\n\n  Delivery      {}\n  Workspace     {}\n  Ticket        {}\n  From          {}\n"
        "  State         {}\n  Queued        {}\n",
        one_line(delivery.recipient), delivery.id.str(), delivery.workspace,
        delivery.ticket ? "#" + *delivery.ticket : "none", one_line(delivery.email_sender), delivery.state,
        rfc3339(delivery.queued_at));
    if (delivery.finished_at)
        std::cout << "  Ended         " << rfc3339(*delivery.finished_at) << '\n';
    else if (delivery.state != "held" && delivery.state != "sending")
        std::cout << "  Next attempt  "
                  << (delivery.next_attempt ? rfc3339(*delivery.next_attempt)
                                            : "by hand: ticketgate queue retry")
                  << '\n';
    std::cout << "  Last words    " << said(delivery.code, delivery.status, delivery.reply) << '\n';
    for (const auto& attempt : attempts) {
        std::cout << fmt::format("\n  {:>3}. {}  {}{}\n", attempt.attempt, rfc3339(attempt.ended_at),
                                 attempt.result, attempt.phase.empty() ? "" : " at " + attempt.phase);
        if (!attempt.server.empty())
            std::cout << fmt::format(
                "       {} [{}]  {}\n", one_line(attempt.server), one_line(attempt.address),
                attempt.tls_version.empty()
                    ? "no TLS"
                    : attempt.tls_version + " " + attempt.tls_cipher + ", " + attempt.tls_policy);
        std::cout << "       " << said(attempt.code, attempt.status, attempt.reply) << '\n';
    }
}

std::optional<std::vector<tickets::Uuid>> ids_of(const std::vector<std::string>& texts) {
    std::vector<tickets::Uuid> ids;
    for (const auto& text : texts) {
        const auto id = tickets::Uuid::parse(text);
        if (!id) {
            refuse(one_line(text) + " is no id of a delivery; see: ticketgate queue list");
            return std::nullopt;
        }
        ids.push_back(*id);
    }
    return ids;
}

// A filter for what the options select; none, with the reason on standard error, where there is no such
// ticket.
std::optional<store::DeliveryFilter> selection(DeskSession& session, const auto& options) {
    store::DeliveryFilter filter{.workspace = options.workspace, .destination = options.destination};
    if (!options.ticket) return filter;
    const auto tickets = session.run(store::find_tickets(session.pool(), *options.ticket, options.workspace));
    if (tickets.size() != 1) {
        refuse(tickets.empty() ? "there is no ticket " + one_line(*options.ticket)
                               : "several workspaces have a ticket " + one_line(*options.ticket) +
                                     "; name one with --workspace");
        return std::nullopt;
    }
    filter.ticket = tickets.front().ticket;
    return filter;
}

std::string_view done_to(DeliveryVerb verb) {
    switch (verb) {
        case DeliveryVerb::retry:
            return "is tried again now";
        case DeliveryVerb::cancel:
            return "is cancelled";
        case DeliveryVerb::hold:
            return "is held";
        case DeliveryVerb::release:
            break;
    }
    return "is released";
}

// What a verb is for, where the deliveries are not named.
std::vector<std::string> states_for(DeliveryVerb verb, bool of_ticket) {
    switch (verb) {
        case DeliveryVerb::retry:
            if (of_ticket)
                return {"queued", "deferred", "uncertain", "held", "failed", "bounced", "cancelled"};
            return {"queued", "deferred", "uncertain"};
        case DeliveryVerb::cancel:
            return {"queued", "deferred", "uncertain", "held"};
        case DeliveryVerb::hold:
            return {"queued", "deferred", "uncertain"};
        case DeliveryVerb::release:
            break;
    }
    return {"held"};
}

}  // namespace

int run(const Config& config, const QueueList& options) {
    return with_desk(config, [&](DeskSession& session) {
        auto filter = selection(session, options);
        if (!filter) return 2;
        filter->states = !options.states.empty() ? options.states
                         : options.ticket        ? store::delivery_states()
                                                 : store::unfinished_deliveries();
        filter->limit = options.limit;
        json::array array;
        for (const auto& delivery : session.run(store::DeliveryDesk(session.pool()).list(*filter))) {
            if (options.json)
                array.push_back(as_json(delivery));
            else
                std::cout << line_of(delivery) << '\n';
        }
        if (options.json) std::cout << json::serialize(array) << '\n';
        return 0;
    });
}

int run(const Config& config, const QueueShow& options) {
    const auto ids = ids_of({options.id});
    if (!ids) return 2;
    return with_desk(config, [&](DeskSession& session) {
        store::DeliveryDesk desk(session.pool());
        const auto found = session.run(desk.list({.ids = *ids, .states = store::delivery_states()}));
        if (found.empty()) return refuse("there is no delivery " + one_line(options.id));
        const auto attempts = session.run(desk.attempts(found.front().workspace_id, found.front().id));
        if (!options.json) {
            print(found.front(), attempts);
            return 0;
        }
        json::object object = as_json(found.front());
        json::array& each = object["history"].emplace_array();
        for (const auto& attempt : attempts) each.push_back(as_json(attempt));
        std::cout << json::serialize(object) << '\n';
        return 0;
    });
}

int run(const Config& config, const QueueChange& options) {
    const auto ids = ids_of(options.ids);
    if (!ids) return 2;
    if (ids->empty() && !options.ticket && !options.destination && !options.workspace)
        return refuse("name deliveries, or a --ticket, --destination or --workspace");
    return with_desk(config, [&](DeskSession& session) {
        auto filter = selection(session, options);
        if (!filter) return 2;
        filter->limit = all_of_them;
        filter->states = states_for(options.verb, options.ticket.has_value());
        if (!ids->empty()) {
            filter->ids = *ids;
            filter->states = store::delivery_states();
        }
        store::DeliveryDesk desk(session.pool());
        const auto found = session.run(desk.list(*filter));
        const auto changed = session.run(desk.change(options.verb, found));
        json::array array;
        int status = 0;
        for (const auto& delivery : found) {
            const bool done = std::ranges::find(changed, delivery.id) != changed.end();
            if (done && options.json) array.push_back(json::value(delivery.id.str()));
            if (done && !options.json) std::cout << delivery.id.str() << ' ' << done_to(options.verb) << '\n';
            if (!done) status = refuse(delivery.id.str() + " stays as it is: " + delivery.state);
        }
        for (const auto& id : *ids)
            if (std::ranges::find(found, id, &DeliveryInfo::id) == found.end())
                status = refuse("there is no delivery " + id.str());
        if (options.json) std::cout << json::serialize(array) << '\n';
        return status;
    });
}

}  // namespace program
