// ClamAV's daemon, asked by INSTREAM (clamd(8)): the mail in pieces, each behind its length, and one line
// back.
#pragma once

#include "net/dial.hpp"
#include "policy/scanners.hpp"

namespace policy {

class ClamAv : public Scanner {
  public:
    ClamAv(boost::asio::any_io_executor executor, net::ServerAddress server)
        : executor_(std::move(executor)), server_(std::move(server)) {}
    boost::asio::awaitable<std::vector<Scan>> scan(const ScanRequest& request,
                                                   net::Clock::time_point deadline) override;

  private:
    boost::asio::any_io_executor executor_;
    net::ServerAddress server_;
};

// "stream: Eicar-Signature FOUND", "stream: OK"; anything else is away, and the line says why.
[[nodiscard]] Scan read_clamav(std::string_view line);

}  // namespace policy
