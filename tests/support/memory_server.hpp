// The rules of smtp/ without sockets: bytes in, replies out, at once. What smtp/serve.cpp does over a
// connection, in the fewest lines.
#pragma once

#include "smtp/data_reader.hpp"
#include "smtp/rules.hpp"
#include "tests/support/smtp_fakes.hpp"

#include <deque>
#include <optional>
#include <string>

namespace test {

class MemoryServer {
  public:
    MemoryServer(smtp::RuleOptions options, FakeSink& sink,
                 smtp::BareNewlines bare_newlines = smtp::BareNewlines::normalize);

    void feed(std::string_view bytes);
    void shake_hands();
    [[nodiscard]] bool closed() const { return closed_; }
    [[nodiscard]] bool awaits_handshake() const { return handshake_; }

    std::deque<std::string> replies;  // each as on the wire

  private:
    void work();
    void say(const smtp::Reply& reply);
    bool step();                                // one line; false when more input is needed
    bool content();                             // likewise
    [[nodiscard]] smtp::Sender sender() const;  // who may be refused before the content

    smtp::RuleOptions options_;
    smtp::ContentLimits content_;
    FakeSink& sink_;
    smtp::Rules rules_;
    smtp::NamedClient client_;  // by XCLIENT
    bool secure_ = false;
    net::InputBuffer input_;
    std::optional<smtp::DataReader> reader_;
    bool first_bytes_ = true, handshake_ = false, closed_ = false;
};

}  // namespace test
