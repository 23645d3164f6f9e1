// rspamd over HTTP: POST /checkv2 with the mail as the body and the envelope as fields, JSON back
// (https://rspamd.com/doc/architecture/protocol.html).
#pragma once

#include "net/dial.hpp"
#include "policy/scanners.hpp"

namespace policy {

class Rspamd : public Scanner {
  public:
    Rspamd(boost::asio::any_io_executor executor, net::ServerAddress server, std::string password = {})
        : executor_(std::move(executor)), server_(std::move(server)), password_(std::move(password)) {}
    boost::asio::awaitable<std::vector<Scan>> scan(const ScanRequest& request,
                                                   net::Clock::time_point deadline) override;

  private:
    boost::asio::any_io_executor executor_;
    net::ServerAddress server_;
    std::string password_;
};

// rspamd's answer: its action, score and symbols. What is no such answer is away, and says why.
[[nodiscard]] Scan read_rspamd(std::string_view json);

// The header of the request, with its blank line. What a stranger wrote can't leave its field.
[[nodiscard]] std::string rspamd_request(const ScanRequest& request, std::string_view password);

}  // namespace policy
