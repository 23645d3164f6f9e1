#include "tests/support/signed_zone.hpp"

#include "tests/support/dns_server.hpp"
#include "tests/support/fake_dns.hpp"

#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

extern char** environ;

using namespace std::literals;

namespace asio = boost::asio;

namespace test {

SignedZone::SignedZone(const std::string& records) {
    char pattern[] = "/tmp/ticketgate-nsd-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern), nullptr);
    folder_ = pattern;
    std::ofstream(folder_ + "/zone")
        << "$ORIGIN signed.example.\n$TTL 300\n@ IN SOA ns.signed.example. host.signed.example. 1 300 300 "
           "300 300\n@ IN NS ns.signed.example.\nns IN A 127.0.0.1\n"
        << records;
    EXPECT_EQ(shell("ldns-keygen -a ECDSAP256SHA256 -k signed.example >key && ldns-signzone -f zone.signed "
                    "zone $(cat key) && cp $(cat key).key anchor"),
              0);
    { port_ = DnsServer().port(); }
    const std::string config = folder_ + "/nsd.conf";
    std::ofstream(config) << "server:\n ip-address: 127.0.0.1@" << port_
                          << "\n server-count: 1\n username: \"\"\n zonesdir: \"" << folder_
                          << "\"\n database: \"\"\n zonelistfile: \"" << folder_ << "/zones\"\n pidfile: \""
                          << folder_ << "/pid\"\n xfrdfile: \"" << folder_ << "/xfrd\"\n xfrdir: \""
                          << folder_
                          << "\"\nremote-control:\n control-enable: no\nzone:\n name: signed.example\n "
                             "zonefile: zone.signed\n";
    const char* const arguments[] = {"nsd", "-d", "-c", config.c_str(), nullptr};
    EXPECT_EQ(::posix_spawn(&server_, "/usr/sbin/nsd", nullptr, nullptr, const_cast<char* const*>(arguments),
                            environ),
              0)
        << "nsd is not installed";
}

SignedZone::~SignedZone() {
    if (server_ > 0) {
        ::kill(server_, SIGTERM);
        ::waitpid(server_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

int SignedZone::shell(const std::string& command) const {
    return std::system(("cd " + folder_ + " && " + command).c_str());  // NOLINT(concurrency-mt-unsafe)
}

net::ResolverOptions SignedZone::options(const std::string& anchor) const {
    net::ResolverOptions options;
    options.servers = net::ResolverOptions::Servers::forwarders;
    options.forwarders = {"127.0.0.1@" + std::to_string(port_)};
    options.trust_anchors = folder_ + "/" + anchor;
    return options;
}

net::DnsAnswer SignedZone::look_up(const std::string& name, net::RecordType type,
                                   const std::string& anchor) const {
    asio::io_context context(1);
    net::UnboundResolver resolver(context.get_executor(), options(anchor));
    net::DnsAnswer answer;
    const auto insist = [&]() -> asio::awaitable<void> {
        const auto end = soon(20s);
        do {
            answer = co_await resolver.look_up(name, type, soon(2s));
        } while (answer.status == net::DnsAnswer::Status::failed &&
                 answer.why.find("SERVFAIL") != std::string::npos && std::chrono::steady_clock::now() < end);
    };
    asio::co_spawn(context, insist, asio::detached);
    context.run();
    return answer;
}

}  // namespace test
