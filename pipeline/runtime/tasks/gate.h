#pragma once

#include <cstdint>
#include <string>
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

  // Reads at once what Pass will ask for.
  void Prefetch(const std::vector<std::string>& keys, View& view) const;
  // Whether the message is to be applied; notes its version then.
  bool Pass(const std::string& key, uint64_t version, View& view) const;

 private:
  std::string StoredKey(const std::string& key) const;

  char stage_;
};

}  // namespace trueup::pipeline
