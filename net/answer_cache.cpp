#include "net/answer_cache.hpp"

#include <algorithm>

namespace net {
namespace {

// RFC 4343: names are the same in any case.
std::string key_of(const std::string& name, RecordType type) {
    std::string key = name;
    std::ranges::transform(key, key.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (key.ends_with('.')) key.pop_back();
    return key + '/' + std::to_string(static_cast<unsigned>(type));
}

}  // namespace

const DnsAnswer* AnswerCache::find(const std::string& name, RecordType type, Time now) {
    const auto place = places_.find(key_of(name, type));
    if (place == places_.end()) return nullptr;
    if (place->second->until <= now) {
        entries_.erase(place->second);
        places_.erase(place);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, place->second);
    return &place->second->answer;
}

void AnswerCache::keep(const std::string& name, RecordType type, DnsAnswer answer, Time until) {
    std::string key = key_of(name, type);
    if (const auto known = places_.find(key); known != places_.end()) {
        entries_.erase(known->second);
        places_.erase(known);
    }
    if (entries_.size() >= most_) {
        places_.erase(entries_.back().key);
        entries_.pop_back();
    }
    entries_.push_front({key, std::move(answer), until});
    places_.emplace(std::move(key), entries_.begin());
}

}  // namespace net
