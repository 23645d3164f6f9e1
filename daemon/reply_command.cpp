// `ticketgate ticket reply|open`.
#include "daemon/command_output.hpp"
#include "daemon/commands.hpp"
#include "daemon/input_file.hpp"
#include "daemon/ticket_act.hpp"
#include "desk/replies.hpp"

namespace program {
namespace {

namespace json = boost::json;

constexpr std::size_t max_text = 1024 * 1024;

// Files, and what is to be said. False: the reason stands on standard error.
bool read(const AgentsMailOptions& options, desk::AgentsMail& mail) {
    mail.agent = options.agent;
    mail.alias = options.alias;
    mail.template_name = options.text.template_name;
    mail.words.verbatim = options.text.verbatim;
    mail.cc = options.cc;
    mail.anyway = options.anyway;
    mail.dry_run = options.dry_run;
    const bool is_said = options.text.template_name || options.text.html;
    if (options.text.file || !is_said) {
        auto text = read_input(options.text.file.value_or("-"), max_text);
        if (!text) return false;
        mail.words.text = *std::move(text);
    }
    if (options.text.html) {
        auto html = read_input(*options.text.html, max_text);
        if (!html) return false;
        mail.words.html = *std::move(html);
    }
    for (const auto& [paths, shown] : {std::pair{&options.attach, false}, std::pair{&options.pictures, true}})
        for (const auto& path : *paths) {
            auto content = read_input(path, desk::max_mail_bytes);
            if (!content) return false;
            mail.files.push_back({file_name_of(path), *std::move(content), {}, shown});
        }
    return true;
}

int tell(DeskSession& session, const desk::Outcome<desk::Sent>& sent, bool dry_run, bool as_program) {
    if (!sent) return refuse(one_line(sent.error().text));
    for (const auto& warning : sent->warnings)
        std::cerr << "ticketgate: warning: " << one_line(warning) << '\n';
    if (dry_run) {
        std::cout << sent->mail;
        return 0;
    }
    if (!as_program) {
        std::cout << one_line(sent->text) << '\n';
        return 0;
    }
    json::object object{{"done", sent->text},
                        {"interaction", sent->interaction.str()},
                        {"recipients", texts_as_json(sent->recipients)},
                        {"warnings", texts_as_json(sent->warnings)}};
    add_ticket(session, sent->ticket, object);
    std::cout << json::serialize(object) << '\n';
    return 0;
}

// An address that is given, or none; false: it is no address.
bool read(const std::optional<std::string>& text, std::optional<mail::Mailbox>& mailbox) {
    if (!text) return true;
    mailbox = operators_address(*text);
    return mailbox.has_value();
}

}  // namespace

int run(const Config& config, const TicketReply& options) {
    desk::ReplyRequest request;
    request.ticket = ref(options);
    if (!read(options.sender, request.sender) || !read(options.mail, request)) return 2;
    request.to = options.to;
    request.quote = options.quote;
    request.status = options.mail.status;
    request.take = options.take;
    return with_desk(config, [&](DeskSession& session) {
        const auto sent = session.run(desk::Replies(session.pool()).reply(std::move(request)));
        return tell(session, sent, options.mail.dry_run, options.json);
    });
}

int run(const Config& config, const TicketOpen& options) {
    desk::OpenRequest request;
    request.workspace = options.workspace;
    if (!read(options.sender, request.sender) || !read(options.mail, request)) return 2;
    request.subject = options.subject;
    request.person = options.person;
    request.assignee = options.assignee;
    request.team = options.team;
    request.status = options.mail.status;
    return with_desk(config, [&](DeskSession& session) {
        const auto sent = session.run(desk::Replies(session.pool()).open(std::move(request)));
        return tell(session, sent, options.mail.dry_run, options.json);
    });
}

}  // namespace program
