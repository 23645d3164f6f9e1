// libopendkim, which signs and verifies beside us in tests and benches. It writes past its heap on hostile
// headers, so it sees only mails that we made, and never runs in the daemon.
#pragma once

#include <string>
#include <string_view>

namespace test {

class OpenDkim {
  public:
    // `record`: the key record that every look-up of a key gets.
    explicit OpenDkim(std::string record);
    OpenDkim(const OpenDkim&) = delete;
    OpenDkim& operator=(const OpenDkim&) = delete;
    ~OpenDkim();

    // The first signature: "pass", "fail" (the signature or the body does not match) or another word.
    [[nodiscard]] std::string verify(std::string_view mail) const;

    struct Way {
        bool relaxed_header = true, relaxed_body = true, ed25519 = false;
        long length = -1;  // of the body, -1 for all of it
    };
    // The mail with a signature of s1._domainkey.client.example above it.
    [[nodiscard]] std::string sign(const std::string& mail, const std::string& private_key,
                                   const Way& way) const;

  private:
    std::string record_;
    void* library_;
};

}  // namespace test
