// Every script of tests/dialogs/: against the rules in memory, cut off after every line, and for those
// that say so over TCP and TLS. tests/support/dialog.hpp documents the scripts.
#include "tests/support/dialog.hpp"

#include "tests/support/memory_server.hpp"
#include "tests/support/smtp_client.hpp"
#include "tests/support/test_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>

using test::Dialog;
using test::DialogStep;
using Kind = test::DialogStep::Kind;

namespace {

smtp::RuleOptions rule_options(const Dialog& dialog) {
    smtp::RuleOptions options{"mx.ours.example", dialog.max_message_size, dialog.max_recipients,
                              dialog.max_errors, true};
    options.may_name_client = dialog.trusted || dialog.lmtp;
    options.lmtp = dialog.lmtp;
    return options;
}

smtp::Options server_options(const Dialog& dialog) {
    smtp::Options options;
    options.content.max_size = dialog.max_message_size;
    options.content.bare_newlines = dialog.bare_newlines;
    options.max_recipients = dialog.max_recipients;
    options.max_errors = dialog.max_errors;
    if (dialog.trusted && !options.xclient_networks.add("127.0.0.0/8")) throw std::logic_error("no network");
    return options;
}

void check(const DialogStep& step, const std::vector<smtp::ReceivedMessage>& stored) {
    SCOPED_TRACE("line " + std::to_string(step.line));
    std::string what = step.text.substr(0, step.text.find(' '));
    std::string value = what.size() < step.text.size() ? step.text.substr(what.size() + 1) : "";
    if (what == "stored") {
        EXPECT_EQ(std::to_string(stored.size()), value);
        return;
    }
    ASSERT_FALSE(stored.empty());
    const smtp::ReceivedMessage& last = stored.back();
    if (what == "content")
        EXPECT_EQ(last.raw, test::unescape(value));
    else if (what == "contains")
        EXPECT_NE(last.raw.find(test::unescape(value)), std::string::npos) << last.raw;
    else if (what == "recipients")
        EXPECT_EQ(std::to_string(last.recipients.size()), value);
    else if (what == "from")
        EXPECT_EQ(last.reverse_path, value);
    else if (what == "client")
        EXPECT_EQ(last.client_address, value);
    else if (what == "helo")
        EXPECT_EQ(last.helo, value);
    else if (what == "objection")
        EXPECT_EQ(last.objection, value);
    else
        FAIL() << "unknown check " << what;
}

bool expects_reply(const DialogStep& step) {
    return step.kind == Kind::exact || step.kind == Kind::like || step.kind == Kind::containing;
}

void run_in_memory(const Dialog& dialog, test::FakeSink& sink) {
    test::MemoryServer server(rule_options(dialog), sink, dialog.bare_newlines);
    bool closes = false;
    for (const DialogStep& step : dialog.steps) {
        if (step.kind == Kind::send) server.feed(step.text);
        if (step.kind == Kind::closed) {
            closes = true;
            EXPECT_TRUE(server.closed()) << "line " << step.line;
        }
        if (step.kind == Kind::check) check(step, sink.stored());
        if (step.kind == Kind::handshake) {
            ASSERT_TRUE(server.awaits_handshake()) << "line " << step.line;
            server.shake_hands();
        }
        if (!expects_reply(step)) continue;
        ASSERT_FALSE(server.replies.empty()) << "line " << step.line << ": no reply, expected " << step.text;
        EXPECT_EQ(test::mismatch(step, server.replies.front()), "");
        server.replies.pop_front();
    }
    EXPECT_EQ(server.closed(), closes);
    ASSERT_TRUE(server.replies.empty()) << "nobody expected " << server.replies.front();
    if (closes) return;
    server.feed("NOOP\r\n");
    ASSERT_EQ(server.replies.size(), 1U);
    EXPECT_EQ(server.replies.front(), "250 2.0.0 Ok\r\n");
}

void run_over(test::SmtpClient& client, const Dialog& dialog, const test::FakeSink& sink) {
    bool closes = false;
    for (const DialogStep& step : dialog.steps) {
        if (step.kind == Kind::send) client.send(step.text);
        if (step.kind == Kind::closed) {
            closes = true;
            EXPECT_EQ(client.reply(), "") << "line " << step.line;
        }
        if (step.kind == Kind::check) check(step, sink.stored());
        if (step.kind == Kind::handshake) {
            ASSERT_TRUE(client.start_tls()) << "line " << step.line;
        }
        if (expects_reply(step)) {
            ASSERT_EQ(test::mismatch(step, client.reply()), "");
        }
    }
    if (!closes) {
        EXPECT_EQ(client.ask("NOOP"), "250 2.0.0 Ok\r\n");
    }
}

void run_over_server(const smtp::Options& options, const Dialog& dialog, std::string_view header = "") {
    test::TestServer server(options);
    test::SmtpClient client(server.port);
    client.send(header);
    run_over(client, dialog, server.sink);
}

// What was stored in a run that was cut off must be the first of what a whole run stores, each whole.
void expect_first_of(const std::vector<smtp::ReceivedMessage>& stored,
                     const std::vector<smtp::ReceivedMessage>& all) {
    ASSERT_LE(stored.size(), all.size());
    for (std::size_t i = 0; i < stored.size(); ++i) {
        EXPECT_EQ(stored[i].raw, all[i].raw);
        EXPECT_EQ(stored[i].recipients.size(), all[i].recipients.size());
    }
}

class DialogInMemory : public testing::TestWithParam<std::string> {};
class DialogOverTcp : public testing::TestWithParam<std::string> {};
class DialogOverTls : public testing::TestWithParam<std::string> {};

TEST_P(DialogInMemory, holds) {
    Dialog dialog = test::read_dialog(GetParam());
    test::FakeSink sink;
    sink.answers = dialog.answers;
    run_in_memory(dialog, sink);
}

TEST_P(DialogInMemory, cut_off_anywhere_stores_no_half_message) {
    Dialog dialog = test::read_dialog(GetParam());
    test::FakeSink whole;
    whole.answers = dialog.answers;
    run_in_memory(dialog, whole);
    auto sends = [](const DialogStep& step) { return step.kind == Kind::send; };
    for (std::size_t last = 0; last < dialog.steps.size(); ++last) {
        if (!sends(dialog.steps[last])) continue;
        const std::string& bytes = dialog.steps[last].text;
        // After the line, and within it: everywhere in what is short, at a hundred places in what is long.
        for (std::size_t cut = bytes.size(); cut > 0; cut -= std::min(cut, bytes.size() / 100 + 1)) {
            test::FakeSink sink;
            sink.answers = dialog.answers;
            test::MemoryServer server(rule_options(dialog), sink, dialog.bare_newlines);
            for (std::size_t i = 0; i < last; ++i) {
                if (sends(dialog.steps[i])) server.feed(dialog.steps[i].text);
                if (dialog.steps[i].kind == Kind::handshake) server.shake_hands();
            }
            server.feed(std::string_view(bytes).substr(0, cut));
            expect_first_of(sink.stored(), whole.stored());
        }
    }
}

TEST_P(DialogOverTcp, holds) {
    Dialog dialog = test::read_dialog(GetParam());
    test::TestServer server(server_options(dialog));
    server.sink.answers = dialog.answers;
    test::SmtpClient client(dialog.lmtp ? server.lmtp_port : server.port);
    run_over(client, dialog, server.sink);
}

TEST_P(DialogOverTcp, cut_off_after_each_line_stores_no_half_message) {
    Dialog dialog = test::read_dialog(GetParam());
    test::FakeSink whole;
    whole.answers = dialog.answers;
    run_in_memory(dialog, whole);
    std::size_t sessions = 0;
    test::TestServer server(server_options(dialog));
    for (std::size_t last = 0; last < dialog.steps.size(); ++last) {
        if (dialog.steps[last].kind != Kind::send) continue;
        std::size_t before = server.sink.stored().size();
        server.run([&] { server.sink.answers = dialog.answers; });
        {
            test::SmtpClient client(dialog.lmtp ? server.lmtp_port : server.port);
            for (std::size_t i = 0; i <= last; ++i) {
                if (dialog.steps[i].kind == Kind::send) client.send(dialog.steps[i].text);
                if (dialog.steps[i].kind == Kind::handshake) {
                    ASSERT_TRUE(client.start_tls());
                }
                if (i < last && expects_reply(dialog.steps[i])) (void)client.reply();
            }
        }
        ASSERT_TRUE(server.probe.wait_for("closed", ++sessions));
        auto stored = server.sink.stored();
        stored.erase(stored.begin(), stored.begin() + static_cast<std::ptrdiff_t>(before));
        expect_first_of(stored, whole.stored());
    }
}

TEST_P(DialogOverTls, holds_behind_starttls) {
    Dialog dialog = test::read_dialog(GetParam());
    test::TestServer server(server_options(dialog));
    server.sink.answers = dialog.answers;
    test::SmtpClient client(server.port);
    std::string greeting = client.reply();
    client.ask("EHLO client.example");
    client.ask("STARTTLS");
    ASSERT_TRUE(client.start_tls());
    client.unread = greeting;  // the script waits for it
    run_over(client, dialog, server.sink);
}

TEST_P(DialogOverTls, holds_with_implicit_tls) {
    Dialog dialog = test::read_dialog(GetParam());
    test::TestServer server(server_options(dialog));
    server.sink.answers = dialog.answers;
    test::SmtpClient client(server.tls_port);
    ASSERT_TRUE(client.start_tls());
    run_over(client, dialog, server.sink);
}

// A01 to A14 once more: what differs is only what becomes of the message.
std::vector<std::string> smuggling() {
    std::vector<std::string> all = test::dialog_names();
    std::erase_if(all, [](const std::string& name) { return name < "A01" || name >= "A15"; });
    return all;
}

class Smuggling : public testing::TestWithParam<std::string> {};

TEST_P(Smuggling, A01_to_A14_are_refused_once_where_bare_newlines_are) {
    Dialog dialog = test::read_dialog(GetParam());
    for (DialogStep& step : dialog.steps)
        if (step.text.starts_with("250 2.0.0 Accepted"))
            step.text = "550 5.5.2 bare <CR> or <LF> in the message";
    std::erase_if(dialog.steps, [](const DialogStep& step) { return step.kind == Kind::check; });
    smtp::Options options;
    options.content.bare_newlines = smtp::BareNewlines::reject;
    // These two have no bare CR or LF: the NUL stands before or behind a dot.
    if (GetParam().starts_with("A09") || GetParam().starts_with("A11"))
        return run_over_server(options, test::read_dialog(GetParam()));
    run_over_server(options, dialog);
}

// A relay of ours that passes on what it was sent is no better a judge of line ends (Postfix 2026-08-16).
TEST_P(Smuggling, A25_a_trusted_client_is_read_like_any_other) {
    smtp::Options options;
    ASSERT_TRUE(options.exempt_networks.add("127.0.0.0/8"));
    run_over_server(options, test::read_dialog(GetParam()));
}

TEST_P(Smuggling, A25_a_client_behind_a_proxy_is_read_like_any_other) {
    smtp::Options options;
    ASSERT_TRUE(options.proxy_networks.add("127.0.0.0/8"));
    run_over_server(options, test::read_dialog(GetParam()), "PROXY TCP4 192.0.2.7 10.0.0.1 12345 25\r\n");
}

TEST_P(Smuggling, A25_a_client_that_a_relay_names_is_read_like_any_other) {
    Dialog dialog = test::read_dialog(GetParam());
    dialog.trusted = true;
    for (const char* naming : {"XCLIENT ADDR=192.0.2.7", "XFORWARD ADDR=192.0.2.7 HELO=client.example"}) {
        test::TestServer server(server_options(dialog));
        test::SmtpClient client(server.port);
        (void)client.reply();
        const std::string heard = client.ask(naming);
        EXPECT_EQ(heard.substr(0, 2), naming[1] == 'C' ? "22" : "25");
        client.unread = "220 greeting\r\n";  // the script waits for it
        run_over(client, dialog, server.sink);
    }
}

std::vector<std::string> names(bool Dialog::*over) {
    std::vector<std::string> all = test::dialog_names();
    if (over) std::erase_if(all, [&](const std::string& name) { return !(test::read_dialog(name).*over); });
    return all;
}

auto test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(all, DialogInMemory, testing::ValuesIn(names(nullptr)), test_name);
INSTANTIATE_TEST_SUITE_P(all, Smuggling, testing::ValuesIn(smuggling()), test_name);
INSTANTIATE_TEST_SUITE_P(some, DialogOverTcp, testing::ValuesIn(names(&Dialog::over_plain)), test_name);
INSTANTIATE_TEST_SUITE_P(some, DialogOverTls, testing::ValuesIn(names(&Dialog::over_tls)), test_name);

}  // namespace
