// What a session asks about its sender at MAIL, over a database.
#include "desk_fixture.hpp"
#include "support/fake_dns.hpp"

namespace {

using namespace support;

using Directory = DeskTest;

TEST_F(Directory, SendersWithoutEndHaveUsAskDnsAboutSoManyAtOnce) {
    test::FakeDns dns;
    dns.silent("client.example");
    intake::Examiner::Options options;
    options.verification.emplace();
    const intake::Examiner examiner(std::move(options), &dns, {});
    intake::SettingsDirectory directory(daemon->pool, daemon->settings, examiner, daemon->probe);
    const auto say_mail = [&](int times) {
        for (int i = 0; i < times; ++i)
            EXPECT_FALSE(
                wait_for(io, directory.refuse_sender({"192.0.2.1", "ann@client.example", "client.example"})));
    };
    const auto let_them_go_on = [&] {
        io.restart();
        io.poll();
    };
    say_mail(300);
    let_them_go_on();
    EXPECT_EQ(dns.queries(), 200U);
    dns.release();  // these fail, and there is room again
    let_them_go_on();
    say_mail(1);
    let_them_go_on();
    EXPECT_EQ(dns.queries(), 201U);
    dns.release();
    let_them_go_on();
}

}  // namespace
