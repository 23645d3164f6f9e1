// The mails of a benchmark: each unique, none compressible beyond 2:1, cheap to make.
//
// A mail is a header of its own (Message-ID, Subject, From, an order number in the body) in front of two
// slices of text that were made before the clock started: words, and random base64. Only the header is
// formatted while the run is timed; the slices go to the socket from where they lie.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct Mail {
    std::string head;        // header fields, the empty line, and a first sentence with the mail's number
    std::string_view words;  // into MailMaker
    std::string_view noise;  // into MailMaker
    static constexpr std::string_view end = "\r\n.\r\n";

    // As received, without the final dot.
    [[nodiscard]] std::size_t size() const { return head.size() + words.size() + noise.size() + 2; }
};

class MailMaker {
  public:
    static constexpr std::size_t smallest = 1024, largest = 1 << 20;

    // Throws std::invalid_argument when size is not within smallest..largest.
    MailMaker(std::uint64_t seed, std::size_t size, std::string to);

    // Fills `mail`, whose strings are used again. No two numbers give the same mail, nor do two seeds.
    void make(std::uint64_t number, Mail& mail) const;

    // How many times smaller zstd (level 3) makes one mail: the worst over a sample.
    [[nodiscard]] double compression() const;

  private:
    std::uint64_t seed_;
    std::size_t size_;
    std::string to_, date_;
    std::string words_, noise_;
    std::vector<std::size_t> word_lines_;  // where each line starts that leaves `size` bytes behind it
    std::size_t noise_lines_ = 0;
};

}  // namespace bench
