// What a workspace's domain rules cost a mail: RULES rules of every sort, asked about mails that differ. One
// core.
//
//     ticketgate-rules [--rules N] [--mails N] [--rounds N]
//
// For each sort of rules alone, and for all of them mixed, the median round is printed in microseconds a
// mail.
#include "policy/rules.hpp"
#include "policy/rule_text.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* words[] = {"invoice",  "printer",  "order",    "urgent",  "refund",   "question",
                                 "delivery", "account",  "contract", "meeting", "update",   "problem",
                                 "offer",    "password", "ticket",   "report",  "holiday",  "payment",
                                 "error",    "request",  "server",   "support", "customer", "change"};

class Maker {
  public:
    std::string word() { return words[random_() % std::size(words)]; }
    std::uint64_t number(std::uint64_t below) { return random_() % below; }

    std::string subject() {
        std::string text = number(2) ? "Re:" : "";
        for (auto count = 3 + number(6); count > 0; --count) text += (text.empty() ? "" : " ") + word();
        return text + fmt::format(" #{}", number(1'000'000));
    }

  private:
    std::mt19937_64 random_{20261122};
};

policy::Rule rule(std::int64_t id, const std::vector<std::string>& conditions) {
    policy::Rule rule;
    rule.id = id;
    rule.name = fmt::format("rule {}", id);
    rule.actions.effects.tags = {fmt::format("tag{}", id)};
    for (const auto& text : conditions) {
        rule.conditions.emplace_back();
        if (const auto wrong = policy::parse_condition(text, rule.conditions.back())) {
            fmt::print(stderr, "{}\n", *wrong);
            std::exit(1);
        }
    }
    if (const auto wrong = policy::check(rule)) {
        fmt::print(stderr, "{}\n", *wrong);
        std::exit(1);
    }
    return rule;
}

struct Sort {
    const char* name;
    std::function<std::vector<std::string>(Maker&, int)> conditions;
};

const std::vector<Sort> sorts = {
    {"sender's domain",
     [](Maker&, int i) { return std::vector{fmt::format("from_domain=client{}.example", 3 * i)}; }},
    {"sender and subject",
     [](Maker& make, int i) {
         return std::vector{fmt::format("from=ann{}@client{}.example", i, i),
                            "subject*=*" + make.word() + "*"};
     }},
    {"subject holds words",
     [](Maker& make, int i) {
         return std::vector{fmt::format("subject*=*{} {} {}*", make.word(), make.word(), i)};
     }},
    {"subject by expression",
     [](Maker& make, int i) {
         return std::vector{
             fmt::format("subject~\\b{}s?\\b.*{}[^0-9]+{}\\d*$", make.word(), make.word(), 100 + i)};
     }},
    {"header field",
     [](Maker& make, int i) {
         return std::vector{fmt::format("header:X-Label{}*=*{}{}*", i % 5, make.word(), i)};
     }},
    {"network",
     [](Maker&, int i) { return std::vector{fmt::format("client=10.{}.{}.0/24", i / 250, i % 250)}; }},
    {"kind, verdict, size",
     [](Maker&, int i) {
         return std::vector<std::string>{"kind=list, bounce", "verdict=fail",
                                         fmt::format("size>={}", 1000 + i)};
     }},
};

struct Mail {
    std::string raw, from, subject, client;
};

std::vector<Mail> mails_of(Maker& make, std::size_t count) {
    std::vector<Mail> mails;
    for (std::size_t i = 0; i < count; ++i) {
        Mail mail;
        const auto client = make.number(5000);
        mail.from = fmt::format("ann{}@client{}.example", make.number(2000), client);
        mail.subject = make.subject();
        mail.client = fmt::format("10.{}.{}.{}", make.number(5), make.number(250), make.number(256));
        for (int received = 0; received < 6; ++received)
            mail.raw +=
                fmt::format("Received: from a{}.example by b.example with ESMTP id {}\r\n", received, i);
        mail.raw += fmt::format("X-Label{}: {} {}\r\nFrom: {}\r\nSubject: {}\r\n\r\nText.\r\n", i % 5,
                                make.word(), make.number(1000), mail.from, mail.subject);
        mails.push_back(std::move(mail));
    }
    return mails;
}

double microseconds(const policy::RuleSet& rules, const std::vector<Mail>& mails, int rounds,
                    std::size_t& matched) {
    const auth::Authentication authentication;
    const std::vector<policy::Addressed> to{{1, {"help@desk.example"}}};
    std::vector<double> each;
    for (int round = 0; round <= rounds; ++round) {
        matched = 0;
        const auto begin = Clock::now();
        for (const auto& mail : mails) {
            const policy::RuleInput input{.raw = mail.raw,
                                          .from = mail.from,
                                          .mail_from = mail.from,
                                          .client = mail.client,
                                          .authentication = authentication,
                                          .kind = mail::Kind::human,
                                          .subject = mail.subject,
                                          .size = static_cast<std::int64_t>(mail.raw.size()),
                                          .spam_score = std::nullopt};
            matched += rules.evaluate(input, to).front().rules.size();
        }
        const std::chrono::duration<double, std::micro> time = Clock::now() - begin;
        if (round > 0) each.push_back(time.count() / static_cast<double>(mails.size()));
    }
    std::ranges::sort(each);
    return each[each.size() / 2];
}

void measure(const char* name, std::vector<policy::Rule> rules, const std::vector<Mail>& mails, int rounds) {
    const auto begin = Clock::now();
    const policy::RuleSet set(std::move(rules));
    const std::chrono::duration<double, std::milli> compiled = Clock::now() - begin;
    std::size_t matched = 0;
    const double time = microseconds(set, mails, rounds, matched);
    fmt::print("{:<24} {:>8.1f} us a mail, {:>5.2f} rules matched, made ready in {:.0f} ms\n", name, time,
               static_cast<double>(matched) / static_cast<double>(mails.size()), compiled.count());
}

}  // namespace

int main(int count, char** arguments) {
    int number = 1000, rounds = 5;
    std::size_t mail_count = 5000;
    CLI::App program{"Asks domain rules about mails", "ticketgate-rules"};
    program.add_option("--rules", number, "how many rules")
        ->check(CLI::Range(1, 2000))
        ->capture_default_str();
    program.add_option("--mails", mail_count, "how many mails")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    program.add_option("--rounds", rounds, "that count; one more goes before them")
        ->check(CLI::Range(1, 1000));
    CLI11_PARSE(program, count, arguments);
    Maker make;
    const auto mails = mails_of(make, mail_count);
    fmt::print("{} rules, {} mails that differ\n", number, mail_count);
    std::vector<policy::Rule> mixed;
    for (int i = 0; i < number; ++i)
        mixed.push_back(rule(i, sorts[static_cast<std::size_t>(i) % sorts.size()].conditions(make, i)));
    measure("all sorts mixed", std::move(mixed), mails, rounds);
    for (const auto& sort : sorts) {
        std::vector<policy::Rule> rules;
        for (int i = 0; i < number; ++i) rules.push_back(rule(i, sort.conditions(make, i)));
        measure(sort.name, std::move(rules), mails, rounds);
    }
    return 0;
}
