// The client's rules of one mail: MAIL, RCPT, DATA, the content, and what each reply means for each
// recipient.
//
// A value without I/O. It says what to do next and is told what came of it; it ends in exactly one result for
// each recipient, whatever the server says, and wherever it stops saying anything.
//   - what a server without an extension could not take fails before a word is said (H15)
//   - commands go in groups where the server pipelines (RFC 2920), each group small enough that neither side
//     waits for the other to read; then one by one
//   - 552 at RCPT is "too many recipients" and means 452 (RFC 5321 §4.5.3.1.10, H06)
//   - 354 although no recipient was taken gets the lone dot, and no mail (H08)
//   - 421 anywhere, silence, or what is no reply ends the connection: who has no answer yet is deferred;
//   after
//     the final dot, where an answer to it is what's missing, uncertain (H05)
#pragma once

#include "smtp/delivery.hpp"
#include "smtp/opening.hpp"
#include "smtp/outgoing.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace smtp {

class Transaction {
  public:
    // How the connection was left by the mail before.
    struct Before {
        bool used = false;   // it has carried one
        bool dirty = false;  // whose transaction still stands: RSET first
    };
    Transaction(const OutgoingMail& mail, const Extensions& server, Before before);

    enum class Next { send_commands, read_reply, send_content, send_dot, over };
    [[nodiscard]] Next next() const;
    [[nodiscard]] std::string commands();  // for send_commands: what to write now
    void ended();                          // after send_content and send_dot: all of it is on its way
    // A reply, in order; one that comes before the content was sent is the server's last word.
    void on_reply(const ServerReply& reply);
    // No reply will come any more.
    void on_loss(std::string status, std::string why);

    [[nodiscard]] Phase phase() const;  // of the reply that is awaited
    // The mail's, as to RSET, once it is over.
    [[nodiscard]] bool dirty() const { return dirty_; }
    [[nodiscard]] DeliveryResult result() &&;

  private:
    [[nodiscard]] std::string command(std::size_t index) const;
    [[nodiscard]] std::optional<RemoteReply> objection(const ContentFacts& facts) const;
    [[nodiscard]] bool before_mail() const;
    [[nodiscard]] bool anybody() const;  // has been taken and not yet decided
    void read_addresses();
    void on_mail(const ServerReply& reply);
    void on_rcpt(std::size_t recipient, const ServerReply& reply);
    void on_data(const ServerReply& reply);
    void on_dot(const ServerReply& reply);
    void break_off(std::string status, std::string why);
    void decide(Fate fate, const RemoteReply& reply);  // for all who are undecided
    void stop();

    const OutgoingMail& mail_;
    const Extensions& server_;
    Before before_;
    ContentFacts facts_;
    bool smtputf8_ = false;
    std::string reverse_path_;
    std::vector<std::string> paths_;      // of those who can be asked for
    std::vector<std::size_t> recipient_;  // which of the mail's each is
    std::vector<std::optional<RecipientResult>> results_;
    // Commands in order: RSET if need be, MAIL, a RCPT for each path, DATA.
    std::size_t sent_ = 0, answered_ = 0, accepted_ = 0;
    enum class Stage { commands, content, lone_dot, final_reply, lone_reply, over } stage_ = Stage::commands;
    Phase phase_ = Phase::mail;
    bool mail_taken_ = false, dirty_ = false, reusable_ = true, stale_ = false;
};

}  // namespace smtp
