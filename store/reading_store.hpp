// What was read of stored mail: to compare it with what a newer reader reads, and to mend it.
//
// mend() is one transaction under the writers' locks (docs/threading.md). It changes what was read of the
// mails and what follows from that: their ids, the threads that those connect, and the subject of a ticket
// that nobody has acted on; never in which ticket a mail is. Doing it twice changes nothing more.
#pragma once

#include "store/intake_store.hpp"
#include "store/kept_mail.hpp"

#include <set>

namespace store {

struct Reading {
    std::optional<std::string> message_id;
    std::string subject, author, author_name;
    std::vector<std::string> correspondents;
    std::set<std::pair<threading::IdKey, threading::Role>> refs;
    std::optional<std::string> kind;  // none: stored before kinds were read
    std::vector<std::string> kind_reasons;
    bool operator==(const Reading&) const = default;
};

struct StoredReading {
    Uuid interaction;
    std::optional<Uuid> ticket;
    Reading reading;
};

struct Mending {
    StoredReading before;
    Reading after;
};

class ReadingStore {
  public:
    explicit ReadingStore(Pool& pool) : pool_(pool) {}

    // In the order of their ids; what has gone meanwhile is left out.
    asio::awaitable<std::vector<StoredReading>> read(WorkspaceId workspace, std::vector<Uuid> interactions);

    // Together they name at most max_ids_per_batch ids, or are one mail. Throws Error (serialization) when
    // a mail changed since it was read.
    asio::awaitable<void> mend(WorkspaceId workspace, std::vector<Mending> mails);

  private:
    Pool& pool_;
};

}  // namespace store
