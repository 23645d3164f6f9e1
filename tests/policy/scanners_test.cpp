// What scanners say, and what the operator's choices make of it; scripted servers stand for the daemons (the
// real ones are in tests/e2e/scanners.py).
#include "policy/block_lists.hpp"
#include "policy/clamav.hpp"
#include "policy/rspamd.hpp"

#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <thread>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using policy::Action;
using policy::Found;
using policy::Scan;

// Takes one connection on a thread of its own, reads until `enough` has come, writes, and closes.
class ScriptedServer {
  public:
    ScriptedServer(std::string enough, std::string answer)
        : acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          thread_([this, enough = std::move(enough), answer = std::move(answer)] {
              boost::system::error_code error;
              tcp::socket socket(context_);
              acceptor_.accept(socket, error);
              std::array<char, 4096> buffer{};
              while (!error && received.find(enough) == std::string::npos)
                  received.append(buffer.data(), socket.read_some(asio::buffer(buffer), error));
              asio::write(socket, asio::buffer(answer), error);
              while (answer.empty() && !error) socket.read_some(asio::buffer(buffer), error);  // it leaves
          }) {}
    ~ScriptedServer() {
        if (thread_.joinable()) thread_.join();
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] net::ServerAddress address() const {
        return {"127.0.0.1", acceptor_.local_endpoint().port(), {}};
    }
    const std::string& request() {
        thread_.join();
        return received;
    }

  private:
    asio::io_context context_;
    tcp::acceptor acceptor_;
    std::string received;
    std::thread thread_;
};

const policy::ScanRequest request{.raw = "Subject: hello\r\n\r\nworld\r\n",
                                  .client_address = "192.0.2.7",
                                  .helo = "client.example",
                                  .reverse_path = "ann@client.example",
                                  .recipients = {"help@desk.example", "sales@desk.example"},
                                  .id = "s1"};

// One scan, by a scanner that is made on the context that runs it.
template <typename Make>
Scan scan_by(Make make, std::chrono::milliseconds time = std::chrono::seconds(5)) {
    asio::io_context context(1);
    auto scanner = make(context.get_executor());
    auto result = asio::co_spawn(context, scanner.scan(request, test::soon(time)), asio::use_future);
    context.run();
    return result.get().at(0);
}
Scan rspamd(const net::ServerAddress& server, std::chrono::milliseconds time = std::chrono::seconds(5)) {
    return scan_by([&](auto executor) { return policy::Rspamd(executor, server); }, time);
}
Scan clamav(const net::ServerAddress& server, std::chrono::milliseconds time = std::chrono::seconds(5)) {
    return scan_by([&](auto executor) { return policy::ClamAv(executor, server); }, time);
}

