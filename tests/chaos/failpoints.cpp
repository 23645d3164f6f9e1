// The failpoints of ./dev chaos: a library to be preloaded (LD_PRELOAD) into the program as it is shipped.
//
// The program knows nothing of it, so it has nothing that could go off. This stands between it and the
// C library and libpq, sees the words of SMTP and the COMMIT go by, and ends (or stops) the process at the
// n-th pass of the point that is armed. It is armed through a shared page, the file that
// TICKETGATE_FAILPOINTS names; without one it only passes everything on.
//
// It reads what whole lines of plain text say: its clients send neither groups of commands nor TLS. The
// program reads and writes its sockets on one thread.
#include <dlfcn.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

// The order is that of POINTS in failpoints.py.
enum Point : std::int32_t {
    connected = 1,  // 220 is sent
    after_mail,     // its reply is sent
    after_rcpt,
    in_data,        // content, and no final dot yet
    after_dot,      // the final dot is read
    before_commit,  // the rows and COMMIT are queued in libpq, perhaps on their way in part
    commit_sent,    // all of it is handed to the kernel, no answer is read
    after_commit,   // PostgreSQL has said COMMIT
    before_250,     // the reply is about to be sent
    after_250,      // it is sent
    points,
};

struct Page {  // Page in failpoints.py
    std::atomic<std::int32_t> armed, countdown, signal, reached;
    std::array<std::atomic<std::int32_t>, points> passed;
};

Page* open_page() {
    const char* const name = std::getenv("TICKETGATE_FAILPOINTS");
    const int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return nullptr;
    void* const page = mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return page == MAP_FAILED ? nullptr : static_cast<Page*>(page);
}

Page* const page = open_page();

void pass(Point point) {
    if (!page) return;
    ++page->passed[static_cast<std::size_t>(point)];
    if (page->armed != point || --page->countdown > 0) return;
    page->armed = 0;
    page->reached = point;
    kill(getpid(), page->signal);
}

template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// What a session waits for, by descriptor.
struct Session {
    Point replying = points;  // the reply that is due belongs to this
    bool content = false;
    char last[5] = {};  // of the content so far
};
std::array<Session, 65536> sessions;

Session* session(int descriptor) {
    return descriptor >= 0 && descriptor < static_cast<int>(sessions.size())
               ? &sessions[static_cast<std::size_t>(descriptor)]
               : nullptr;
}

void received(int descriptor, std::string_view bytes) {
    Session* const peer = session(descriptor);
    if (!peer || bytes.empty()) return;
    if (peer->content) {
        for (const char byte : bytes.substr(bytes.size() < 5 ? 0 : bytes.size() - 5)) {
            for (int i = 0; i < 4; ++i) peer->last[i] = peer->last[i + 1];
            peer->last[4] = byte;
        }
        const bool whole = std::string_view(peer->last, 5) == "\r\n.\r\n";
        if (whole) peer->content = false;
        pass(whole ? after_dot : in_data);
    } else if (bytes.starts_with("MAIL FROM:")) {
        peer->replying = after_mail;
    } else if (bytes.starts_with("RCPT TO:")) {
        peer->replying = after_rcpt;
    }
}

void about_to_send(std::string_view bytes) {
    if (bytes.starts_with("250 2.0.0 Accepted ")) pass(before_250);
}

void sent(int descriptor, std::string_view bytes) {
    Session* const peer = session(descriptor);
    if (!peer) return;
    if (bytes.starts_with("220 ")) {
        *peer = {};
        pass(connected);
    } else if (bytes.starts_with("354 ")) {
        *peer = {};
        peer->content = true;
    } else if (bytes.starts_with("250 2.0.0 Accepted ")) {
        pass(after_250);
    } else if (peer->replying != points && !bytes.empty()) {
        const Point replied = peer->replying;
        peer->replying = points;
        pass(replied);
    }
}

std::string_view first_of(const msghdr* message) {
    if (message->msg_iovlen == 0) return {};
    return {static_cast<const char*>(message->msg_iov[0].iov_base), message->msg_iov[0].iov_len};
}

const PGconn* committing = nullptr;  // it has COMMIT in its queue

}  // namespace

extern "C" {

ssize_t recv(int descriptor, void* buffer, size_t size, int flags) {
    static auto* const real = next<decltype(recv)>("recv");
    const ssize_t count = real(descriptor, buffer, size, flags);
    if (count > 0) received(descriptor, {static_cast<const char*>(buffer), static_cast<std::size_t>(count)});
    return count;
}

ssize_t recvmsg(int descriptor, msghdr* message, int flags) {
    static auto* const real = next<decltype(recvmsg)>("recvmsg");
    const ssize_t count = real(descriptor, message, flags);
    if (count > 0) received(descriptor, first_of(message).substr(0, static_cast<std::size_t>(count)));
    return count;
}

ssize_t send(int descriptor, const void* buffer, size_t size, int flags) {
    static auto* const real = next<decltype(send)>("send");
    const std::string_view bytes(static_cast<const char*>(buffer), size);
    about_to_send(bytes);
    const ssize_t count = real(descriptor, buffer, size, flags);
    if (count > 0) sent(descriptor, bytes);
    return count;
}

ssize_t sendmsg(int descriptor, const msghdr* message, int flags) {
    static auto* const real = next<decltype(sendmsg)>("sendmsg");
    about_to_send(first_of(message));
    const ssize_t count = real(descriptor, message, flags);
    if (count > 0) sent(descriptor, first_of(message));
    return count;
}

int PQsendQueryPrepared(PGconn* connection, const char* statement, int count, const char* const* values,
                        const int* lengths, const int* formats, int result_format) {
    static auto* const real = next<decltype(PQsendQueryPrepared)>("PQsendQueryPrepared");
    const int result = real(connection, statement, count, values, lengths, formats, result_format);
    if (std::string_view(statement) == "commit_transaction") {
        committing = connection;
        pass(before_commit);
    }
    return result;
}

int PQflush(PGconn* connection) {
    static auto* const real = next<decltype(PQflush)>("PQflush");
    const int result = real(connection);
    if (result == 0 && connection == committing) {
        committing = nullptr;
        pass(commit_sent);
    }
    return result;
}

PGresult* PQgetResult(PGconn* connection) {
    static auto* const real = next<decltype(PQgetResult)>("PQgetResult");
    PGresult* const result = real(connection);
    if (result && std::string_view(PQcmdStatus(result)) == "COMMIT") pass(after_commit);
    return result;
}

}  // extern "C"
