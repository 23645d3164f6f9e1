#include "auth/iprev.hpp"

#include "auth/host_names.hpp"

#include <utility>

namespace auth {

boost::asio::awaitable<Iprev> check_iprev(boost::asio::ip::address client, net::Resolver& resolver,
                                          std::chrono::steady_clock::time_point deadline) {
    HostNames host = co_await validated_host_names(std::move(client), resolver, deadline);
    Iprev iprev;
    if (!host.names.empty()) {
        iprev.result = Result::pass;
        iprev.host_name = std::move(host.names.front());
    } else {
        iprev.result = host.failed ? Result::temperror : host.any ? Result::fail : Result::permerror;
    }
    co_return iprev;
}

}  // namespace auth
