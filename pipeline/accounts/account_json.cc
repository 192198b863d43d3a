#include "base/json.h"
#include "pipeline/accounts/reconcile.h"

namespace trueup::pipeline {
namespace {

void WriteValue(JsonWriter& json, const Value& value) {
  if (const Value::List* list = value.if_list()) {
    json.BeginArray();
    for (const Value& item : *list) WriteValue(json, item);
    json.EndArray();
  } else if (const bool* flag = value.if_bool()) {
    json.Bool(*flag);
  } else if (value.if_number() != nullptr) {
    json.Digits(value.ToText());
  } else if (value.is_absent() || value.is_null()) {
    json.Null();
  } else {
    json.String(value.ToText());
  }
}

void WriteRefs(JsonWriter& json, std::string_view key, const std::vector<Ref>& refs) {
  json.Key(key).BeginArray();
  for (const Ref& ref : refs) json.String(ref.text());
  json.EndArray();
}

struct TermWriter {
  JsonWriter& json;
  const SourceLookup& sources;
  Offsets offsets;

  void WriteOffset(const Candidate& candidate) const {
    if (offsets == Offsets::kLeaveOut) return;
    json.Member("offset", static_cast<int64_t>(candidate.offset));
  }

  void WriteProvenance(const AccountTerm& term) const {
    const Ref& ref = term.winner.ref;
    json.Key("provenance").BeginObject();
    json.Member("ref", ref.text()).Member("system", ref.system());
    if (const auto source = sources(ref.system(), ref.object(), term.term)) {
      json.Member("field", source->field);
      if (offsets == Offsets::kInclude) {
        json.Member("mapping", source->place.file + ":" + std::to_string(source->place.line));
      }
    }
    json.Member("rule", term.rule).Member("since", FormatInstant(term.winner.since));
    WriteOffset(term.winner);
    json.EndObject();
  }

  void WriteOther(const Candidate& other) const {
    json.BeginObject().Key("value");
    WriteValue(json, other.value);
    json.Member("ref", other.ref.text()).Member("system", other.ref.system());
    json.Member("since", FormatInstant(other.since));
    if (!other.invalid.empty()) json.Member("invalid", other.invalid);
    WriteOffset(other);
    json.EndObject();
  }

  void Write(const AccountTerm& term) const {
    json.BeginObject().Key("value");
    WriteValue(json, term.winner.value);
    if (!term.winner.invalid.empty()) json.Member("invalid", term.winner.invalid);
    WriteProvenance(term);
    if (term.conflict) json.Member("conflict", ToString(term.conflict_kind));
    json.Key("others").BeginArray();
    for (const Candidate& other : term.others) WriteOther(other);
    json.EndArray().EndObject();
  }
};

// Writes a value of a published account again; below a term without what Offsets::kLeaveOut leaves
// out.
void WriteAgain(JsonWriter& json, const JsonValue& value, bool below_term) {
  if (value.is_object()) {
    json.BeginObject();
    for (const JsonValue& member : value) {
      if (below_term && (member.key() == "offset" || member.key() == "mapping")) continue;
      json.Key(member.key());
      WriteAgain(json, member, below_term);
    }
    json.EndObject();
  } else if (value.is_array()) {
    json.BeginArray();
    for (const JsonValue& item : value) WriteAgain(json, item, below_term);
    json.EndArray();
  } else if (value.is_string()) {
    json.String(value.text());
  } else {
    json.Raw(value.ToJson());
  }
}

}  // namespace

Result<std::string> WithoutOffsets(std::string account_json) {
  TRUEUP_ASSIGN(const JsonDocument document, JsonDocument::Parse(std::move(account_json)));
  JsonWriter json;
  json.BeginObject();
  for (const JsonValue& member : document.root()) {
    json.Key(member.key());
    if (member.key() != "terms") {
      WriteAgain(json, member, false);
      continue;
    }
    json.BeginObject();
    for (const JsonValue& term : member) {
      json.Key(term.key());
      WriteAgain(json, term, true);
    }
    json.EndObject();
  }
  json.EndObject();
  return json.Take();
}

std::string AccountJson(const Account& account, const mappings::Glossary& glossary,
                        const SourceLookup& sources, Offsets offsets) {
  const auto& terms = glossary.account().terms;
  JsonWriter json;
  json.BeginObject().Member("id", account.id);
  WriteRefs(json, "members", account.roster.members);
  WriteRefs(json, "ghosts", account.roster.ghosts);
  json.TextOrNull("stage", account.stage);
  json.TextOrNull("stage_since", account.stage_since ? FormatInstant(*account.stage_since) : "");
  json.TextOrNull("parent", account.roster.parent);
  json.Key("ancestors").BeginArray();
  for (const std::string& ancestor : account.roster.ancestors) json.String(ancestor);
  json.EndArray().Key("terms").BeginObject();
  const TermWriter writer{json, sources, offsets};
  for (const AccountTerm& term : account.terms) {
    json.Key(terms[term.term].name);
    writer.Write(term);
  }
  json.EndObject().EndObject();
  return json.Take();
}

}  // namespace trueup::pipeline
