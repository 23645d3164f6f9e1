// Answers of DNS that may be given again for a while: libunbound has a cache of its own, but each way to its
// thread and back costs more than the rest of a look-up.
//
// Bounded by count; the answer that was not asked for longest goes first. No clock: whoever asks says what
// time it is.
#pragma once

#include "net/dns.hpp"

#include <chrono>
#include <list>
#include <string>
#include <unordered_map>

namespace net {

class AnswerCache {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit AnswerCache(std::size_t most) : most_(most) {}

    // Null for what is not there, or over.
    [[nodiscard]] const DnsAnswer* find(const std::string& name, RecordType type, Time now);
    void keep(const std::string& name, RecordType type, DnsAnswer answer, Time until);

  private:
    struct Entry {
        std::string key;
        DnsAnswer answer;
        Time until;
    };
    std::size_t most_;
    std::list<Entry> entries_;  // the last asked for first
    std::unordered_map<std::string, std::list<Entry>::iterator> places_;
};

}  // namespace net
