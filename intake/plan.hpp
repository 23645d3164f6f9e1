// What a batch of mails becomes: the decisions, applied one after the other to the facts, as the rows
// to be written. Pure; the writer (writers.hpp) reads the facts before and writes the plan after.
#pragma once

#include "intake/arrival.hpp"
#include "store/intake_store.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace intake {

[[nodiscard]] store::BatchKeys keys_of(const std::vector<std::shared_ptr<const Arrival>>& batch,
                                       const store::Limits& limits = {});

// Adds what the batch itself makes known to `facts`. `new_id` gives ids for interactions and tickets.
[[nodiscard]] store::BatchPlan plan(const std::vector<std::shared_ptr<const Arrival>>& batch,
                                    store::BatchFacts& facts, store::Timestamp now,
                                    const std::function<Uuid()>& new_id, const store::Limits& limits = {});

// Of a held mail that is released (release.hpp): the same table and rows, for an interaction that is there.
[[nodiscard]] store::BatchPlan plan_release(const Arrival& mail, const Uuid& interaction,
                                            const std::string& by, store::BatchFacts& facts,
                                            store::Timestamp now, const std::function<Uuid()>& new_id);

}  // namespace intake
