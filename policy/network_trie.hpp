// Which of many networks hold an address: a trie of prefixes, compressed to where they part.
//
// A copy is cheap and independent of the original; an insertion copies the nodes on the way to its place
// (some twenty among 100,000 networks) unless they are this trie's own already. Looking up is one way down.
// A key is 64 bits of the caller's choice (whose network it is) and 128 of the address, so that the networks
// of many owners are one trie.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace policy {

class PrefixKey {
  public:
    static constexpr unsigned owner_bits = 64, size = owner_bits + 128;
    // `address`: 16 bytes.
    PrefixKey(std::int64_t owner, std::string_view address);

    [[nodiscard]] bool bit(unsigned at) const { return words_[at / 64] >> (63 - at % 64) & 1; }
    // How many of the first `most` bits are those of `other`.
    [[nodiscard]] unsigned common(const PrefixKey& other, unsigned most) const;

  private:
    std::array<std::uint64_t, size / 64> words_;
};

template <class Value>
class NetworkTrie {
  public:
    // A copy must not change before its original has ceased to: `own` is how a trie knows its nodes.
    void own_from_now_on() {
        static std::uint64_t last = 0;
        own_ = ++last;
    }

    // `bits`: of the whole key.
    void insert(const PrefixKey& key, unsigned bits, Value value) {
        insert(root_, key, bits, std::move(value));
    }
    void remove(const PrefixKey& key, unsigned bits, const Value& value) { remove(root_, key, bits, value); }

    // Each value of the networks that hold it.
    template <class Visit>
    void visit(const PrefixKey& key, Visit visit) const {
        for (const Node* node = root_.get(); node; node = node->children[key.bit(node->bits)].get()) {
            if (node->key.common(key, node->bits) < node->bits) return;
            for (const auto& value : node->values) visit(value);
            if (node->bits == PrefixKey::size) return;
        }
    }

  private:
    struct Node {
        PrefixKey key;
        unsigned bits;
        std::uint64_t owner;
        std::vector<Value> values = {};
        std::array<std::shared_ptr<Node>, 2> children = {};
    };
    using Link = std::shared_ptr<Node>;

    Link leaf(const PrefixKey& key, unsigned bits) const {
        return std::make_shared<Node>(Node{key, bits, own_});
    }

    Node& mine(Link& link) {
        if (link->owner != own_) {
            link = std::make_shared<Node>(*link);
            link->owner = own_;
        }
        return *link;
    }

    void insert(Link& link, const PrefixKey& key, unsigned bits, Value value) {
        if (!link) {
            link = leaf(key, bits);
            link->values.push_back(std::move(value));
            return;
        }
        const unsigned common = link->key.common(key, std::min(link->bits, bits));
        if (common < link->bits) {  // they part here
            Link above = leaf(key, common);
            above->children[link->key.bit(common)] = std::move(link);
            link = std::move(above);
        }
        Node& node = mine(link);
        if (bits == node.bits)
            node.values.push_back(std::move(value));
        else
            insert(node.children[key.bit(node.bits)], key, bits, std::move(value));
    }

    void remove(Link& link, const PrefixKey& key, unsigned bits, const Value& value) {
        if (!link || link->bits > bits || link->key.common(key, link->bits) < link->bits) return;
        Node& node = mine(link);
        if (bits == node.bits)
            std::erase(node.values, value);
        else
            remove(node.children[key.bit(node.bits)], key, bits, value);
        if (!node.values.empty() || (node.children[0] && node.children[1])) return;
        Link rest = node.children[0] ? node.children[0] : node.children[1];
        link = std::move(rest);
    }

    Link root_;
    std::uint64_t own_ = 0;
};

}  // namespace policy
