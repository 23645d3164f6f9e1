#include "outbound/allotment.hpp"

#include <algorithm>

namespace outbound {
namespace {

constexpr std::int64_t share = 8;  // that a destination is given at each turn

void take_off(auto& counts, const auto& key) {
    const auto found = counts.find(key);
    if (found != counts.end() && --found->second <= 0) counts.erase(found);
}

std::int64_t count_of(const auto& counts, const auto& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

// A workspace's destinations that are due, and whose turn it is.
struct Queue {
    std::int64_t workspace = 0, room = 0;
    std::vector<std::pair<std::string, std::int64_t>> destinations;  // and what each was given
    std::size_t next = 0, idle = 0;  // idle: turns in a row that could give nothing
};

}  // namespace

void UnderWay::add(std::int64_t workspace, const std::string& destination) {
    ++in_all;
    ++by_workspace[workspace];
    ++by_destination[destination];
}

void UnderWay::remove(std::int64_t workspace, const std::string& destination) {
    --in_all;
    take_off(by_workspace, workspace);
    take_off(by_destination, destination);
}

Allotment allot(const std::vector<store::WaitingDestination>& waiting, const UnderWay& under_way,
                const Room& room, std::size_t turn,
                const std::function<std::int64_t(std::string_view)>& destination_room) {
    std::vector<Queue> queues;
    std::map<std::string, std::int64_t, std::less<>> left;  // of a destination, whichever workspace asks
    for (const auto& one : waiting) {
        if (one.due_in > store::Milliseconds(0)) continue;
        if (queues.empty() || queues.back().workspace != one.workspace)
            queues.push_back(
                {one.workspace, room.of_workspace - count_of(under_way.by_workspace, one.workspace), {}});
        queues.back().destinations.emplace_back(one.destination, 0);
        if (!left.contains(one.destination))
            left[one.destination] =
                destination_room(one.destination) - count_of(under_way.by_destination, one.destination);
    }
    Allotment allotment;
    std::int64_t in_all = room.in_all - under_way.in_all;
    std::vector<Queue*> round;
    for (std::size_t i = 0; i < queues.size(); ++i) round.push_back(&queues[(i + turn) % queues.size()]);
    while (!round.empty() && in_all > 0) {
        for (Queue* queue : round) {
            auto& [destination, given] = queue->destinations[queue->next++ % queue->destinations.size()];
            std::int64_t& of_destination = left.find(destination)->second;
            const auto some =
                std::max<std::int64_t>(0, std::min({share, queue->room, of_destination, in_all}));
            given += some;
            queue->room -= some;
            of_destination -= some;
            in_all -= some;
            queue->idle = some > 0 ? 0 : queue->idle + 1;
        }
        std::erase_if(round, [](const Queue* queue) {
            return queue->room <= 0 || queue->idle >= queue->destinations.size();
        });
    }
    for (auto& queue : queues) {
        const auto none =
            std::ranges::remove_if(queue.destinations, [](const auto& one) { return one.second == 0; });
        allotment.short_of_room = allotment.short_of_room || !none.empty();
        queue.destinations.erase(none.begin(), none.end());
        if (!queue.destinations.empty())
            allotment.claims.push_back({queue.workspace, std::move(queue.destinations)});
    }
    return allotment;
}

}  // namespace outbound
