#include "smtp/reply_reader.hpp"

#include "mail/text.hpp"

#include <algorithm>

namespace smtp {
namespace {

// "5.1.1" in front of a blank or the end (RFC 3463 §2), of the class of `code`; else empty.
std::string_view status_in(std::string_view text, int code) {
    std::size_t at = 0, dots = 0, digits = 0;
    for (; at < text.size() && !mail::is_space(text[at]); ++at) {
        if (mail::is_digit(text[at])) {
            if (++digits > (dots == 0 ? 1U : 3U)) return {};
        } else if (text[at] == '.' && digits > 0 && dots < 2) {
            ++dots;
            digits = 0;
        } else {
            return {};
        }
    }
    const bool whole = dots == 2 && digits > 0;
    return whole && text.front() - '0' == code / 100 ? text.substr(0, at) : std::string_view();
}

}  // namespace

std::string safe_text(std::string_view bytes, std::size_t max) {
    // Nothing grows on the way by more than U+FFFD does.
    const std::string valid = mail::to_valid_utf8(bytes.substr(0, 4 * max));
    std::string safe;
    bool blank = false;  // one stands between words, however many did
    for (std::size_t at = 0; at < valid.size() && safe.size() < max;) {
        if (mail::is_space(valid[at]) || mail::is_control(valid[at])) {
            blank = !safe.empty();
            ++at;
        } else if (const std::size_t hidden = mail::invisible_at(std::string_view(valid).substr(at))) {
            at += hidden;
        } else {
            if (std::exchange(blank, false)) safe += ' ';
            do safe += valid[at++];
            while (at < valid.size() && (static_cast<unsigned char>(valid[at]) & 0xC0U) == 0x80U);
        }
    }
    safe.resize(mail::cut_utf8(safe, max).size());
    return safe;
}

RemoteReply ServerReply::shown() const {
    RemoteReply shown{code, std::string(status_in(text, code)), {}};
    std::string joined;
    for (std::string_view rest = text; joined.size() < 4096;) {
        const std::size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        if (!shown.status.empty() && status_in(line, code) == shown.status)
            line.remove_prefix(shown.status.size());
        joined.append(line).append(" ");
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    shown.text = safe_text(joined, 1000);
    return shown;
}

std::size_t ReplyReader::feed(std::string_view bytes) {
    std::size_t taken = 0;
    while (state_ == State::more && taken < bytes.size()) {
        const std::string_view rest = bytes.substr(taken);
        const std::size_t lf = rest.find('\n');
        const std::string_view part = rest.substr(0, lf);
        line_.append(part.substr(0, max_line - std::min(max_line, line_.size())));
        const std::size_t count = lf == std::string_view::npos ? rest.size() : lf + 1;
        taken += count;
        read_ += count;
        if (lf != std::string_view::npos) end_line();
        if (state_ == State::more && read_ > max_reply) state_ = State::malformed;
    }
    return taken;
}

void ReplyReader::end_line() {
    if (line_.ends_with('\r')) line_.pop_back();
    const bool has_code = line_.size() >= 3 && line_[0] >= '2' && line_[0] <= '5' &&
                          mail::is_digit(line_[1]) && mail::is_digit(line_[2]);
    const char behind = line_.size() > 3 ? line_[3] : ' ';
    const int code = has_code ? (line_[0] - '0') * 100 + (line_[1] - '0') * 10 + (line_[2] - '0') : 0;
    if (!has_code || (behind != ' ' && behind != '-') || (lines_ > 0 && code != reply_.code) ||
        ++lines_ > max_lines) {
        state_ = State::malformed;
        return;
    }
    reply_.code = code;
    if (lines_ > 1) reply_.text += '\n';
    const std::string_view text = std::string_view(line_).substr(std::min<std::size_t>(4, line_.size()));
    reply_.text.append(text.substr(0, max_text - std::min(max_text, reply_.text.size())));
    line_.clear();
    if (behind == ' ') state_ = State::complete;
}

ServerReply ReplyReader::take() {
    ServerReply taken = std::move(reply_);
    *this = ReplyReader();
    return taken;
}

}  // namespace smtp
