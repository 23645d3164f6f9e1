#include "net/unix_socket.hpp"

#include "net/listener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace {

using testing::HasSubstr;

class UnixSocket : public testing::Test {
  protected:
    UnixSocket() {
        std::string pattern = (std::filesystem::temp_directory_path() / "ticketgate-XXXXXX").string();
        folder = mkdtemp(pattern.data());
        path = folder + "/lmtp.sock";
    }
    ~UnixSocket() override { std::filesystem::remove_all(folder); }

    // What listen_at() objects to; empty: nothing.
    std::string objection(const net::SocketAccess& access = {}) {
        try {
            ::close(net::listen_at(path, access));
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), HasSubstr("unix:" + path));
            return error.what();
        }
        return {};
    }

    [[nodiscard]] bool answers() const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const bool connected = ::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        ::close(client);
        return connected;
    }

    [[nodiscard]] struct stat status() const {
        struct stat found {};
        EXPECT_EQ(::lstat(path.c_str(), &found), 0);
        return found;
    }

    std::string folder, path;
};

}  // namespace

TEST_F(UnixSocket, listens_with_the_mode_that_is_asked_for) {
    const mode_t before = ::umask(0077);
    for (const unsigned mode : {0600U, 0660U, 0666U}) {
        const int made = net::listen_at(path, {mode, ""});
        EXPECT_TRUE(answers());
        EXPECT_EQ(status().st_mode, S_IFSOCK | mode);
        ::close(made);
    }
    ::umask(before);
}

TEST_F(UnixSocket, belongs_to_the_group_that_is_asked_for) {
    EXPECT_THAT(objection({0660, "no such group"}), HasSubstr("there is no group no such group"));
    EXPECT_FALSE(std::filesystem::exists(path)) << "nothing half made is left";
    if (::geteuid() == 0) {  // others can give a file only to their own groups
        EXPECT_EQ(objection({0660, "daemon"}), "");
        EXPECT_EQ(status().st_gid, 1U);
    }
    std::filesystem::remove(path);
    ASSERT_EQ(::chmod(folder.c_str(), 02750), 0);
    struct stat of_folder {};
    ASSERT_EQ(::lstat(folder.c_str(), &of_folder), 0);
    EXPECT_EQ(objection(), "");
    EXPECT_EQ(status().st_gid, of_folder.st_gid);
}

TEST_F(UnixSocket, replaces_the_file_of_one_that_died) {
    ::close(net::listen_at(path, {}));
    ASSERT_TRUE(std::filesystem::exists(path));
    ASSERT_FALSE(answers());
    const int made = net::listen_at(path, {});
    EXPECT_TRUE(answers());
    ::close(made);
}

TEST_F(UnixSocket, never_takes_what_is_alive) {
    const int first = net::listen_at(path, {});
    EXPECT_THAT(objection(), HasSubstr("somebody listens there already"));
    EXPECT_TRUE(answers());
    ::close(first);

    // Nobody accepts, and the backlog is full.
    const int busy = net::listen_at(path, {});
    ASSERT_EQ(::listen(busy, 0), 0);
    const int waiting = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::connect(waiting, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_THAT(objection(), HasSubstr("somebody listens there already"));
    ::close(waiting);
    ::close(busy);
}

TEST_F(UnixSocket, of_many_that_start_at_once_one_gets_it) {
    for (int round = 0; round < 20; ++round) {
        std::vector<int> made(8, -1);
        std::vector<std::thread> threads;
        for (int& each : made)
            threads.emplace_back([&] {
                try {
                    each = net::listen_at(path, {});
                } catch (const std::runtime_error&) {
                    each = -1;
                }
            });
        for (auto& thread : threads) thread.join();
        EXPECT_EQ(std::ranges::count_if(made, [](int each) { return each >= 0; }), 1);
        EXPECT_TRUE(answers());
        for (const int each : made)
            if (each >= 0) ::close(each);
    }
}

TEST_F(UnixSocket, leaves_alone_what_is_no_socket) {
    std::ofstream(path) << "precious";
    EXPECT_THAT(objection(), HasSubstr("no socket"));
    EXPECT_EQ(std::filesystem::file_size(path), 8U);
    std::filesystem::remove(path);
    std::filesystem::create_symlink("elsewhere", path);
    EXPECT_THAT(objection(), HasSubstr("no socket"));
    std::filesystem::remove(path);
    path = folder + "/missing/lmtp.sock";
    EXPECT_THAT(objection(), HasSubstr("the folder cannot be opened"));
    path = folder + "/" + std::string(net::longest_socket_path, 'x');
    EXPECT_THAT(objection(), HasSubstr("107 bytes"));
}

TEST_F(UnixSocket, a_listener_takes_it_over) {
    boost::asio::io_context context;
    net::Listener listener(context.get_executor(), net::listen_at(path, {}));
    EXPECT_TRUE(listener.local());
    EXPECT_EQ(listener.port(), 0);
    EXPECT_TRUE(answers());
    listener.close();
    EXPECT_FALSE(answers());
    boost::asio::ip::tcp::acceptor of_tcp(context);
    const int made = net::listen_at(path, {});
    EXPECT_THROW(net::adopt(of_tcp, made), std::runtime_error) << "HTTP is spoken over TCP";
    ::close(made);
}
