#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "daemon/intake.h"
#include "mappings/catalog.h"
#include "pipeline/state/store.h"

namespace trueup::daemon {

// What the audits of one system work with.
struct AuditParts {
  // The live state as it was last committed.
  using OpenState = std::function<Result<std::unique_ptr<pipeline::Store>>()>;

  std::string system;
  Intake& intake;
  OpenState open_state;
  std::shared_ptr<const mappings::Catalog> catalog;
  std::shared_ptr<Clock> clock;
};

// Of what differs, so many records are remembered and at most stated as findings.
constexpr size_t kRecordsRemembered = 1000;

// How long to wait behind an audit that found a difference, or came to nothing, `troubles` times in
// a row: a minute, two, four and so on up to `interval`, and never shorter than the source's
// `retry_after`. It costs the source as much as any other.
std::chrono::milliseconds WaitBehindTrouble(uint32_t troubles, const Status& audited,
                                            std::chrono::milliseconds interval);

}  // namespace trueup::daemon
