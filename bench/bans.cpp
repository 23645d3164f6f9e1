// What 100,000 bans cost a message, and what one more of them costs a node. ./dev bench bans
//
// A message is asked about as the daemon does: at connect and MAIL for the installation, at RCPT for the
// workspace, and after the final dot for both with all that its header says.
#include "intake/bans.hpp"

#include <fmt/format.h>

#include <time.h>
#include <chrono>
#include <random>
#include <string>
#include <vector>

namespace {

// Of this thread alone: what else the machine does is not what is asked for.
struct Clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;
    static time_point now() {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return time_point(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
    }
};
using tickets::BanKind;

constexpr std::size_t ban_count = 100'000, message_count = 200'000, page = 2'000;
constexpr std::int64_t workspaces = 20;

double microseconds_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

std::string word(std::mt19937& random, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + random() % 26);
    return text;
}

std::optional<tickets::BanSubject> subject(std::mt19937& random, std::size_t number) {
    const std::string domain = word(random, 8) + ".example";
    switch (number % 5) {
        case 0:
            return tickets::banned_domain(domain, number % 2 == 0);
        case 1:
            return tickets::banned_network(fmt::format("{}.{}.{}.0/{}", 1 + random() % 223, random() % 256,
                                                       random() % 256, 16 + random() % 17));
        case 2:
            return tickets::banned_network(
                fmt::format("2001:{:x}:{:x}::/{}", random() % 65536, random() % 65536, 32 + random() % 33));
        default:
            return tickets::banned_address(word(random, 6) + "@" + domain, number % 2 == 0);
    }
}

policy::LoadedBan made_up(std::mt19937& random, std::size_t number, tickets::Time now) {
    policy::LoadedBan loaded;
    loaded.ban = {.id = tickets::Uuid::make(now),
                  .workspace = static_cast<std::int64_t>(number) % (workspaces + 1),
                  .subject = subject(random, number).value(),
                  .reason = "abuse",
                  .begins = now,
                  .ends = number % 3 == 0 ? std::optional(now + std::chrono::hours(24)) : std::nullopt};
    return loaded;
}

}  // namespace

int main() {
    std::mt19937 random(1);
    const auto now = std::chrono::system_clock::now();
    std::vector<policy::LoadedBan> loaded;
    for (std::size_t i = 0; i < ban_count; ++i) loaded.push_back(made_up(random, i, now));

    policy::Bans::Editor editor{policy::Bans()};
    double slowest_page = 0;
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < loaded.size(); i += page) {
        const auto page_begin = Clock::now();
        for (std::size_t k = i; k < i + page; ++k) editor.put(loaded[k]);
        slowest_page = std::max(slowest_page, microseconds_since(page_begin));
    }
    auto bans = editor.finish();
    const double all = microseconds_since(begin);

    constexpr int edits = 1'000;
    const auto edit_begin = Clock::now();
    for (int i = 0; i < edits; ++i) {
        policy::Bans::Editor one(*bans);
        one.put(made_up(random, static_cast<std::size_t>(i), now));
        bans = one.finish();
    }
    const double one_more = microseconds_since(edit_begin) / edits;

    struct Mail {
        std::string client;
        mail::Mailbox reverse_path, from, sender;
    };
    std::vector<Mail> mails;
    for (std::size_t i = 0; i < 10'000; ++i)
        mails.push_back({i % 2 == 0 ? fmt::format("{}.{}.{}.{}", 1 + random() % 223, random() % 256,
                                                  random() % 256, random() % 256)
                                    : fmt::format("2001:{:x}:{:x}::1", random() % 65536, random() % 65536),
                         {word(random, 6) + "+" + word(random, 3), "mail." + word(random, 8) + ".example"},
                         {word(random, 6), word(random, 8) + ".example"},
                         {word(random, 6), "a.b.c." + word(random, 8) + ".example"}});
    std::size_t banned = 0;
    const auto ask_begin = Clock::now();
    for (std::size_t i = 0; i < message_count; ++i) {
        const Mail& mail = mails[i % mails.size()];
        const auto workspace = static_cast<std::int64_t>(1 + i % workspaces);
        policy::Sender sender{mail.client, {}};
        banned += bans->find(tickets::whole_installation, sender, now) != nullptr;
        sender.addresses.push_back(mail.reverse_path);
        banned += bans->find(tickets::whole_installation, sender, now) != nullptr;
        banned += bans->find(workspace, sender, now) != nullptr;
        sender.addresses.push_back(mail.from);
        sender.addresses.push_back(mail.sender);
        banned += intake::ban_of(*bans, workspace, sender, now) != nullptr;
    }
    const double asked = microseconds_since(ask_begin) / message_count;

    fmt::print("\n{} bans in {} workspaces and the installation; {} messages ({} look-ups met a ban)\n\n",
               bans->size(), workspaces, message_count, banned);
    fmt::print("| bans | time |\n| --- | ---: |\n");
    fmt::print("| a message, connect to final dot | {:.2f} us |\n", asked);
    fmt::print("| a node learns of one more | {:.0f} us |\n", one_more);
    fmt::print("| a node that starts reads all | {:.0f} ms, {:.1f} ms a page of {} |\n", all / 1000,
               slowest_page / 1000, page);
    return 0;
}
