// Old mail in files, one mail after the other: an mbox, a maildir, or a folder of files with a mail each.
//
// A file that begins with `From ` is an mbox (RFC 4155): a `From ` line with a time of day, at the beginning
// or behind an empty line, begins a mail; `>From ` and `>>From ` lose a `>` (mboxrd). Of a folder with `cur`
// and `new` these two are read, of any other every file below it; names that begin with a dot are passed
// over. Folders are read in the order of their files' names. Memory is bounded by the largest mail allowed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace intake {

struct FileMail {
    std::string place;    // file, or file and number, for messages
    std::string raw;      // as it would have travelled: lines end with CRLF
    std::string problem;  // why it could not be taken; empty: it could
};

class MailFiles {
  public:
    virtual ~MailFiles() = default;
    virtual std::optional<FileMail> next() = 0;

    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // of all files
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

  protected:
    std::uint64_t bytes_ = 0, bytes_read_ = 0;
};

struct OpenedMails {
    std::unique_ptr<MailFiles> mails;
    std::string problem;  // why there are none
};
[[nodiscard]] OpenedMails open_mail_files(const std::string& path, std::size_t max_size);

// One file as one mail.
[[nodiscard]] FileMail read_mail_file(const std::string& path, std::size_t max_size);

// A mail's bytes as SMTP would have brought them: no mbox `From ` line before the header, CRLF for LF in a
// file of LF lines, a last line that ends. What has CRLF already is kept bit for bit.
[[nodiscard]] std::string as_it_travels(std::string raw);

}  // namespace intake
