// Who is served next: how many deliveries of which destination are claimed, when there is not room for all.
//
// A workspace with ten thousand mails gets no more turns than one with ten, nor does a destination, and what
// does not move holds few places: a destination that nobody has reached yet gets a handful. Pure; linear in
// what is waiting and in the room there is.
#pragma once

#include "store/delivery_store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace outbound {

struct Room {
    std::int64_t in_all = 0;
    std::int64_t of_workspace = 0;  // that one workspace may have
};

// What is under way.
struct UnderWay {
    std::int64_t in_all = 0;
    std::map<std::int64_t, std::int64_t> by_workspace;
    std::map<std::string, std::int64_t, std::less<>> by_destination;

    void add(std::int64_t workspace, const std::string& destination);
    void remove(std::int64_t workspace, const std::string& destination);
};

struct Allotment {
    std::vector<store::Claim> claims;
    bool short_of_room = false;  // something that is due has to wait for places
};

// `destination_room`: how many of a destination may be under way. `turn`: which workspace is first, of
// whatever number of them; another every time.
[[nodiscard]] Allotment allot(const std::vector<store::WaitingDestination>& waiting,
                              const UnderWay& under_way, const Room& room, std::size_t turn,
                              const std::function<std::int64_t(std::string_view)>& destination_room);

}  // namespace outbound
