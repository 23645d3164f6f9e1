// What is asked of others about a mail before anything is decided: who sent it (auth/authenticate.hpp), and
// what scanners find (policy/scanners.hpp). All are asked at one time, each within its own, and nothing of it
// loses a mail: what can't be known is "temperror" or "away".
#pragma once

#include "auth/authenticate.hpp"
#include "intake/arrival.hpp"
#include "policy/scanners.hpp"
#include "smtp/types.hpp"
#include "store/settings.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace intake {

namespace asio = boost::asio;

struct Examination {
    std::optional<auth::Authentication> authentication;  // none: nobody verifies here
    std::vector<policy::Scan> scans;

    // As docs/threading.md goes by it: a failure that the author's domain asks nothing for is `none`.
    [[nodiscard]] auth::Verdict verdict() const;
    [[nodiscard]] bool spf_passed() const;
    [[nodiscard]] std::optional<double> spam_score() const;
};

class Examiner {
  public:
    struct Options {
        std::optional<auth::AuthenticateOptions> verification;  // none: the verdict is always `none`
        std::chrono::steady_clock::duration scan_time = std::chrono::seconds(15);
        policy::ScanChoices scan_choices;
    };
    // `resolver` may be null when nothing is verified.
    Examiner(Options options, net::Resolver* resolver,
             std::vector<std::unique_ptr<policy::Scanner>> scanners);

    // `message` must live until it is done. Never throws for what others answer.
    asio::awaitable<Examination> examine(const smtp::ReceivedMessage& message) const;
    // SPF alone, of a session that has said MAIL: for the words to somebody who is banned, and so that its
    // records are in the resolver's cache when the mail has come.
    asio::awaitable<bool> passes_spf(smtp::Sender sender) const;

    [[nodiscard]] const policy::ScanChoices& scan_choices() const { return options_.scan_choices; }
    [[nodiscard]] bool verifies() const { return options_.verification.has_value(); }

  private:
    asio::awaitable<std::vector<policy::Scan>> scan(policy::ScanRequest request) const;

    Options options_;
    net::Resolver* resolver_;
    std::vector<std::unique_ptr<policy::Scanner>> scanners_;
};

// As it is kept with the interaction, and its own lines of words for `ticketgate explain` and `held show`.
[[nodiscard]] std::optional<std::string> to_json(const Examination& examination);

// What a DMARC failure means for a mailbox with this choice (docs/verification.md): a Decision with the
// reason "dmarc". Nothing to do where the author's domain asks for nothing.
[[nodiscard]] policy::Decision decide_about_author(const auth::Authentication& authentication,
                                                   policy::Action unverified);

// Writes down what was found, and adds what follows from it to each part's decision: of several mailboxes the
// most welcoming one's choice. `host_name` signs the field Authentication-Results, which goes above the mail.
void apply_examination(Arrival& mail, const store::Snapshot& settings, const Examination& examination,
                       const policy::ScanChoices& choices, const std::string& authserv_id);

}  // namespace intake
