// Business settings that the SMTP side needs: whose is this recipient address?
//
// Snapshot is a value, read in one transaction; Settings keeps the newest one, follows changes of other
// processes by LISTEN, and can look once more when an address is missing. SettingsStore writes them.
#pragma once

#include "auth/dkim_sign.hpp"
#include "auth/signed_address.hpp"
#include "mail/mailbox.hpp"
#include "policy/bans.hpp"
#include "policy/rules.hpp"
#include "policy/trust.hpp"
#include "store/pool.hpp"
#include "tickets/template.hpp"

#include <boost/system/result.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace store {

struct MailboxId {
    std::int64_t workspace = 0;
    std::int64_t mailbox = 0;
    auto operator<=>(const MailboxId&) const = default;
};

// What becomes of mail that no person wrote and no ticket knows.
enum class AutomaticMail { ticket, hold, discard };
[[nodiscard]] std::string_view name(AutomaticMail what);  // as written above
[[nodiscard]] std::optional<AutomaticMail> parse_automatic_mail(std::string_view text);

// What a mailbox answers a new ticket with.
struct AcknowledgementWords {
    tickets::Template subject, text;
    std::string subject_source, text_source;
};

struct MailboxInfo {
    MailboxId id;
    std::string workspace_name, address, display_name;
    bool plus_addressing = false, catch_all = false, domain_postmaster = false, bare_postmaster = false;
    std::vector<std::string> aliases;
    AutomaticMail automatic = AutomaticMail::ticket;   // lists and automatic replies
    AutomaticMail bounces = AutomaticMail::hold;       // bounces, reports and loops
    policy::Action unverified = policy::Action::hold;  // mail that its author's domain disowns; never discard
    std::string owner = {};                            // who hears that mail waits; empty: nobody
    bool acknowledges = false;                         // new tickets, where no rule says otherwise
    std::shared_ptr<const AcknowledgementWords> acknowledgement = nullptr;  // none: there is no template
};

struct DomainInfo {
    std::string name, workspace_name;
    std::optional<MailboxId> postmaster, catch_all;
    std::int64_t workspace = 0;
    // Where bounces of its mail and answers to it arrive: domains of the same workspace, often itself.
    std::string bounce_domain = {}, reply_domain = {};
};

// By domain; those that sign nothing are not in it.
using DkimKeys = std::map<std::string, std::vector<std::shared_ptr<const auth::DkimKey>>, std::less<>>;

// By workspace; those without rules are not in it.
using RulesInForce = std::map<std::int64_t, std::shared_ptr<const policy::RuleSet>>;

struct Snapshot {
    std::int64_t version = 0;
    std::string installation;  // what our own mail bears (mail::Circumstances)
    std::map<std::string, DomainInfo, std::less<>> domains;
    std::map<std::string, MailboxId, std::less<>> addresses;  // by address key, aliases too
    std::map<MailboxId, MailboxInfo> mailboxes;
    std::optional<MailboxId> postmaster;
    RulesInForce rules;
    std::map<std::int64_t, policy::TrustedSenders> trusted;  // by workspace
    std::map<std::int64_t, std::string>
        ban_words;  // by workspace, 0 the installation; where they are not ours
    auth::AddressKeys address_keys;
    DkimKeys dkim_keys;

    enum class Match { found, unknown_mailbox, not_ours };
    // Exact address or alias, then plus-addressing, postmaster's owner, the domain's catch-all.
    [[nodiscard]] std::pair<Match, MailboxId> find(const mail::Mailbox& recipient) const;
};

class Settings {
  public:
    explicit Settings(Pool& pool)
        : pool_(pool), current_(std::make_shared<Snapshot>()), bans_(std::make_shared<policy::Bans>()) {}

    [[nodiscard]] std::shared_ptr<const Snapshot> current() const { return current_; }
    // Kept beside the snapshot, since they are many and change often: only what changed is read. Those that
    // hold are there before the first snapshot is.
    [[nodiscard]] std::shared_ptr<const policy::Bans> bans() const { return bans_; }

