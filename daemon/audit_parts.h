#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "connectors/connector.h"
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

// A save becomes visible some time after its stamp, and a pull leaves the newest rows to the next
// one: rows that are younger are not compared yet.
constexpr std::chrono::minutes kSettling{10};

// Why the pulling needs what is left of the source's allowance; empty: audits may go on. The
// pulling has half of what the config gives to trueup for itself, and an account that others nearly
// used up is left alone.
std::string WhyToWait(const connectors::ApiUsage& usage);

// How long to wait behind an audit that found a difference, or came to nothing, `troubles` times in
// a row: a minute, two, four and so on up to `interval`, and never shorter than the source's
// `retry_after`. It costs the source as much as any other.
std::chrono::milliseconds WaitBehindTrouble(uint32_t troubles, const Status& audited,
                                            std::chrono::milliseconds interval);

}  // namespace trueup::daemon
