#include "policy/network_trie.hpp"

#include "tickets/ban.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace {

using policy::NetworkTrie;
using policy::PrefixKey;

struct Network {
    std::int64_t owner;
    tickets::BanNetwork network;
    [[nodiscard]] PrefixKey key() const { return {owner, network.bytes}; }
    [[nodiscard]] unsigned bits() const { return PrefixKey::owner_bits + network.bits; }
    [[nodiscard]] bool holds(std::int64_t whose, const std::string& address) const {
        return owner == whose && tickets::masked(address, network.bits) == network.bytes;
    }
};

std::set<int> found(const NetworkTrie<int>& trie, std::int64_t owner, const std::string& address) {
    std::set<int> values;
    trie.visit({owner, address}, [&](int value) { EXPECT_TRUE(values.insert(value).second); });
    return values;
}

// Few distinct bits, so that networks lie within each other and part at every length.
std::string random_address(std::mt19937& random) {
    std::string bytes(16, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 4 == 0 ? 0x80 >> random() % 8 : 0);
    return bytes;
}

TEST(NetworkTrie, FindsWhatALookAtEachFinds) {
    std::mt19937 random(7);
    NetworkTrie<int> trie;
    trie.own_from_now_on();
    std::map<int, Network> known;
    for (int step = 0; step < 3000; ++step) {
        if (!known.empty() && random() % 3 == 0) {
            const auto gone = std::next(known.begin(), static_cast<int>(random() % known.size()));
            trie.remove(gone->second.key(), gone->second.bits(), gone->first);
            known.erase(gone);
        } else {
            const auto bits = static_cast<unsigned>(random() % 129);
            const Network network{static_cast<std::int64_t>(random() % 3),
                                  {tickets::masked(random_address(random), bits), bits}};
            trie.insert(network.key(), network.bits(), step);
            known.emplace(step, network);
        }
        const std::string address = random_address(random);
        const auto owner = static_cast<std::int64_t>(random() % 3);
        std::set<int> expected;
        for (const auto& [value, network] : known)
            if (network.holds(owner, address)) expected.insert(value);
        ASSERT_EQ(found(trie, owner, address), expected) << "after step " << step;
    }
}

TEST(NetworkTrie, ACopyLeavesItsOriginalAlone) {
    NetworkTrie<int> first;
    first.own_from_now_on();
    const auto network = [](const char* cidr) { return Network{1, *tickets::ban_network(cidr)}; };
    const std::string address = tickets::ban_network("192.0.2.1")->bytes;
    const Network wide = network("192.0.0.0/16"), narrow = network("192.0.2.0/24");
    first.insert(wide.key(), wide.bits(), 1);
    NetworkTrie<int> second = first;
    second.own_from_now_on();
    second.insert(narrow.key(), narrow.bits(), 2);
    second.insert(wide.key(), wide.bits(), 3);
    NetworkTrie<int> third = second;
    third.own_from_now_on();
    third.remove(wide.key(), wide.bits(), 1);
    third.remove(wide.key(), wide.bits(), 1);
    EXPECT_EQ(found(first, 1, address), (std::set{1}));
    EXPECT_EQ(found(second, 1, address), (std::set{1, 2, 3}));
    EXPECT_EQ(found(third, 1, address), (std::set{2, 3}));
    EXPECT_EQ(found(third, 2, address), std::set<int>());
}

}  // namespace
