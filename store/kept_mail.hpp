// Stored mail, bit for bit as it was received, and whether it still is.
//
// Read in pages of keys and pieces of bounded size, so that going through all of it needs no more memory
// than the largest mail. Errors of the database throw store::Error; bytes that are damaged do not.
#pragma once

#include "store/pool.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace store {

struct MailKey {
    std::int64_t workspace = 0;
    tickets::Uuid interaction;
    std::int64_t raw_size = 0;
};

struct KeptMail {
    std::int64_t workspace = 0;
    tickets::Uuid interaction;
    std::string trace;  // our Received field, which is no part of what we received
    std::string reverse_path;
    std::string raw;
    bool imported = false;  // then the reverse-path is what the mail says
    bool intact = false;  // every chunk is there, and size and digest are those of the mail that was accepted
};

class KeptMailStore {
  public:
    explicit KeptMailStore(Pool& pool) : pool_(pool) {}

    asio::awaitable<std::optional<MailKey>> find(tickets::Uuid interaction);

    asio::awaitable<std::int64_t> count(std::optional<Timestamp> since);

    // The next keys behind `last`, in order; of mail received since a time, where one is given.
    asio::awaitable<std::vector<MailKey>> page(MailKey last, std::optional<Timestamp> since);

    // A mail that has gone meanwhile is left out.
    asio::awaitable<std::vector<KeptMail>> read(std::vector<MailKey> keys);
    // The second half of read(), for any thread: from the rows of `kept_mails`.
    [[nodiscard]] static std::vector<KeptMail> unpack(const Result& rows);

    // Cuts a page into pieces of about 8 MB, each for one read().
    [[nodiscard]] static std::vector<std::vector<MailKey>> pieces(const std::vector<MailKey>& page);

  private:
    Pool& pool_;
};

}  // namespace store
