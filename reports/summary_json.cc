#include "base/json.h"
#include "reports/documents.h"
#include "reports/summary.h"

namespace trueup::reports {
namespace {

void WriteOldest(JsonWriter& json, const std::optional<Instant>& at) {
  json.TextOrNull("oldest", at ? FormatInstant(*at) : "");
}

void WriteKind(JsonWriter& json, const Summary::Kind& kind) {
  json.BeginObject().Member("kind", kind.kind).Member("open", kind.open).Member("high", kind.high);
  json.Key("owners").BeginArray();
  for (const std::string& owner : kind.owners) json.String(owner);
  json.EndArray();
  WriteOldest(json, kind.oldest);
  json.Key("examples").BeginArray();
  for (const Finding& finding : kind.examples) WriteFinding(json, finding);
  json.EndArray().EndObject();
}

void WriteOwner(JsonWriter& json, const Summary::Owner& owner) {
  json.BeginObject().Member("owner", owner.owner).Member("open", owner.open);
  json.Member("overdue", owner.overdue);
  WriteOldest(json, owner.oldest);
  json.EndObject();
}

void WriteCompleteness(JsonWriter& json, const Summary::Completeness& item) {
  json.BeginObject().Member("gate", item.gate).Member("term", item.term);
  json.Member("owner", item.owner).Member("accounts", item.accounts);
  json.Member("filled", item.filled).EndObject();
}

void WriteStage(JsonWriter& json, const Summary::Stage& stage) {
  json.BeginObject().TextOrNull("stage", stage.name);
  json.Member("accounts", stage.accounts).EndObject();
}

void WriteSystem(JsonWriter& json, const Summary::System& system) {
  json.BeginObject().Member("system", system.name).Member("records", system.members).EndObject();
}

void WriteWorst(JsonWriter& json, const Summary::Account& account) {
  json.BeginObject().Member("id", account.id).Member("name", account.name);
  json.TextOrNull("stage", account.stage).Member("findings", account.findings).EndObject();
}

template <class Item>
void WriteList(JsonWriter& json, std::string_view key, const std::vector<Item>& items,
               void (*write)(JsonWriter&, const Item&)) {
  json.Key(key).BeginArray();
  for (const Item& item : items) write(json, item);
  json.EndArray();
}

}  // namespace

std::string SummaryJson(const Summary& summary) {
  JsonWriter json;
  json.BeginObject().Member("as_of", FormatInstant(summary.as_of));
  json.Member("accounts", summary.accounts).Member("open", summary.open);
  json.Member("closed", summary.closed);
  WriteList(json, "kinds", summary.kinds, WriteKind);
  WriteList(json, "owners", summary.owners, WriteOwner);
  WriteList(json, "completeness", summary.completeness, WriteCompleteness);
  WriteList(json, "stages", summary.stages, WriteStage);
  WriteList(json, "systems", summary.systems, WriteSystem);
  WriteList(json, "worst", summary.worst, WriteWorst);
  json.EndObject();
  return json.Take();
}

}  // namespace trueup::reports
