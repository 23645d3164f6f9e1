#include "smtp/outgoing.hpp"

#include "mail/mailbox.hpp"
#include "mail/text.hpp"

#include <algorithm>
#include <cstring>

namespace smtp {
namespace {

constexpr std::size_t longest_address = 254;  // RFC 5321 §4.5.3.1.3, without < and >
constexpr std::size_t longest_line = 998;     // RFC 5322 §2.1.1, without CRLF

// Dot-string or Quoted-string, laxly: what it must not do is end the path.
bool is_local_part(std::string_view text) {
    if (text.empty() || !mail::is_utf8(text)) return false;
    if (text.front() != '"')
        return std::none_of(text.begin(), text.end(), [](char c) {
            return mail::is_control(c) || mail::ByteSet(" <>()\"\\,:;[]@").contains(c);
        });
    if (text.size() < 2 || text.back() != '"') return false;
    text = text.substr(1, text.size() - 2);
    bool escaped = false;
    for (const char c : text) {
        // Servers that stop at the first > are no rarity.
        if (mail::is_control(c) || c == '<' || c == '>' || (c == '"' && !escaped)) return false;
        escaped = c == '\\' && !escaped;
    }
    return !escaped;
}

const char* fault_in(std::string_view part, bool must_end) {
    if (std::memchr(part.data(), '\0', part.size())) return "it has a NUL";
    while (!part.empty()) {
        const std::size_t lf = part.find('\n');
        const std::string_view line = part.substr(0, lf);
        const std::size_t cr = line.find('\r');
        const bool ended = lf != std::string_view::npos;
        if (ended && (line.empty() || line.back() != '\r')) return "it has a bare LF";
        if (cr != std::string_view::npos && (!ended || cr + 1 != line.size())) return "it has a bare CR";
        if (line.size() > longest_line + (ended ? 1 : 0)) return "it has a line over 998 octets";
        if (!ended) return must_end ? "its fields have no end" : nullptr;
        part.remove_prefix(lf + 1);
    }
    return nullptr;
}

}  // namespace

std::optional<std::string> address_on_the_wire(std::string_view address) {
    if (mail::iequals(address, "postmaster")) return std::string(address);
    const std::size_t at = address.rfind('@');
    if (at == std::string_view::npos || !is_local_part(address.substr(0, at))) return std::nullopt;
    const std::string_view domain = address.substr(at + 1);
    std::string wire(address.substr(0, at + 1));
    if (domain.starts_with('[') && domain.ends_with(']')) {
        for (const char c : domain.substr(1, domain.size() - 2))
            if (mail::hex_digit(c) < 0 && !mail::ByteSet("IPvpV:.").contains(c)) return std::nullopt;
        wire += domain;
    } else {
        const std::string ascii = mail::domain_to_ascii(domain);
        if (ascii.empty()) return std::nullopt;
        wire += ascii;
    }
    if (wire.size() > longest_address) return std::nullopt;
    return wire;
}

ContentFacts examine(const OutgoingMail& mail) {
    ContentFacts facts;
    const std::string_view content = *mail.content;
    facts.size = mail.fields.size() + content.size() + (content.empty() || content.ends_with('\n') ? 0 : 2);
    facts.eight_bit = !mail::is_ascii(mail.fields) || !mail::is_ascii(content);
    const std::string_view header =
        content.starts_with("\r\n") ? "" : content.substr(0, content.find("\r\n\r\n"));
    facts.utf8_header = !mail::is_ascii(mail.fields) || !mail::is_ascii(header);
    const char* fault = fault_in(mail.fields, true);
    if (!fault) fault = fault_in(content, false);
    if (fault) facts.fault = fault;
    return facts;
}

ContentWriter::ContentWriter(const OutgoingMail& mail) : parts_{mail.fields, *mail.content} {}

std::string_view ContentWriter::next(std::size_t max) {
    piece_.clear();
    for (std::string_view& part : parts_)
        while (!part.empty() && piece_.size() < max) {
            if (last_ == '\n' && part.front() == '.') piece_ += '.';
            // Up to the next dot that begins a line, or as much as there is room for.
            const std::string_view room = part.substr(0, max - std::min(max - 1, piece_.size()));
            const std::size_t dot = room.find("\n.");
            const std::string_view now = dot == std::string_view::npos ? room : room.substr(0, dot + 1);
            piece_ += now;
            last_ = now.back();
            part.remove_prefix(now.size());
        }
    if (parts_[0].empty() && parts_[1].empty()) {
        if (last_ != '\n') piece_ += "\r\n";
        piece_ += ".\r\n";
        done_ = true;
    }
    return piece_;
}

}  // namespace smtp
