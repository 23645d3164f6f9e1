// A whole session (smtp/rules.hpp behind tests/support/memory_server.hpp), in one piece and in small ones:
// the same replies and messages. The first two bytes say how it is cut; 2 first: by LMTP; an even second one:
// the client is a trusted relay. The rest is what it sends.
#include "net/networks.hpp"
#include "tests/fuzz/checks.hpp"
#include "tests/support/memory_server.hpp"

#include <algorithm>
#include <string>

namespace {

struct Result {
    std::string replies;
    bool closed = false, met_tls = false;
    std::vector<smtp::ReceivedMessage> stored;
};

Result talk(std::string_view bytes, std::uint32_t cut, bool strict, bool trusted, bool lmtp) {
    smtp::RuleOptions options;
    options.offers_tls = true;
    options.max_message_size = 8000;
    options.max_recipients = 3;
    options.may_name_client = trusted;
    options.lmtp = lmtp;
    test::FakeSink sink;
    test::MemoryServer server(options, sink,
                              strict ? smtp::BareNewlines::reject : smtp::BareNewlines::normalize);
    Result result;
    while (!bytes.empty() && !server.closed()) {
        std::size_t piece = bytes.size();
        if (cut > 0) {
            cut = cut * 1664525 + 1013904223;
            piece = std::min<std::size_t>(piece, 1 + (cut >> 24) % 60);
        }
        server.feed(bytes.substr(0, piece));
        bytes.remove_prefix(piece);
        if (server.awaits_handshake()) {
            result.met_tls = true;
            server.shake_hands();
        }
    }
    for (const std::string& reply : server.replies) {
        fuzz::check(reply.size() > 5 && reply.ends_with("\r\n") && reply[0] >= '2' && reply[0] <= '5',
                    "a reply's form");
        fuzz::check(std::all_of(reply.begin(), reply.end(),
                                [](char c) { return (c >= ' ' && c <= '~') || c == '\r' || c == '\n'; }),
                    "a reply that echoes bytes");
        if (reply.find("Input behind STARTTLS") != std::string::npos) result.met_tls = true;
        result.replies += reply;
    }
    result.closed = server.closed();
    result.stored = sink.stored();
    return result;
}

void check_message(const smtp::ReceivedMessage& message, bool lmtp) {
    fuzz::check(!message.recipients.empty() && message.recipients.size() <= 3, "the number of recipients");
    fuzz::check(lmtp || !message.reverse_path.empty() || message.recipients.size() == 1, "a notice to many");
    fuzz::check(message.refusable != lmtp && (lmtp || message.objection.empty()), "what is held");
    fuzz::check(message.raw.size() <= 8000, "the size");
    fuzz::check(
        (lmtp && message.client_address.empty()) || net::Networks::parse(message.client_address).has_value(),
        "a client without an address");
    fuzz::check(message.helo.size() <= 255, "a long name");
    for (const smtp::Recipient& each : message.recipients)
        fuzz::check(each.address.domain.empty() || each.address.domain == "ours.example",
                    "a relayed message");
    for (std::size_t i = 0; i < message.raw.size(); ++i) {
        const bool lf = message.raw[i] == '\n', cr = message.raw[i] == '\r';
        fuzz::check(!lf || (i > 0 && message.raw[i - 1] == '\r'), "a bare LF is kept");
        fuzz::check(!cr || (i + 1 < message.raw.size() && message.raw[i + 1] == '\n'), "a bare CR is kept");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view sent = fuzz::view(bytes + 2, size - 2);
    const bool strict = bytes[0] == 0, trusted = bytes[1] % 2 == 0, lmtp = bytes[0] == 2;
    const Result whole = talk(sent, 0, strict, trusted, lmtp);
    for (const auto& message : whole.stored) check_message(message, lmtp);
    const Result pieces = talk(sent, 1U + bytes[0] * 256U + bytes[1], strict, trusted, lmtp);
    for (const auto& message : pieces.stored) check_message(message, lmtp);
    if (whole.met_tls || pieces.met_tls) return 0;  // what stands behind STARTTLS is a matter of pieces
    fuzz::check(whole.replies == pieces.replies && whole.closed == pieces.closed, "other replies in pieces");
    fuzz::check(whole.stored.size() == pieces.stored.size(), "other messages in pieces");
    for (std::size_t i = 0; i < whole.stored.size(); ++i)
        fuzz::check(whole.stored[i].raw == pieces.stored[i].raw, "another content in pieces");
    return 0;
}
