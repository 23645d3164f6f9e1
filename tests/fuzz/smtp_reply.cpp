// A server that says anything (smtp/reply_reader, opening, sasl, transaction): the client's rules end in a
// bounded number of steps, with one result a recipient that can be shown and stored, and say nothing but
// whole commands. The first byte chooses the client's options, the second how the input is cut.
#include "smtp/opening.hpp"
#include "smtp/transaction.hpp"

#include "tests/fuzz/checks.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

namespace {

class Server {
  public:
    Server(std::string_view bytes, std::size_t cut) : rest_(bytes), cut_(1 + cut) {}

    // The next reply; nothing when there is none any more.
    std::optional<smtp::ServerReply> reply() {
        smtp::ReplyReader reader;
        std::size_t read = 0;
        while (!rest_.empty() && reader.state() == smtp::ReplyReader::State::more) {
            const std::size_t taken = reader.feed(rest_.substr(0, cut_));
            fuzz::check(taken > 0, "a reader that takes nothing");
            read += taken;
            rest_.remove_prefix(taken);
        }
        fuzz::check(read <= smtp::ReplyReader::max_reply + cut_, "more was read than a reply may have");
        if (reader.state() != smtp::ReplyReader::State::complete) return std::nullopt;
        smtp::ServerReply reply = reader.take();
        fuzz::check(reply.code >= 200 && reply.code <= 599, "a code that is none");
        fuzz::check(reply.text.size() <= smtp::ReplyReader::max_text + smtp::ReplyReader::max_lines,
                    "a text that is too long");
        return reply;
    }
    [[nodiscard]] bool more() const { return !rest_.empty(); }

  private:
    std::string_view rest_;
    std::size_t cut_;
};

void check_lines(std::string_view said, std::size_t lines) {
    fuzz::check(said.ends_with("\r\n"), "a command without an end");
    fuzz::check(static_cast<std::size_t>(std::count(said.begin(), said.end(), '\n')) == lines,
                "more than one line");
    fuzz::check(said.find('\0') == std::string_view::npos, "a NUL in a command");
}

void check_result(const smtp::RecipientResult& result) {
    fuzz::check_text(result.reply.text);
    fuzz::check(result.reply.text.size() <= 1000, "words that are too long");
    for (const char c : result.reply.text) fuzz::check(!mail::is_control(c), "a control character");
    fuzz::check(result.reply.status.size() <= 9, "a status that is none");
    fuzz::check(result.fate != smtp::Fate::sent || result.reply.code / 100 == 2, "sent without a yes");
    fuzz::check(result.fate != smtp::Fate::uncertain || result.phase == smtp::Phase::final_dot,
                "uncertain early");
    fuzz::check(result.fate != smtp::Fate::failed || result.reply.code == 0 || result.reply.code / 100 == 5,
                "failed without a no");
}

bool open(Server& server, smtp::Opening& opening, bool handshakes) {
    using Do = smtp::Opening::Step::Do;
    std::size_t steps = 0;
    for (smtp::Opening::Step step = opening.begin(); step.what != Do::ready && step.what != Do::fail;) {
        fuzz::check(++steps < 20, "an opening without end");
        if (step.what == Do::start_tls) {
            step = handshakes ? opening.on_tls() : opening.on_tls_failure("no");
            continue;
        }
        if (step.what == Do::send) check_lines(step.line, 1);
        const auto reply = server.reply();
        step = reply ? opening.on_reply(*reply, server.more()) : opening.on_loss("4.4.2", "gone");
    }
    if (!opening.outcome().ready) check_result(opening.outcome().failure);
    fuzz::check_text(opening.server_name());
    return opening.outcome().ready;
}

void deliver(Server& server, const smtp::Extensions& extensions, const smtp::OutgoingMail& mail,
             smtp::Transaction::Before& before) {
    using Next = smtp::Transaction::Next;
    smtp::Transaction transaction(mail, extensions, before);
    std::size_t steps = 0;
    bool content = false;
    for (Next next = transaction.next(); next != Next::over; next = transaction.next()) {
        fuzz::check(++steps < 40, "a mail without end");
        if (next == Next::send_commands) {
            const std::string commands = transaction.commands();
            check_lines(commands,
                        static_cast<std::size_t>(std::count(commands.begin(), commands.end(), '\n')));
            fuzz::check(extensions.pipelining || commands.find('\n') + 1 == commands.size(),
                        "unasked pipelining");
        } else if (next == Next::send_content || next == Next::send_dot) {
            content |= next == Next::send_content;
            transaction.ended();
        } else if (const auto reply = server.reply()) {
            transaction.on_reply(*reply);
        } else {
            transaction.on_loss("4.4.2", "gone");
        }
    }
    before = {true, transaction.dirty()};
    const smtp::DeliveryResult result = std::move(transaction).result();
    fuzz::check(result.recipients.size() == mail.recipients.size(), "a recipient without a result");
    for (const smtp::RecipientResult& each : result.recipients) {
        check_result(each);
        fuzz::check(content || (each.fate != smtp::Fate::sent && each.fate != smtp::Fate::uncertain),
                    "sent without a content");
    }
    if (!result.reusable) before.used = false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 2) return 0;
    const unsigned choice = bytes[0];
    smtp::ClientOptions options;
    options.host_name = "desk.ours.example";
    options.tls.use = static_cast<smtp::TlsUse>(choice % 5);
    options.tls.implicit = (choice & 8U) != 0;
    if ((choice & 16U) != 0) {
        options.credentials = smtp::Credentials{static_cast<smtp::Credentials::Mechanism>((choice >> 5U) % 5),
                                                "desk", "password", true};
    }
    Server server(fuzz::view(bytes + 2, size - 2), bytes[1]);
    smtp::Opening opening(options);
    if (!open(server, opening, (choice & 128U) == 0)) return 0;
    smtp::OutgoingMail mail;
    mail.reverse_path = "desk@ours.example";
    mail.recipients = {"a@other.example", "b@other.example", "c@other.example"};
    mail.content = std::make_shared<const std::string>("Subject: x\r\n\r\nbody\r\n");
    smtp::Transaction::Before before;
    do deliver(server, opening.extensions(), mail, before);
    while (before.used && server.more());
    return 0;
}
