#pragma once

#include <future>
#include <vector>

#include "base/error.h"

namespace trueup::pipeline {

// Does `work` (a Status) for every item at the same time, and waits for all. For a few items that
// mostly wait for others. The first error, in the order of the items.
template <class Items, class Work>
Status SideBySide(const Items& items, Work work) {
  std::vector<std::future<Status>> running;
  for (const auto& item : items) {
    running.push_back(std::async(std::launch::async, [&work, &item] { return work(item); }));
  }
  Status first;
  for (std::future<Status>& one : running) {
    Status outcome = one.get();
    if (first.ok()) first = std::move(outcome);
  }
  return first;
}

}  // namespace trueup::pipeline
