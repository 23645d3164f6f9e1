// The examiner as the configuration wants it: who is asked about a mail; and what limits hold for senders.
#pragma once

#include "daemon/config.hpp"
#include "intake/examination.hpp"
#include "net/unbound_resolver.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace program {

// Null when `verification.resolver` is "off". Throws std::runtime_error for what libunbound does not take.
[[nodiscard]] std::unique_ptr<net::UnboundResolver> make_resolver(boost::asio::io_context& io,
                                                                  const Config& config);

// `workers`: where the bodies of large mails are hashed.
[[nodiscard]] intake::Examiner make_examiner(boost::asio::io_context& io,
                                             boost::asio::any_io_executor workers, const Config& config,
                                             const std::string& host_name, net::Resolver* resolver);

[[nodiscard]] store::Limits limits_of(const Config& config);

}  // namespace program