std::string http(const std::string& body, const std::string& status = "200 OK") {
    return "HTTP/1.1 " + status +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

TEST(Rspamd, its_actions) {
    const std::pair<const char*, Found> actions[] = {
        {"no action", Found::nothing},  {"greylist", Found::defer}, {"soft reject", Found::defer},
        {"add header", Found::spam},    {"reject", Found::refuse},  {"rewrite subject", Found::spam},
        {"something new", Found::away},
    };
    for (const auto& [action, found] : actions) {
        const Scan scan = policy::read_rspamd(R"({"action":")" + std::string(action) + R"("})");
        EXPECT_EQ(policy::name(scan.found), policy::name(found)) << action;
    }
}

TEST(Rspamd, score_symbols_and_words) {
    const Scan scan = policy::read_rspamd(
        R"({"action":"reject","score":15.5,"required_score":15,"messages":{"smtp_message":"Gtube pattern"},)"
        R"("symbols":{"GTUBE":{"name":"GTUBE","score":10.0},"ARC_NA":{"score":0.0},"odd":7}})");
    EXPECT_EQ(scan.score, 15.5);
    EXPECT_EQ(scan.required, 15.0);
    EXPECT_EQ(scan.words, "Gtube pattern");
    EXPECT_EQ(scan.symbols, (std::vector<std::string>{"ARC_NA(0.00)", "GTUBE(10.00)", "odd(0.00)"}));
}

TEST(Rspamd, what_is_no_answer_is_away) {
    for (const char* const text : {"", "[]", "{}", "{\"action\":7}", "not json", "{\"action\":\"reject\"",
                                   R"({"error":"cannot parse"})"})
        EXPECT_EQ(policy::read_rspamd(text).found, Found::away) << text;
    EXPECT_EQ(policy::read_rspamd(std::string(1000, '[')).found, Found::away);
    EXPECT_EQ(policy::read_rspamd(R"({"error":"cannot parse"})").why, "cannot parse");
}

TEST(Rspamd, is_told_of_the_envelope) {
    ScriptedServer server("world\r\n", http(R"({"action":"add header","score":7})"));
    const Scan scan = rspamd(server.address());
    EXPECT_EQ(policy::name(scan.found), "spam") << scan.why;
    EXPECT_EQ(server.request(),
              "POST /checkv2 HTTP/1.1\r\nHost: rspamd\r\nConnection: close\r\nContent-Length: 25\r\n"
              "IP: 192.0.2.7\r\nHelo: client.example\r\nFrom: ann@client.example\r\n"
              "Rcpt: help@desk.example\r\nRcpt: sales@desk.example\r\nQueue-Id: s1\r\n\r\n"
              "Subject: hello\r\n\r\nworld\r\n");
}

TEST(Rspamd, a_stranger_can_not_write_a_field_of_the_request) {
    const std::string head =
        policy::rspamd_request({.raw = "", .helo = "x\r\nPassword: secret", .reverse_path = ""}, "mine");
    EXPECT_NE(head.find("\r\nHelo: x??Password: secret\r\n"), std::string::npos) << head;
    EXPECT_NE(head.find("\r\nFrom: <>\r\n"), std::string::npos) << head;
    EXPECT_NE(head.find("\r\nPassword: mine\r\n\r\n"), std::string::npos) << head;
}

TEST(Rspamd, is_away_when_it_does_not_answer_well) {
    const auto with = [](const std::string& answer) {
        ScriptedServer server("world\r\n", answer);
        return rspamd(server.address(), std::chrono::milliseconds(300));
    };
    EXPECT_EQ(with("").why, "no answer in time");
    EXPECT_EQ(with(http("{}", "500 Internal Server Error")).why, "it answers 500");
    EXPECT_EQ(with("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{").why, "the answer was cut off");
    EXPECT_EQ(with("220 mail.example ESMTP\r\n").found, Found::away);
    EXPECT_EQ(with("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n").found, Found::away);
    EXPECT_EQ(rspamd({"127.0.0.1", 1, {}}).why, "no connection");
}

TEST(ClamAv, its_lines) {
    EXPECT_EQ(policy::read_clamav("stream: OK").found, Found::nothing);
    const Scan scan = policy::read_clamav("stream: Win.Test.EICAR_HDB-1 FOUND");
    EXPECT_EQ(scan.found, Found::virus);
    EXPECT_EQ(scan.symbols, std::vector<std::string>{"Win.Test.EICAR_HDB-1"});
    for (const char* const line :
         {"", "stream:  FOUND", "INSTREAM size limit exceeded. ERROR", "OK", "UNKNOWN COMMAND"})
        EXPECT_EQ(policy::read_clamav(line).found, Found::away) << line;
}

// What ends the mail. Four zeros alone stand at its beginning too: the command's own, and three of the
// length.
const std::string end_of_stream = "world\r\n" + std::string(4, '\0');

TEST(ClamAv, gets_the_mail_in_pieces_behind_their_length) {
    ScriptedServer server(end_of_stream, std::string("stream: OK\0", 11));
    const Scan scan = clamav(server.address());
    EXPECT_EQ(policy::name(scan.found), "nothing") << scan.why;
    EXPECT_EQ(server.request(), std::string("zINSTREAM\0\0\0\0\x19", 14) + std::string(request.raw) +
                                    std::string("\0\0\0\0", 4));
}

TEST(ClamAv, is_away_when_it_does_not_answer) {
    ScriptedServer server(end_of_stream, "");
    EXPECT_EQ(clamav(server.address(), std::chrono::milliseconds(300)).why, "no answer in time");
    EXPECT_EQ(clamav({"", 0, "/nowhere/clamd.ctl"}).why, "no connection");
}

TEST(BlockLists, zones_as_an_operator_writes_them) {
    for (const char* const good :
         {"bl.example.org", "bl.example.org=127.0.0.2", "bl.example=127.0.0.2,127.0.0.11"})
        EXPECT_EQ(policy::check_block_list(good), "") << good;
    for (const char* const bad :
         {"", "example", "bl.example.org=", "bl.example.org=192.0.2.1", "bl example.org",
          "bl.example.org=127.0.0.2=3", "bl..example.org", "bl.example=127.255.255.254"})
        EXPECT_NE(policy::check_block_list(bad), "") << bad;
}

TEST(BlockLists, what_counts_as_listed) {
    test::FakeDns dns;
    dns.a("7.2.0.192.bl.example", "127.0.0.2")
        .txt("7.2.0.192.bl.example", "see https://bl.example/192.0.2.7");
    dns.a("7.2.0.192.other.example", "127.0.0.10");
    dns.a("7.2.0.192.given-up.example", "198.51.100.1");            // a domain seller answers everything
    dns.a("7.2.0.192.asked-too-often.example", "127.255.255.254");  // RFC 5782 lists say so
    dns.fails("7.2.0.192.broken.example");
    policy::BlockLists lists(dns, {"bl.example", "other.example=127.0.0.2", "given-up.example",
                                   "asked-too-often.example", "broken.example", "unlisted.example"});
    const auto scans = test::run(lists.scan(request, test::soon()));
    std::vector<std::string> found;
    for (const Scan& scan : scans)
        found.push_back(scan.scanner + " " + std::string(policy::name(scan.found)));
    EXPECT_EQ(found, (std::vector<std::string>{"bl.example listed", "other.example nothing",
                                               "given-up.example nothing", "asked-too-often.example nothing",
                                               "broken.example away", "unlisted.example nothing"}));
    EXPECT_EQ(scans[0].words, "see https://bl.example/192.0.2.7");
}

TEST(BlockLists, are_asked_at_one_time) {
    test::FakeDns dns;
    for (const char* const zone : {"a.example", "b.example", "c.example"})
        dns.silent("7.2.0.192." + std::string(zone));
    policy::BlockLists lists(dns, {"a.example", "b.example", "c.example"});
    const auto begin = std::chrono::steady_clock::now();
    const auto scans = test::run(lists.scan(request, test::soon(std::chrono::milliseconds(200))));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(550));
    for (const Scan& scan : scans) EXPECT_EQ(scan.found, Found::away);
}

