#include "store/raw.hpp"

#include <zstd.h>

#include <memory>
#include <stdexcept>

namespace store {
namespace {

// Level 1: mail is compressed once, on the way in, while the sender waits.
constexpr int level = 1;

ZSTD_CCtx* compressor() {
    thread_local const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                                    &ZSTD_freeCCtx);
    return context.get();
}

}  // namespace

std::vector<std::string> compress_raw(std::string_view raw) {
    std::vector<std::string> chunks;
    do {
        const auto part = raw.substr(0, raw_chunk_size);
        raw.remove_prefix(part.size());
        std::string chunk(ZSTD_compressBound(part.size()), '\0');
        const std::size_t size =
            ZSTD_compressCCtx(compressor(), chunk.data(), chunk.size(), part.data(), part.size(), level);
        if (ZSTD_isError(size)) throw std::runtime_error(ZSTD_getErrorName(size));
        chunk.resize(size);
        chunks.push_back(std::move(chunk));
    } while (!raw.empty());
    return chunks;
}

bool decompress_chunk(std::string_view chunk, std::string& raw) {
    const auto size = ZSTD_getFrameContentSize(chunk.data(), chunk.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > raw_chunk_size)
        return false;
    const std::size_t start = raw.size();
    raw.resize(start + size);
    const std::size_t written = ZSTD_decompress(raw.data() + start, size, chunk.data(), chunk.size());
    if (!ZSTD_isError(written) && written == size) return true;
    raw.resize(start);
    return false;
}

}  // namespace store
