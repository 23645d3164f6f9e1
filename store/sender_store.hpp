// Addresses that a workspace's mail comes from, in its own domains, besides those of its mailboxes.
//
// What is not done is a Refusal in words for the operator; otherwise throws Error.
#pragma once

#include "mail/mailbox.hpp"
#include "store/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace store {

struct EmailSender {
    std::string workspace, address, name;
    bool mailbox = false;  // that of a mailbox, which is one by itself
};

class SenderStore {
  public:
    explicit SenderStore(Pool& pool) : pool_(pool) {}

    asio::awaitable<Outcome<std::monostate>> add(std::string workspace, mail::Mailbox address,
                                                 std::string name);
    asio::awaitable<Outcome<std::monostate>> set(mail::Mailbox address, std::string name);
    asio::awaitable<Outcome<std::monostate>> remove(mail::Mailbox address);
    asio::awaitable<std::vector<EmailSender>> list(std::optional<std::string> workspace);

  private:
    Pool& pool_;
};

}  // namespace store
