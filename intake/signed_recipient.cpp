#include "intake/signed_recipient.hpp"

#include "store/reply_addresses.hpp"
#include "store/returned.hpp"

namespace intake {
namespace {

using Outcome = smtp::Resolution::Outcome;

smtp::Resolution revoked(const store::MailboxId& id, const store::Snapshot& settings) {
    std::string words = "This address takes no more answers";
    if (const auto mailbox = settings.mailboxes.find(id); mailbox != settings.mailboxes.end())
        words += "; please write to " + mailbox->second.address;
    return {Outcome::revoked, {}, {550, "5.7.1", std::move(words)}};
}

}  // namespace

SignedRecipient read_signed(const mail::Mailbox& address, const store::Snapshot& settings) {
    const auto domain = settings.domains.find(address.domain);
    if (domain == settings.domains.end()) return {};
    SignedRecipient recipient{settings.address_keys.verify(address.local_part, domain->second.workspace),
                              domain->second.workspace};
    if (recipient.reading.verdict != auth::AddressReading::Verdict::not_one &&
        settings.addresses.contains(address.key()))
        return {};
    return recipient;
}

asio::awaitable<smtp::Resolution> find_signed(store::Pool& pool, SignedRecipient recipient,
                                              std::shared_ptr<const store::Snapshot> settings) {
    const tickets::Uuid id{recipient.reading.id};
    if (recipient.reading.purpose == auth::AddressPurpose::reply) {
        const auto found = co_await store::find_reply_address(pool, recipient.workspace, id);
        if (!found) co_return smtp::Resolution{Outcome::unknown_mailbox, {}, {}};
        if (found->revoked) co_return revoked({recipient.workspace, found->mailbox}, *settings);
        co_return smtp::Resolution{Outcome::found, {recipient.workspace, found->mailbox}, {}};
    }
    const auto mailbox = co_await store::find_return_path(pool, recipient.workspace, id);
    if (!mailbox) co_return smtp::Resolution{Outcome::unknown_mailbox, {}, {}};
    co_return smtp::Resolution{Outcome::found, {recipient.workspace, *mailbox}, {}};
}

}  // namespace intake
