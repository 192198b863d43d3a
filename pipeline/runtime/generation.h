#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// What generation `number` is called: "g000012".
std::string GenerationName(uint64_t number);

// Which generation of the state is the live one, under `folder`: one sub-folder per generation
// ("g000001") and the file CURRENT that names the live one. A generation that is not named there is
// a draft or a leftover.
class Generations {
 public:
  explicit Generations(std::string folder) : folder_(std::move(folder)) {}

  // The name of the live generation; empty: there is none yet.
  Result<std::string> Current() const;
  // The name behind `name`; behind none: the first.
  static Result<std::string> Next(const std::string& name);
  std::string PathOf(const std::string& name) const { return folder_ + "/" + name; }
  // Makes `name` the live one, durably.
  Status Activate(const std::string& name);
  // Removes every generation but the live one.
  Status Sweep();
  // Moves a damaged generation out of the way ("g000001.damaged-N") and leaves no live one; where
  // it lies now.
  Result<std::string> SetAside(const std::string& name);

 private:
  std::string folder_;
};

}  // namespace trueup::pipeline
