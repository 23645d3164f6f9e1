// Logging in to a server (RFC 4954): PLAIN, LOGIN, SCRAM-SHA-256 and XOAUTH2, as a value without I/O.
//
// With SCRAM the server has to prove that it knows the password too (RFC 5802 §3): one that says 235 without
// the proof is not believed. No channel binding. User name and password are sent as they are, not prepared
// (RFC 4013): for ASCII that is the same.
#pragma once

#include "smtp/delivery.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace smtp {

class Sasl {
  public:
    using Mechanism = Credentials::Mechanism;
    // Which of the four a server offers.
    struct Offer {
        bool plain = false, login = false, scram_sha_256 = false, xoauth2 = false;
    };
    // RFC 5802's default is 4096; more than this would hold up everybody else on our thread.
    static constexpr int min_iterations = 4096, max_iterations = 600'000;

    // What is wanted and offered; nothing when that is nothing, or when no mechanism can carry the
    // credentials (a NUL in them).
    [[nodiscard]] static std::optional<Sasl> choose(const Credentials& credentials, const Offer& offer);
    // `nonce`: printable ASCII without commas, never used twice.
    Sasl(Credentials credentials, Mechanism mechanism, std::string nonce);

    // "AUTH PLAIN ..." without its CRLF.
    [[nodiscard]] std::string first();
    // The answer to a 334, without its CRLF; "*" gives up, and trouble() says why.
    [[nodiscard]] std::string answer(std::string_view challenge);
    // Whether a 235 may be believed.
    [[nodiscard]] bool satisfied() const { return mechanism_ != Mechanism::scram_sha_256 || proven_; }
    // After a "*" there is nothing left to say.
    [[nodiscard]] bool gave_up() const { return gave_up_; }
    // In our words, or for XOAUTH2 what the server sent as its error; safe to show. Empty: none.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

  private:
    std::string give_up(std::string why);
    std::string scram(std::string_view server);
    std::string scram_proof(std::string_view server_first);

    Credentials credentials_;
    Mechanism mechanism_;
    std::string nonce_, first_bare_, server_signature_, trouble_;
    int step_ = 0;
    bool proven_ = false, gave_up_ = false;
};

}  // namespace smtp
