#include "policy/network_trie.hpp"

#include <algorithm>
#include <bit>

namespace policy {

PrefixKey::PrefixKey(std::int64_t owner, std::string_view address)
    : words_{static_cast<std::uint64_t>(owner), 0, 0} {
    for (std::size_t i = 0; i < 16 && i < address.size(); ++i)
        words_[1 + i / 8] |= std::uint64_t{static_cast<unsigned char>(address[i])} << (56 - 8 * (i % 8));
}

unsigned PrefixKey::common(const PrefixKey& other, unsigned most) const {
    for (std::size_t i = 0; i < words_.size() && 64 * i < most; ++i)
        if (const auto differing = words_[i] ^ other.words_[i])
            return std::min(
                most, static_cast<unsigned>(64 * i) + static_cast<unsigned>(std::countl_zero(differing)));
    return most;
}

}  // namespace policy
