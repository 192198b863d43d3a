#pragma once

#include <string>
#include <string_view>

#include "pipeline/state/store.h"

namespace trueup::pipeline {

// The writes of a batch, encoded one behind the other: a batch is filled before it is known which
// store takes it.
struct StoreBatch::Writes {
  enum Kind : uint8_t { kPut, kDelete };

  std::string encoded;  // family (varint), kind (byte), key, and for kPut the value
};

}  // namespace trueup::pipeline
