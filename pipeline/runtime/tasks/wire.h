#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "base/instant.h"
#include "pipeline/stages/messages.h"

namespace trueup::pipeline {

// What lies in the inbox of a stage that runs as tasks.
//
// A message is the whole value of its key, or its removal. Its version is the offset, in its
// sender's inbox, of the input that caused it; only one sender ever writes a key, so versions of a
// key can be compared (promise 2).
template <class Input>
struct Versioned {
  std::string key;
  uint64_t version = 0;
  Input input;
};

// An entry that is no message: the task works off what has gathered before it, now. Where the cuts
// lie decides what is sent, so they are part of the inbox: every task that ever reads it cuts at
// the same places (docs/decisions/0009). `at` is the only time of day that a task ever sees.
struct Cut {
  Instant at;
};

template <class Input>
using Entry = std::variant<Versioned<Input>, Cut>;

std::string EncodeCut(const Cut& cut);
std::string EncodeMessage(const CollectInput& input, uint64_t version);
std::string EncodeMessage(const ResolveInput& input, uint64_t version);
std::string EncodeMessage(const ReconcileInput& input, uint64_t version);

// Whether an inbox's entry is a cut, without reading it all.
bool IsCut(std::string_view value);

Result<Entry<CollectInput>> DecodeCollectEntry(std::string_view value);
Result<Entry<ResolveInput>> DecodeResolveEntry(std::string_view value);
Result<Entry<ReconcileInput>> DecodeReconcileEntry(std::string_view value);

}  // namespace trueup::pipeline
