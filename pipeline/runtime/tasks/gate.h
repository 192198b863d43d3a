#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/stages/view.h"

namespace trueup::pipeline {

// Lets a message in only where it is newer than the one of its key that was taken before (promise
// 2): what is sent twice, by a sender that was restored or by one that does not know yet that it is
// no longer wanted, changes nothing. Keeps versions in kVersions, those of removals too.
class Gate {
 public:
  // `stage` keeps the versions of several tasks in one store apart.
  explicit Gate(char stage) : stage_(stage) {}

  struct Arrival {
    std::string_view key;
    uint64_t version = 0;
  };

  // Which of these messages, one after the other, are to be applied. Notes their versions.
  std::vector<bool> Pass(const std::vector<Arrival>& arrivals, View& view) const;

 private:
  char stage_;
};

}  // namespace trueup::pipeline
