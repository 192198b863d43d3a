#include "pipeline/stages/facts.h"

#include "base/json.h"
#include "pipeline/accounts/reconcile.h"
#include "pipeline/stages/documents.h"

namespace trueup::pipeline {
namespace {

// A payload that our own stage encoded a moment ago: damage is a broken invariant, found when the
// row was stored or read.
mappings::MappedRow Decoded(const RowPayload& payload) {
  auto row = mappings::MappedRow::Decode(*payload.bytes);
  return std::move(row).value();
}

}  // namespace

std::string FactKey(const Ref& member, const Ref& row) { return member.text() + '|' + row.text(); }

Document FactDocument(const Ref& member, const RowPayload& payload,
                      const mappings::Catalog& catalog) {
  std::string key = FactKey(member, payload.ref);
  if (!payload.bytes) return {kFactsTopic, std::move(key), {}, {}};
  const mappings::MappedRow row = Decoded(payload);
  const auto& entity = catalog.glossary().entities[row.entity];
  JsonWriter json;
  json.BeginObject().Member("ref", row.ref.text()).Member("entity", entity.name);
  json.Member("member", member.text()).Key("terms").BeginObject();
  for (const auto& term : row.terms) {
    if (term.value.is_empty()) continue;
    json.Key(entity.terms[term.term].name);
    if (term.value.if_number() != nullptr) {
      json.Digits(term.value.ToText());
    } else if (const bool* flag = term.value.if_bool()) {
      json.Bool(*flag);
    } else {
      json.String(term.value.ToText());
    }
  }
  json.EndObject().EndObject();
  return {kFactsTopic, std::move(key), json.text(), json.text()};
}

Document OrphanDocument(const Ref& ended_at, const RowPayload& payload, const std::string& why,
                        const mappings::Catalog& catalog) {
  if (!payload.bytes) {
    return WithdrawnCondition(ended_at.text(), ConditionId("orphan", payload.ref, ""));
  }
  return ConditionDocument(ended_at.text(), OrphanCondition(Decoded(payload), why, catalog));
}

}  // namespace trueup::pipeline