TEST(ScanChoices, table) {
    struct Row {
        Found found;
        policy::ScanChoices choices;
        Action action;
        int code;  // of a refusal
        const char* reason;
    };
    const policy::ScanChoices usual;
    const Row rows[] = {
        {Found::nothing, usual, Action::accept, 0, ""},
        {Found::spam, usual, Action::accept, 0, "spam"},
        {Found::spam, {.spam = Action::hold}, Action::hold, 0, "spam"},
        {Found::refuse, usual, Action::refuse, 550, "spam"},
        {Found::refuse, {.refused = Action::hold}, Action::hold, 0, "spam"},
        {Found::defer, usual, Action::refuse, 451, "deferred"},
        {Found::virus, usual, Action::refuse, 550, "virus"},
        {Found::virus, {.virus = Action::discard}, Action::discard, 0, "virus"},
        {Found::listed, usual, Action::refuse, 550, "block_list"},
        {Found::away, usual, Action::accept, 0, ""},
        {Found::away, {.defer_when_away = true}, Action::refuse, 451, "scanner_away"},
    };
    for (const Row& row : rows) {
        const policy::Decision decision =
            policy::decide(std::vector<Scan>{{.scanner = "rspamd", .found = row.found}}, row.choices);
        EXPECT_EQ(policy::name(decision.action), policy::name(row.action)) << policy::name(row.found);
        EXPECT_EQ(decision.reason, row.action == Action::accept ? "" : row.reason);
        if (row.code != 0) EXPECT_EQ(decision.words.code, row.code) << policy::name(row.found);
    }
}

TEST(ScanChoices, the_gravest_stands) {
    const Scan away{.scanner = "clamav", .found = Found::away},
        spam{.scanner = "rspamd", .found = Found::spam},
        listed{
            .scanner = "bl.example", .found = Found::listed, .words = "see\r\nhttps://bl.example/\xC3\xA9"};
    const policy::ScanChoices choices{.spam = Action::hold, .defer_when_away = true};
    EXPECT_EQ(policy::decide(std::vector{spam, away}, choices).reason, "scanner_away");
    EXPECT_EQ(policy::decide(std::vector{away, listed, spam}, choices).reason, "block_list");
    EXPECT_EQ(policy::decide(std::vector{listed}, choices).words.text, "see  https://bl.example/??");
}

TEST(ServerAddress, spellings) {
    for (const char* const good : {"127.0.0.1:11333", "[::1]:3310", "unix:/run/clamav/clamd.ctl"})
        EXPECT_TRUE(net::parse_server_address(good)) << good;
    for (const char* const bad : {"", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "::1:3310",
                                  "[127.0.0.1]:1", "localhost:11333", "unix:clamd.ctl", "127.0.0.1:80x"})
        EXPECT_FALSE(net::parse_server_address(bad)) << bad;
}

}  // namespace
