#include "base/json.h"
#include "pipeline/accounts/reconcile.h"

namespace trueup::pipeline {
namespace {

Error Damaged(std::string_view what) {
  return {ErrorKind::kCorrupt, "a stored condition is damaged: " + std::string(what)};
}

Result<Ref> ReadRef(const JsonValue& value) {
  auto ref = Ref::Parse(value.text());
  if (!ref.ok()) return Damaged(ref.error().message());
  return ref;
}

Result<std::optional<Instant>> ReadInstant(const JsonValue& value) {
  if (value.is_null()) return std::optional<Instant>();
  const auto at = ParseInstant(value.text());
  if (!at.ok()) return Damaged(at.error().message());
  return std::optional<Instant>(at->at);
}

}  // namespace

std::string ConditionJson(const Condition& condition) {
  JsonWriter json;
  json.BeginObject().Member("id", condition.id).Member("kind", condition.kind);
  json.Member("subject", condition.subject.text()).Key("refs").BeginArray();
  for (const Ref& ref : condition.refs) json.String(ref.text());
  json.EndArray().Member("account", condition.account).Member("term", condition.term);
  json.Member("severity", condition.severity).Member("owner", condition.owner);
  json.Member("value", condition.value).Member("reason", condition.reason);
  if (condition.active_from) json.Member("active_from", FormatInstant(*condition.active_from));
  if (condition.due) json.Member("due", FormatInstant(*condition.due));
  json.EndObject();
  return json.Take();
}

Result<Condition> ParseCondition(std::string_view json) {
  auto document = JsonDocument::Parse(std::string(json));
  if (!document.ok()) return Damaged(document.error().message());
  const JsonValue root = document->root();
  if (!root.is_object()) return Damaged("it is no object");
  const auto text = [&root](std::string_view key) { return std::string(root[key].text()); };
  Condition condition;
  condition.id = text("id");
  condition.kind = text("kind");
  if (condition.id.empty() || condition.kind.empty()) return Damaged("it has no id or kind");
  TRUEUP_ASSIGN(condition.subject, ReadRef(root["subject"]));
  for (const JsonValue& ref : root["refs"]) {
    TRUEUP_ASSIGN(Ref read, ReadRef(ref));
    condition.refs.push_back(std::move(read));
  }
  condition.account = text("account");
  condition.term = text("term");
  condition.severity = text("severity");
  condition.owner = text("owner");
  condition.value = text("value");
  condition.reason = text("reason");
  TRUEUP_ASSIGN(condition.active_from, ReadInstant(root["active_from"]));
  TRUEUP_ASSIGN(condition.due, ReadInstant(root["due"]));
  return condition;
}

}  // namespace trueup::pipeline
