#include "net/unix_socket.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace net {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&&) = delete;
    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] int release() { return std::exchange(number_, -1); }

  private:
    int number_;
};

[[noreturn]] void fail(const std::string& path, const std::string& what) {
    throw std::runtime_error("cannot listen on unix:" + path + ": " + what);
}

[[noreturn]] void fail_with_errno(const std::string& path, const std::string& what) {
    fail(path, what + ": " + std::generic_category().message(errno));
}

// Held from looking for a listener until there is one: else two of us could each find the file dead and
// remove it, one of them the other's. A stranger who may read the folder could hold it for ever, so it has an
// end.
Descriptor lock_folder(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0) fail_with_errno(path, "the folder cannot be opened");
    for (int tries = 50; ::flock(opened.get(), LOCK_EX | LOCK_NB) != 0; --tries) {
        if (errno != EWOULDBLOCK || tries == 0) fail_with_errno(path, "the folder is locked");
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return opened;
}

sockaddr_un address_at(const std::string& path) {
    sockaddr_un address{};
    static_assert(sizeof address.sun_path == longest_socket_path + 1);
    if (path.empty() || path.size() > longest_socket_path)
        fail(path, "a socket's path is 1 to " + std::to_string(longest_socket_path) + " bytes long");
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

Descriptor make_socket(const std::string& path) {
    Descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (made.get() < 0) fail_with_errno(path, "no socket");
    return made;
}

void remove_dead(const std::string& path, const sockaddr_un& address) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT) return;
        fail_with_errno(path, "it cannot be looked at");
    }
    if (!S_ISSOCK(found.st_mode)) fail(path, "there is something that is no socket");
    const Descriptor probe = make_socket(path);
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
        errno == EAGAIN)  // its backlog is full
        fail(path, "somebody listens there already");
    if (errno != ECONNREFUSED) fail_with_errno(path, "what is there cannot be reached");
    if (::unlink(path.c_str()) != 0) fail_with_errno(path, "the file of one that died cannot be removed");
}

gid_t group_named(const std::string& path, const std::string& name) {
    std::array<char, 65536> space;
    group entry{};
    group* found = nullptr;
    ::getgrnam_r(name.c_str(), &entry, space.data(), space.size(), &found);
    if (!found) fail(path, "there is no group " + name);
    return found->gr_gid;
}

}  // namespace

int listen_at(const std::string& path, const SocketAccess& access) {
    const sockaddr_un address = address_at(path);
    const Descriptor lock = lock_folder(path);
    remove_dead(path, address);
    Descriptor made = make_socket(path);
    if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail_with_errno(path, "bind");
    // Nobody can connect before listen(), so mode and group are right from the first connection on.
    try {
        if (!access.group.empty() &&
            ::lchown(path.c_str(), static_cast<uid_t>(-1), group_named(path, access.group)) != 0)
            fail_with_errno(path, "it cannot be given to the group " + access.group);
        if (::chmod(path.c_str(), access.mode) != 0) fail_with_errno(path, "its mode cannot be set");
        if (::listen(made.get(), SOMAXCONN) != 0) fail_with_errno(path, "listen");
    } catch (...) {
        ::unlink(path.c_str());
        throw;
    }
    return made.release();
}

}  // namespace net
