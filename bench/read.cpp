// How fast mail is read, beside GMime on the same bytes in the same process. ./dev bench mail
//
// Ours is mail::read_message(): every part decoded, text out of HTML, HTML sanitised, replies split, kind and
// bounce decided. GMime parses alone, then parses and decodes every part. Rounds are interleaved, so that
// what else the machine does meets all of them; of each the median round counts.
#include "mail/read.hpp"

#include <fmt/format.h>
#include <gmime/gmime.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

using Mails = std::vector<std::string>;

std::size_t read_by_us(const std::string& raw) {
    const mail::Message message = mail::read_message(raw);
    return message.text.size() + message.html.size() + message.attachments.size();
}

void decode(GMimeObject*, GMimeObject* part, gpointer bytes) {
    if (!GMIME_IS_PART(part)) return;
    GMimeDataWrapper* const content = g_mime_part_get_content(GMIME_PART(part));
    if (content == nullptr) return;
    GMimeStream* const memory = g_mime_stream_mem_new();
    *static_cast<std::size_t*>(bytes) +=
        static_cast<std::size_t>(g_mime_data_wrapper_write_to_stream(content, memory));
    g_object_unref(memory);
}

std::size_t read_by_gmime(const std::string& raw, bool with_decoding) {
    GMimeStream* const stream = g_mime_stream_mem_new_with_buffer(raw.data(), raw.size());
    GMimeParser* const parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage* const message = g_mime_parser_construct_message(parser, nullptr);
    std::size_t bytes = 1;
    if (message != nullptr) {
        if (with_decoding) g_mime_message_foreach(message, decode, &bytes);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    return bytes;
}

struct Reader {
    const char* name;
    std::size_t (*read)(const std::string& raw);
    std::vector<double> seconds{};

    [[nodiscard]] double median() const {
        std::vector<double> sorted = seconds;
        std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2),
                         sorted.end());
        return sorted[sorted.size() / 2];
    }
};

void measure(const std::string& what, const Mails& mails, int rounds) {
    std::size_t bytes = 0;
    for (const std::string& raw : mails) bytes += raw.size();
    auto readers = std::to_array<Reader>(
        {{"ticketgate: decoded, sanitised, split, classified", read_by_us},
         {"GMime: parsed", [](const std::string& raw) { return read_by_gmime(raw, false); }},
         {"GMime: parsed and decoded", [](const std::string& raw) { return read_by_gmime(raw, true); }}});
    std::size_t made = 0;  // so that no result is thought away
    for (int round = -1; round < rounds; ++round) {
        for (Reader& reader : readers) {
            const auto begin = std::chrono::steady_clock::now();
            for (const std::string& raw : mails) made += reader.read(raw);
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
            if (round >= 0) reader.seconds.push_back(took.count());
        }
    }
    fmt::print("\n{}: {} mails, {:.1f} MB, {} rounds ({} bytes made)\n\n", what, mails.size(),
               static_cast<double>(bytes) / 1e6, rounds, made);
    fmt::print("| reader | MB/s | ms/mail | ours is |\n| --- | ---: | ---: | ---: |\n");
    for (const Reader& reader : readers)
        fmt::print("| {} | {:.0f} | {:.3f} | {:.2f}x |\n", reader.name,
                   static_cast<double>(bytes) / 1e6 / reader.median(),
                   1000 * reader.median() / static_cast<double>(mails.size()),
                   reader.median() / readers[0].median());
}

Mails mails_in(const std::vector<std::string>& folders) {
    const std::set<std::string> no_mails{".tsv", ".json", ".md", ".xml", ".yml", ".html"};
    std::set<fs::path> files;
    for (const std::string& folder : folders)
        for (const auto& entry : fs::recursive_directory_iterator(folder))
            if (entry.is_regular_file() && !no_mails.contains(entry.path().extension()) &&
                entry.path().filename() != "SOURCE.txt" &&
                entry.path().string().find("LICENCE") == std::string::npos)
                files.insert(entry.path());
    Mails mails;
    for (const fs::path& file : files) {
        std::ifstream input(file, std::ios::binary);
        mails.emplace_back(std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>());
    }
    return mails;
}

// What a person sends from a mail program: 8 KB, the answer above a quote, as text and as HTML.
std::string typical(std::size_t number) {
    std::string sentences;
    for (std::size_t i = 0; i < 14; ++i)
        sentences += fmt::format(
            "The printer on floor {} stopped after page {}, and the lamp blinks in red.\r\n", i, number + i);
    std::string quoted, paragraphs;
    for (std::size_t i = 0; i < 12; ++i) {
        quoted += fmt::format("> Did you try to turn number {} off, and on again after a minute?\r\n", i);
        paragraphs += fmt::format(
            "<p class=3D\"MsoNormal\"><span style=3D\"font-size:11.0pt;color:#1F497D\">The printer "
            "on floor {} =\r\nstopped&nbsp;after page <b>{}</b>.<o:p></o:p></span></p>\r\n",
            i, number);
    }
    std::string mail =
        "Received: from mx.client.example (mx.client.example [192.0.2.1])\r\n\tby mx.desk.example with "
        "ESMTPS id 1\r\n"
        "\tfor <support@desk.example>; Tue, 3 Mar 2026 10:00:00 +0100\r\n"
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=client.example; s=s1; "
        "h=from:to:subject:date;\r\n"
        "\tbh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=; b=" +
        std::string(240, 'q') + "\r\n" +
        fmt::format(
            "From: =?utf-8?Q?J=C3=B6rg_Doe?= <joerg@client.example>\r\nTo: Support <support@desk.example>\r\n"
            "Subject: =?utf-8?Q?Re:_The_printer_f=C3=BCr_floor?= {0}\r\nDate: Tue, 3 Mar 2026 09:59:59 "
            "+0100\r\n"
            "Message-ID: <{0}.a@client.example>\r\nIn-Reply-To: <{0}.b@desk.example>\r\n"
            "References: <{0}.c@desk.example>\r\n <{0}.b@desk.example>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"b-{0}\"\r\n\r\n",
            number) +
        fmt::format(
            "--b-{}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
            number) +
        sentences +
        "\r\nJ\xC3\xB6rg\r\n\r\nOn Tue, 3 Mar 2026 at 09:00, Support <support@desk.example> wrote:\r\n\r\n" +
        quoted +
        fmt::format(
            "\r\n--b-{}\r\nContent-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
            number) +
        "<html><head><style><!-- p.MsoNormal {margin:0cm; font-size:12.0pt} --></style></head>\r\n<body "
        "lang=3DEN>" +
        paragraphs + "<blockquote type=3D\"cite\">" + paragraphs + "</blockquote></body></html>\r\n" +
        fmt::format("--b-{}--\r\n", number);
    return mail;
}

}  // namespace

int main(int count, char** arguments) {
    int rounds = 7;
    std::vector<std::string> folders;
    CLI::App program{"Reads mails, and lets GMime read them too", "ticketgate-read"};
    program.add_option("--rounds", rounds, "rounds that count; one more goes before them")
        ->check(CLI::Range(1, 1000));
    program.add_option("folders", folders, "with a mail a file")->check(CLI::ExistingDirectory);
    CLI11_PARSE(program, count, arguments);
    g_mime_init();
    for (const std::string& folder : folders) {
        const Mails mails = mails_in({folder});
        if (!mails.empty()) measure(folder, mails, rounds);
    }
    Mails made(1000);
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = typical(i);
    measure(fmt::format("made for this, {:.1f} KB each", static_cast<double>(made.front().size()) / 1e3),
            made, rounds);
    g_mime_shutdown();
    return 0;
}
