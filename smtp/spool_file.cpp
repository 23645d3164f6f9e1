#include "smtp/spool_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <system_error>

namespace asio = boost::asio;

namespace smtp {
namespace {

// A descriptor, or minus errno. Not every file system has O_TMPFILE.
int open_nameless(const std::string& folder) {
    int descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) return descriptor;
    if (errno != EOPNOTSUPP && errno != EISDIR) return -errno;
    std::string name = folder + "/ticketgate-XXXXXX";
    descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) return -errno;
    ::unlink(name.c_str());
    return descriptor;
}

// 0 or errno.
int write_all(int descriptor, const std::string& bytes, std::size_t at) {
    for (std::size_t done = 0; done < bytes.size();) {
        const auto wrote =
            ::pwrite(descriptor, bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return wrote == 0 ? ENOSPC : errno;
        done += static_cast<std::size_t>(wrote);
    }
    return 0;
}

int read_all(int descriptor, std::string& bytes, std::size_t size) {
    for (std::size_t done = 0; done < size;) {
        const auto got = ::pread(descriptor, bytes.data() + done, size - done, static_cast<off_t>(done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return got == 0 ? EIO : errno;
        done += static_cast<std::size_t>(got);
    }
    return 0;
}

asio::awaitable<void> run(std::function<void()> work) {
    work();
    co_return;
}

asio::awaitable<void> run_on(asio::any_io_executor files, std::function<void()> work) {
    if (files)
        co_await asio::co_spawn(files, run(std::move(work)), asio::use_awaitable);
    else
        work();
}

}  // namespace

SpoolFile::SpoolFile(asio::any_io_executor files, std::string folder, std::size_t& total)
    : files_(std::move(files)), folder_(std::move(folder)), total_(total) {}

SpoolFile::~SpoolFile() {
    close();
}

asio::awaitable<bool> SpoolFile::append(std::string bytes) {
    if (error_ != 0) co_return false;
    co_await run_on(files_, [this, &bytes] {
        if (descriptor_ < 0) descriptor_ = open_nameless(folder_);
        error_ = descriptor_ < 0 ? -descriptor_ : write_all(descriptor_, bytes, size_);
    });
    if (error_ != 0) {
        close();
        co_return false;
    }
    size_ += bytes.size();
    total_ += bytes.size();
    co_return true;
}

asio::awaitable<std::optional<std::string>> SpoolFile::take(std::string tail) {
    std::string whole;
    co_await run_on(files_, [this, &whole, &tail] {
        whole.reserve(size_ + tail.size());
        whole.resize(size_);
        error_ = read_all(descriptor_, whole, size_);
        whole += tail;
    });
    close();
    if (error_ != 0) co_return std::nullopt;
    co_return whole;
}

std::string SpoolFile::error() const {
    return std::generic_category().message(error_);
}

void SpoolFile::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
    total_ -= size_;
    size_ = 0;
}

}  // namespace smtp
