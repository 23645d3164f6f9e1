#include "bench/mails.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <ctime>
#include <iterator>
#include <random>
#include <stdexcept>

namespace bench {
namespace {

constexpr std::array<std::string_view, 96> vocabulary = {
    "about",    "account",  "after",  "again",   "also",      "and",      "answer",   "any",      "arrived",
    "asked",    "because",  "before", "bill",    "both",      "box",      "broken",   "but",      "call",
    "cannot",   "card",     "change", "charged", "colleague", "could",    "customer", "damaged",  "date",
    "delivery", "does",     "email",  "error",   "every",     "first",    "from",     "had",      "hello",
    "help",     "invoice",  "it",     "just",    "last",      "later",    "letter",   "like",     "machine",
    "message",  "month",    "my",     "need",    "never",     "new",      "nobody",   "not",      "nothing",
    "now",      "number",   "of",     "office",  "on",        "order",    "our",      "package",  "page",
    "paid",     "password", "phone",  "please",  "price",     "printer",  "problem",  "question", "receipt",
    "refund",   "reply",    "return", "said",    "screen",    "second",   "see",      "sent",     "service",
    "shop",     "since",    "still",  "than",    "thanks",    "the",      "then",     "there",    "today",
    "twice",    "waiting",  "week",   "which",   "with",      "yesterday"};

constexpr std::array<std::string_view, 16> first_names = {"Ann",   "Bela", "Carla", "Dmitri", "Eve",   "Femi",
                                                          "Greta", "Hugo", "Ines",  "Jun",    "Karim", "Lena",
                                                          "Marek", "Nora", "Otto",  "Priya"};
constexpr std::array<std::string_view, 16> last_names = {
    "Adler",  "Brandt", "Costa",  "Duarte", "Eriksen", "Fischer", "Garcia", "Haas",
    "Ivanov", "Jensen", "Keller", "Lopez",  "Moreau",  "Novak",   "Okafor", "Petrov"};

constexpr std::size_t line_width = 76;
constexpr std::size_t noise_line = line_width + 2;

std::string make_words(std::mt19937_64& random, std::size_t size, std::vector<std::size_t>& lines) {
    std::string text;
    text.reserve(size + line_width);
    while (text.size() < size) {
        lines.push_back(text.size());
        std::size_t const start = text.size();
        for (;;) {
            std::string_view const word = vocabulary.at(random() % vocabulary.size());
            if (text.size() - start + word.size() + 1 > line_width) break;
            text.append(word).push_back(' ');
        }
        text.append("\r\n");
    }
    return text;
}

std::string make_noise(std::mt19937_64& random, std::size_t lines) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve(lines * noise_line);
    for (std::size_t line = 0; line < lines; ++line) {
        for (std::size_t column = 0; column < line_width; ++column)
            text.push_back(alphabet[random() % alphabet.size()]);
        text.append("\r\n");
    }
    return text;
}

}  // namespace

MailMaker::MailMaker(std::uint64_t seed, std::size_t size, std::string to)
    : seed_(seed),
      size_(size),
      to_(std::move(to)),
      date_(fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", fmt::gmtime(std::time(nullptr)))) {
    if (size < smallest || size > largest)
        throw std::invalid_argument(fmt::format("the size of a mail is {} to {} bytes", smallest, largest));
    std::mt19937_64 random(seed);
    std::size_t const pool = std::max<std::size_t>(256 * 1024, 2 * size);
    words_ = make_words(random, pool, word_lines_);
    std::erase_if(word_lines_, [&](std::size_t start) { return start + size > words_.size(); });
    noise_lines_ = (pool - size) / noise_line;
    noise_ = make_noise(random, pool / noise_line + 1);
}

void MailMaker::make(std::uint64_t number, Mail& mail) const {
    std::string_view const first = first_names[number % first_names.size()];
    std::string_view const last = last_names[number / first_names.size() % last_names.size()];
    // A multiplicative hash spreads the numbers over the id space, as mail programs' ids are spread.
    std::uint64_t const spread = (number + 1) * 0x9e3779b97f4a7c15U ^ seed_;
    mail.head.clear();
    fmt::format_to(
        std::back_inserter(mail.head),
        "Received: from laptop-{2}.client.example ([192.0.2.{7}]) by mx.client.example with ESMTPS id "
        "{3:016x};\r\n\t{5}\r\n"
        "Date: {5}\r\n"
        "From: {0} {1} <{0}.{1}.{4:x}.{2}@client.example>\r\n"
        "To: Support <{6}>\r\n"
        "Message-ID: <{3:016x}.{4:x}.{2}@client.example>\r\n"
        "Subject: Question {2} about order {3:x}\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "User-Agent: Desk Load 1.0\r\n"
        "\r\n"
        "Hello,\r\n\r\nthis is my question number {2} about order {3:x}.\r\n\r\n",
        first, last, number, spread, seed_, date_, to_, number % 250 + 1);
    std::size_t const body = size_ - mail.head.size() - 2;
    mail.words = std::string_view(words_).substr(word_lines_[number % word_lines_.size()], body / 2);
    mail.noise = std::string_view(noise_).substr(spread % noise_lines_ * noise_line, body - body / 2);
}

double MailMaker::compression() const {
    double worst = 0;
    Mail mail;
    for (std::uint64_t number = 0; number < 64; ++number) {
        make(number * 9973, mail);
        std::string plain = mail.head;
        plain.append(mail.words).append(mail.noise).append("\r\n");
        std::string packed(ZSTD_compressBound(plain.size()), '\0');
        std::size_t const size = ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 3);
        if (ZSTD_isError(size) != 0) throw std::runtime_error("zstd refused a mail");
        worst = std::max(worst, static_cast<double>(plain.size()) / static_cast<double>(size));
    }
    return worst;
}

}  // namespace bench
