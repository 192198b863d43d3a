#include "pipeline/runtime/decisions.h"

#include <string>
#include <utility>

#include "base/json.h"

namespace trueup::pipeline {
namespace {

Result<PairDecision> Parse(const LogRecord& record) {
  TRUEUP_ASSIGN(const JsonDocument document, JsonDocument::Parse(record.value));
  PairDecision decision;
  TRUEUP_ASSIGN(decision.a, Ref::Parse(document.root()["a"].text()));
  TRUEUP_ASSIGN(decision.b, Ref::Parse(document.root()["b"].text()));
  const std::string_view verdict = document.root()["verdict"].text();
  if (verdict == "same") {
    decision.verdict = PairDecision::Verdict::kSame;
  } else if (verdict == "different") {
    decision.verdict = PairDecision::Verdict::kDifferent;
  } else if (verdict != "none") {
    return Error(ErrorKind::kCorrupt, "verdict \"" + std::string(verdict) + "\" is unknown");
  }
  return decision;
}

}  // namespace

Result<PairDecision> ParseDecision(const LogRecord& record) {
  auto decision = Parse(record);
  if (decision.ok()) return decision;
  return std::move(decision).error().In("decisions offset " + std::to_string(record.offset));
}

}  // namespace trueup::pipeline
