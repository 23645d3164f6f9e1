#include "smtp/header_meter.hpp"

#include <algorithm>

namespace smtp {
namespace {

constexpr std::string_view hop = "received";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

void HeaderMeter::feed(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size() && at_ != At::body;) {
        const char c = bytes[i];
        switch (at_) {
            case At::line_start:
                if (c == '\n') {
                    at_ = At::body;
                } else if (c == '\r') {
                    at_ = At::line_start_cr;
                    ++i;
                } else if (c == ' ' || c == '\t') {
                    at_ = in_field_ ? At::field : At::junk;
                } else {
                    at_ = At::name;
                    line_ = 0;
                    may_be_hop_ = true;
                }
                break;
            case At::line_start_cr:
                at_ = c == '\n' ? At::body : At::junk;
                break;
            case At::name:
            case At::blank_behind_name:  // RFC 5322 §4.5: blanks before the colon
                in_name(c);
                if (at_ != At::junk) ++i;
                break;
            case At::field:
            case At::junk: {
                const std::size_t lf = bytes.find('\n', i);
                const std::size_t end = lf == std::string_view::npos ? bytes.size() : lf + 1;
                in_field_ = at_ == At::field;
                if (in_field_) bytes_ += end - i;
                if (lf != std::string_view::npos) at_ = At::line_start;
                i = end;
                break;
            }
            case At::body:
                break;
        }
    }
}

void HeaderMeter::in_name(char c) {
    ++line_;
    if (c == ':' && line_ > 1) {
        const std::size_t length = line_ - 1;
        if (may_be_hop_ && (at_ == At::blank_behind_name || length == hop.size())) ++hops_;
        bytes_ += line_;
        at_ = At::field;
    } else if (c == ' ' || c == '\t') {
        if (at_ == At::name) may_be_hop_ = may_be_hop_ && line_ == hop.size() + 1;
        at_ = At::blank_behind_name;
    } else if (at_ == At::blank_behind_name || c <= ' ' || c > '~') {
        at_ = At::junk;
    } else {
        may_be_hop_ = may_be_hop_ && line_ <= hop.size() && lower(c) == hop[line_ - 1];
    }
}

}  // namespace smtp
