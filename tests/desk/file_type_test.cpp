#include "desk/file_type.hpp"

#include <gtest/gtest.h>

namespace desk {
namespace {

using namespace std::literals;

TEST(FileType, ComesFromTheBytesAndThenFromTheName) {
    struct Case {
        std::string_view name, content, type;
    };
    for (const auto& [name, content, type] : {
             Case{"a.png", "\x89PNG\r\n\x1a\n..."sv, "image/png"},
             Case{"a.txt", "\xff\xd8\xff..."sv, "image/jpeg"},
             Case{"picture", "RIFF1234WEBPVP8 "sv, "image/webp"},
             Case{"sound.wav", "RIFF1234WAVEfmt "sv, "audio/wav"},
             Case{"bill.PDF", "%PDF-1.7"sv, "application/pdf"},
             Case{"bill.PDF", "nothing"sv,
                  "application/octet-stream"},  // what it claims to be has plain bytes
             Case{"sheet.xlsx", "PK\x03\x04"sv,
                  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
             Case{"notes.txt", ""sv, "text/plain"},
             Case{"README", "text"sv, "application/octet-stream"},
             Case{".", ""sv, "application/octet-stream"},
             Case{"", ""sv, "application/octet-stream"},
         })
        EXPECT_EQ(file_type(name, content), type) << name;
}

}  // namespace
}  // namespace desk
