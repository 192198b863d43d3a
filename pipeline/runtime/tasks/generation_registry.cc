#include "pipeline/runtime/tasks/generation_registry.h"

#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "pipeline/stages/messages.h"

namespace trueup::pipeline {
namespace {

const TopicPartition kWhere{kGenerationsTopic, 0};

// Reads the topic whole: it has a record for each generation that ever was.
Result<std::vector<LogRecord>> ReadAll(Log& log) {
  std::vector<LogRecord> all;
  TRUEUP_ASSIGN(uint64_t next, log.Begin(kWhere));
  while (true) {
    TRUEUP_ASSIGN(auto records, log.Read(kWhere, next, 1000, 1 << 20));
    if (records.empty()) return all;
    next = records.back().offset + 1;
    std::move(records.begin(), records.end(), std::back_inserter(all));
  }
}

std::string Describe(const Identity& identity, int partitions, int64_t attempt) {
  JsonWriter json;
  json.BeginObject().Member("config", identity.config).Member("code", identity.code);
  json.Member("log", identity.log).Member("partitions", int64_t{partitions});
  json.Member("attempt", attempt).EndObject();
  return json.Take();
}

// The first offset of the run of equal records at the end.
uint64_t FirstOfRun(const std::vector<LogRecord>& records) {
  size_t first = records.size() - 1;
  while (first > 0 && records[first - 1].value == records.back().value) --first;
  return records[first].offset;
}

Status AppendRecord(const std::string& value, Log& log) {
  TRUEUP_RETURN_IF_ERROR(log.Append(kWhere, {{"generation", value}}));
  return log.Sync(kWhere);
}

Result<int64_t> AttemptOf(const LogRecord& record) {
  TRUEUP_ASSIGN(const auto document, JsonDocument::Parse(record.value));
  return document.root()["attempt"].integer().value_or(0);
}

}  // namespace

Result<GenerationPlan> JoinGeneration(const Identity& identity, int partitions, Log& log) {
  TRUEUP_ASSIGN(auto records, ReadAll(log));
  std::string wanted = Describe(identity, partitions, 0);
  if (!records.empty()) {
    // An attempt is no part of what the config asks for.
    TRUEUP_ASSIGN(const int64_t attempt, AttemptOf(records.back()));
    const std::string same = Describe(identity, partitions, attempt);
    if (same == records.back().value) wanted = same;
  }
  if (records.empty() || records.back().value != wanted) {
    TRUEUP_RETURN_IF_ERROR(AppendRecord(wanted, log));
    TRUEUP_ASSIGN(records, ReadAll(log));
  }
  if (records.empty() || records.back().value != wanted) {
    return Error(ErrorKind::kConflict,
                 "another instance has just begun a generation of another config or code");
  }
  GenerationPlan plan;
  plan.number = FirstOfRun(records) + 1;
  plan.partitions = partitions;
  TRUEUP_ASSIGN(plan.published, log.Partitions(kAccountsTopic));
  return plan;
}

Status BeginAnew(const GenerationPlan& lost, Log& log) {
  TRUEUP_ASSIGN(const auto records, ReadAll(log));
  if (records.empty() || FirstOfRun(records) + 1 != lost.number) return {};  // somebody did already
  TRUEUP_ASSIGN(const auto document, JsonDocument::Parse(records.back().value));
  const JsonValue last = document.root();
  const Identity identity{std::string(last["config"].text()), std::string(last["code"].text()),
                          std::string(last["log"].text())};
  const int64_t attempt = last["attempt"].integer().value_or(0);
  return AppendRecord(Describe(identity, lost.partitions, attempt + 1), log);
}

}  // namespace trueup::pipeline
