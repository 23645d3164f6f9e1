#include "smtp/data_reader.hpp"

#include <algorithm>

namespace smtp {

DataReader::DataReader(std::size_t max_size, std::size_t expected_size) : max_size_(max_size) {
    // The announced size saves growing, but is only a stranger's word.
    content_.reserve(std::min({expected_size, max_size, std::size_t{64 * 1024}}));
}

std::size_t DataReader::feed(std::string_view bytes) {
    std::size_t i = 0;
    std::size_t kept = 0;  // bytes[kept, i) are content that was not copied yet
    while (i < bytes.size()) {
        switch (at_) {
            case At::line_start:
                if (bytes[i] == '.') {
                    keep(bytes.substr(kept, i - kept));
                    kept = ++i;
                    at_ = At::dot;
                } else {
                    at_ = At::inside;
                    after_cr_ = false;
                }
                break;
            case At::dot:
                if (bytes[i] == '\r') {
                    kept = ++i;
                    at_ = At::dot_cr;
                } else {
                    at_ = At::inside;
                    after_cr_ = false;
                }
                break;
            case At::dot_cr:
                if (bytes[i] == '\n') {
                    done_ = true;
                    return i + 1;
                }
                keep("\r");
                at_ = At::inside;
                after_cr_ = false;  // CR CR LF: the second CR, looked at next, makes the line end
                break;
            case At::inside: {
                std::size_t lf = bytes.find('\n', i);
                if (lf == std::string_view::npos) {
                    after_cr_ = bytes.back() == '\r';
                    i = bytes.size();
                    break;
                }
                if (lf > i ? bytes[lf - 1] == '\r' : after_cr_) at_ = At::line_start;
                after_cr_ = false;
                i = lf + 1;
                break;
            }
        }
    }
    keep(bytes.substr(kept));
    return bytes.size();
}

void DataReader::discard() {
    discarding_ = true;
    content_ = {};
}

void DataReader::keep(std::string_view bytes) {
    size_ += bytes.size();
    if (too_big()) discard();
    if (!discarding_) content_ += bytes;
}

}  // namespace smtp
