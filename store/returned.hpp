// What comes back to addresses that we signed (auth/signed_address.hpp): where it belongs, and what a bounce
// does to the delivery that it speaks of. docs/bounces.md
//
// The functions that give a Query stand in a transaction of the caller's; the others throw Error.
#pragma once

#include "store/pool.hpp"
#include "threading/facts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace store {

// What a reply address leads to.
struct AnsweredTicket {
    tickets::Uuid ticket;               // merges followed
    std::optional<std::int64_t> agent;  // it was in a notice to them
    std::string agent_address;          // key form; empty when they have gone
};

// The mailbox that the return path of a delivery leads to: of its ticket, merges followed, else that wrote.
asio::awaitable<std::optional<std::int64_t>> find_return_path(Pool& pool, std::int64_t workspace,
                                                              tickets::Uuid delivery);

// What a bounce says of one delivery.
struct BouncedDelivery {
    std::int64_t workspace = 0;
    // By its return path; else by the id of the mail that came back, and the recipient.
    std::optional<tickets::Uuid> delivery = {};
    std::optional<threading::IdKey> original = {};
    std::string recipient = {};  // key form; empty: the bounce hides it
    bool final = true;           // no other try will be made
    bool hard = false;           // and the address is of no use any more
    std::optional<std::int64_t> code = {};
    std::string status = {}, words = {};  // of the server, made safe to be shown
    tickets::Uuid event = {};             // that tells of it on the ticket
};
[[nodiscard]] Query record_return(const BouncedDelivery& bounced, Timestamp now);

using WorkspaceAddress = std::pair<std::int64_t, std::string>;  // key form

// Mail came from there: the marks go that bounces left.
[[nodiscard]] Query unmark_addresses(const std::vector<WorkspaceAddress>& addresses);

// An address that mail came back from for good.
struct AddressMark {
    std::string workspace, address;
    Timestamp marked;
    std::string status, reply;
};

class AddressMarks {
  public:
    explicit AddressMarks(Pool& pool) : pool_(pool) {}
    asio::awaitable<std::vector<AddressMark>> list(std::optional<std::string> workspace);
    // How many there were.
    asio::awaitable<std::int64_t> unmark(std::string address, std::optional<std::string> workspace);

  private:
    Pool& pool_;
};

}  // namespace store