    // Reads again if anything has changed since. Throws Error.
    asio::awaitable<std::shared_ptr<const Snapshot>> refreshed();

    // Follows changes until the coroutine is cancelled; reconnects by itself. `lost` is told why.
    asio::awaitable<void> follow(std::function<void(const Error&)> lost);

  private:
    asio::awaitable<void> reload();
    asio::awaitable<void> reload_bans(std::int64_t newest);

    Pool& pool_;
    std::shared_ptr<const Snapshot> current_;
    std::shared_ptr<const policy::Bans> bans_;
    std::int64_t bans_version_ = 0;
};

// Why a change was not made, in words for the operator.
struct Refusal {
    std::string text;
};
template <class T>
using Outcome = boost::system::result<T, Refusal>;

struct NewMailbox {
    std::string workspace;
    mail::Mailbox address;
    std::vector<mail::Mailbox> aliases;
    std::string display_name;
    bool plus_addressing = false;
    bool catch_all = false;
    bool bare_postmaster = false;  // the first mailbox of the installation is that anyway
    AutomaticMail automatic = AutomaticMail::ticket, bounces = AutomaticMail::hold;
};

// What is none stays as it is.
struct MailboxChange {
    std::optional<AutomaticMail> automatic, bounces;
    std::optional<policy::Action> unverified;  // accept, hold or refuse
    std::optional<std::string> owner = {};     // an address; empty: nobody
};

struct WorkspaceInfo {
    std::int64_t id = 0;
    std::string name;
    std::int64_t held_days = 0;  // how long held mail is kept
};

struct AcknowledgementSource {
    std::string subject, text;
};

struct RemovedAddress {
    std::string address;
    std::optional<std::string> alias_of;  // the mailbox that stays
};

class SettingsStore {
  public:
    explicit SettingsStore(Pool& pool) : pool_(pool) {}

    asio::awaitable<Outcome<std::int64_t>> add_workspace(std::string name);
    asio::awaitable<Outcome<std::monostate>> remove_workspace(std::string name);
    asio::awaitable<std::vector<WorkspaceInfo>> workspaces();
    asio::awaitable<Outcome<std::monostate>> set_workspace(std::string name, std::int64_t held_days);

    // `postmaster`: a mailbox of the workspace; without one the domain's first mailbox becomes it.
    asio::awaitable<Outcome<std::monostate>> add_domain(std::string domain, std::string workspace,
                                                        std::optional<mail::Mailbox> postmaster);
    asio::awaitable<Outcome<std::monostate>> remove_domain(std::string domain);
    // Who gets mail for postmaster@domain from now on: a mailbox of the domain's workspace.
    asio::awaitable<Outcome<std::monostate>> set_postmaster(std::string domain, mail::Mailbox mailbox);
    // Where bounces and answers arrive: domains of the same workspace. None: as it is; the domain: itself.
    asio::awaitable<Outcome<std::monostate>> set_domain(std::string domain,
                                                        std::optional<std::string> bounce_domain,
                                                        std::optional<std::string> reply_domain);

    asio::awaitable<Outcome<std::int64_t>> add_mailbox(NewMailbox mailbox);
    // An alias goes alone, the mailbox's own address with all of it.
    asio::awaitable<Outcome<RemovedAddress>> remove_mailbox(mail::Mailbox address);
    asio::awaitable<Outcome<std::monostate>> set_mailbox(mail::Mailbox address, MailboxChange change);

    // Whether new tickets are acknowledged; a template replaces the one that is there. Refused: one that
    // names what is no variable, and turning it on without any.
    asio::awaitable<Outcome<std::monostate>> set_acknowledgement(mail::Mailbox address, bool on,
                                                                 std::optional<AcknowledgementSource> words);

    asio::awaitable<Snapshot> snapshot();

  private:
    asio::awaitable<std::vector<Result>> change(std::vector<Query> queries);

    Pool& pool_;
};

}  // namespace store

// boost::system::result asks how to throw a Refusal when somebody takes a value that is not there.
namespace store {
[[noreturn]] void throw_exception_from_error(const Refusal& refusal, const boost::source_location& where);
}
