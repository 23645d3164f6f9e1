// Content that is too large for memory while it comes in: a file without a name, so that nothing is left
// behind whatever becomes of us. It is written and read where blocking work belongs, so that a slow disk
// holds up only those who wait for it. Nothing in it counts as accepted: it is never synced.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace smtp {

class SpoolFile {
  public:
    // `files` runs blocking work, and none means here and now; `total` is the sum over all files, kept up to
    // date.
    SpoolFile(boost::asio::any_io_executor files, std::string folder, std::size_t& total);
    ~SpoolFile();
    SpoolFile(const SpoolFile&) = delete;
    SpoolFile& operator=(const SpoolFile&) = delete;

    // False when the disk is full, there is no descriptor, no folder ...: error() tells.
    [[nodiscard]] boost::asio::awaitable<bool> append(std::string bytes);
    // All of it with `tail` behind it, once; the file is gone then. Nothing when it cannot be read.
    [[nodiscard]] boost::asio::awaitable<std::optional<std::string>> take(std::string tail);

    [[nodiscard]] bool begun() const { return descriptor_ >= 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::string error() const;

  private:
    void close();

    boost::asio::any_io_executor files_;
    std::string folder_;
    std::size_t& total_;
    int descriptor_ = -1;
    std::size_t size_ = 0;
    int error_ = 0;
};

}  // namespace smtp
