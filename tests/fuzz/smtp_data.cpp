// The content of DATA (smtp/data_reader.hpp): in any pieces the same as at once, and the same as the plainest
// reading of RFC 5321 §4.5.2. The first two bytes say how it is cut; a NUL byte there: bare newlines are
// refused.
#include "smtp/data_reader.hpp"

#include "tests/fuzz/checks.hpp"

#include <algorithm>
#include <string>

using smtp::DataReader;

namespace {

struct Result {
    std::size_t taken = 0;
    bool done = false;
    DataReader::Fault fault = DataReader::Fault::none;
    std::uint64_t size = 0;
    std::string content;
    bool operator==(const Result&) const = default;
};

Result read(std::string_view bytes, const smtp::ContentLimits& limits, std::uint32_t cut) {
    DataReader reader(limits, cut);
    Result result;
    while (result.taken < bytes.size() && !reader.done()) {
        std::size_t piece = bytes.size() - result.taken;
        if (cut > 0) {  // a plain generator: the input must decide alone
            cut = cut * 1664525 + 1013904223;
            piece = std::min<std::size_t>(piece, 1 + (cut >> 24) % 40);
        }
        result.taken += reader.feed(bytes.substr(result.taken, piece));
        if (cut % 3 == 1) result.content += reader.take();  // as for a temporary file
    }
    result.content += reader.take();
    result.done = reader.done();
    result.fault = reader.fault();
    result.size = reader.size();
    if (result.fault != DataReader::Fault::none) result.content.clear();
    return result;
}

void check_against_the_plain_rule(std::string_view bytes, const Result& result, bool mends) {
    const std::string all = "\r\n" + std::string(bytes);
    const std::size_t end = all.find("\r\n.\r\n");
    fuzz::check(result.done == (end != std::string::npos), "the end of data");
    if (!result.done) return;
    fuzz::check(result.taken == end + 3, "the place of the end of data");
    std::string content;
    for (std::size_t i = 2; i < end + 2; ++i)
        if (!(all[i] == '.' && all[i - 1] == '\n' && all[i - 2] == '\r')) content += all[i];
    std::string mended;
    for (std::size_t i = 0; i < content.size(); ++i) {
        const bool bare_cr = content[i] == '\r' && (i + 1 == content.size() || content[i + 1] != '\n');
        if (content[i] == '\n' && (i == 0 || content[i - 1] != '\r')) mended += '\r';
        mended += bare_cr ? ' ' : content[i];
    }
    if (result.fault == DataReader::Fault::none)
        fuzz::check(result.content == mended, "the content");
    else
        fuzz::check(result.fault != DataReader::Fault::bare_newline || (!mends && mended != content),
                    "a bare newline where there is none");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view content = fuzz::view(bytes + 2, size - 2);
    smtp::ContentLimits limits;
    limits.max_size = 8000;
    limits.max_header = 4000;
    limits.max_hops = 5;
    if (bytes[0] == 0) limits.bare_newlines = smtp::BareNewlines::reject;
    const Result whole = read(content, limits, 0);
    fuzz::check(whole.content.size() <= limits.max_size, "more than may be kept");
    check_against_the_plain_rule(content, whole, bytes[0] != 0);
    const Result pieces = read(content, limits, 1U + bytes[0] * 256U + bytes[1]);
    fuzz::check(whole == pieces, "another result in pieces");
    return 0;
}
