// What the intake tells whoever watches; daemon/ turns it into metrics and log lines.
#pragma once

#include "smtp/types.hpp"
#include "tickets/uuid.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace intake {

// A ban that decided about a sender.
struct AppliedBan {
    tickets::Uuid ban;
    bool installation = false;
    std::string_view effect;  // refuse, hold, discard
    std::string_view stage;   // connect, mail, rcpt, content
};

class Probe {
  public:
    virtual ~Probe() = default;
    // Committed: so many mailboxes of one mail got this disposition. Both come from fixed vocabularies.
    virtual void disposed(std::string_view /*disposition*/, std::string_view /*reason*/,
                          std::size_t /*count*/) {}
    virtual void kind_of_mail(std::string_view /*mail::name_of, of one that was committed*/) {}
    virtual void batch_committed(std::size_t /*mails*/, std::size_t /*bytes*/,
                                 std::chrono::steady_clock::duration /*since BEGIN*/) {}
    virtual void mail_committed(std::chrono::steady_clock::duration /*since its final dot*/) {}
    virtual void batch_failed(std::string_view /*kind: connection, serialization, data, other*/,
                              std::string_view /*message*/) {}
    // Of a workspace, by a mail that was committed or refused.
    virtual void rules_matched(std::int64_t /*workspace*/, const std::vector<std::int64_t>& /*rules*/) {}
    virtual void verified(std::string_view /*auth::name of a verdict*/) {}
    virtual void scanned(std::string_view /*scanner*/, std::string_view /*policy::name of what it found*/,
                         std::string_view /*why it is away*/) {}
    virtual void ban_applied(const AppliedBan&, const smtp::Sender&) {}
    virtual void acknowledged(std::size_t /*new tickets, with an answer that is queued*/) {}
    // A bounce told of a delivery for the first time: hard, soft or delayed; by return_path or message_id.
    virtual void bounced(std::string_view /*result*/, std::string_view /*found*/) {}
    virtual void outcome_unknown(bool /*it turned out committed*/) {}
};

}  // namespace intake
