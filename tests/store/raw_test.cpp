#include "store/raw.hpp"

#include <gtest/gtest.h>

namespace store {
namespace {

TEST(Raw, ComesBackBitForBit) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, raw_chunk_size - 1, raw_chunk_size,
                                   raw_chunk_size + 1, 3 * raw_chunk_size}) {
        std::string raw(size, '\0');
        for (std::size_t i = 0; i < size; ++i) raw[i] = static_cast<char>(i * 31 % 255);
        const auto chunks = compress_raw(raw);
        EXPECT_EQ(chunks.size(), std::max<std::size_t>(1, (size + raw_chunk_size - 1) / raw_chunk_size));
        std::string restored;
        for (const auto& chunk : chunks) ASSERT_TRUE(decompress_chunk(chunk, restored));
        EXPECT_EQ(restored, raw);
    }
}

TEST(Raw, DamageIsNoticedAndNothingIsAdded) {
    const std::string chunk = compress_raw("hello hello hello").front();
    for (const std::string& broken :
         {std::string(), std::string("garbage"), chunk.substr(0, chunk.size() / 2)}) {
        std::string raw = "before";
        EXPECT_FALSE(decompress_chunk(broken, raw));
        EXPECT_EQ(raw, "before");
    }
}

}  // namespace
}  // namespace store
