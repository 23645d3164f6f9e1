#include "smtp/data_reader.hpp"

#include <algorithm>

namespace smtp {

DataReader::DataReader(const ContentLimits& limits, std::size_t expected_size) : limits_(limits) {
    // The announced size saves growing, but is only a stranger's word.
    content_.reserve(std::min({expected_size, limits.max_size, std::size_t{16 * 1024}}));
}

std::size_t DataReader::feed(std::string_view bytes) {
    std::size_t i = 0;
    std::size_t kept = 0;  // bytes[kept, i) are content that was not copied yet
    while (i < bytes.size()) {
        switch (at_) {
            case At::line_start:
                at_ = At::inside;
                if (bytes[i] == '.') {
                    keep(bytes.substr(kept, i - kept));
                    kept = ++i;
                    at_ = At::dot;
                }
                break;
            case At::dot:
                at_ = At::inside;
                if (bytes[i] == '\r') {
                    kept = ++i;
                    at_ = At::dot_cr;
                }
                break;
            case At::dot_cr:
                if (bytes[i] == '\n') {
                    done_ = true;
                    return i + 1;
                }
                bare(" ");  // CR CR LF: the second CR, looked at next, makes the line end
                at_ = At::inside;
                break;
            case At::inside_cr:
                at_ = At::inside;
                if (bytes[i] == '\n') {
                    keep("\r\n");
                    kept = ++i;
                    at_ = At::line_start;
                } else {
                    bare(" ");
                }
                break;
            case At::inside: {
                const std::size_t lf = std::min(bytes.find('\n', i), bytes.size());
                const std::size_t cr = bytes.substr(0, lf).find('\r', i);
                if (cr == std::string_view::npos) {
                    i = lf;
                    if (lf == bytes.size()) break;
                    keep(bytes.substr(kept, lf - kept));
                    bare("\r\n");
                    kept = ++i;
                } else if (cr + 1 == lf && lf < bytes.size()) {
                    i = lf + 1;
                    at_ = At::line_start;
                } else {
                    keep(bytes.substr(kept, cr - kept));
                    kept = i = cr + 1;
                    at_ = At::inside_cr;
                }
                break;
            }
        }
    }
    keep(bytes.substr(kept));
    return bytes.size();
}

void DataReader::refuse(Fault fault) {
    if (!refused_) fault_ = fault;
    refused_ = true;
    std::string().swap(content_);  // an assignment would keep the memory
}

void DataReader::object(Fault fault) {
    if (limits_.refuses) return refuse(fault);
    if (fault_ == Fault::none) fault_ = fault;
}

void DataReader::bare(std::string_view instead) {
    if (limits_.bare_newlines == BareNewlines::reject) object(Fault::bare_newline);
    keep(instead);
}

void DataReader::keep(std::string_view bytes) {
    const auto room =
        static_cast<std::size_t>(limits_.max_size - std::min<std::uint64_t>(size_, limits_.max_size));
    size_ += bytes.size();
    if (refused_) return;
    std::string_view fits = bytes.substr(0, room);
    meter_.feed(fits);
    if (meter_.bytes() > limits_.max_header)
        object(Fault::header_too_big);
    else if (meter_.hops() > limits_.max_hops)
        object(Fault::too_many_hops);
    else if (fits.size() < bytes.size())
        object(Fault::too_big);
    if (refused_) return;
    if (fits.size() < bytes.size() && fits.ends_with('\r')) fits.remove_suffix(1);  // its LF is cut off
    content_ += fits;
}

}  // namespace smtp
