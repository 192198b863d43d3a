#include "pipeline/stages/changes.h"

#include <map>

#include "base/hash.h"
#include "base/json.h"

namespace trueup::pipeline {
namespace {
constexpr size_t kHashBytes = 16;

// A published value as Value::ToText gives it.
std::string TextOf(const JsonValue& value) {
  if (value.is_string() || value.is_number()) return std::string(value.text());
  if (!value.is_array()) return value.ToJson();
  std::string text;
  for (const JsonValue& item : value) {
    if (!text.empty()) text += "; ";
    text += TextOf(item);
  }
  return text;
}

}  // namespace

std::string DocumentKey(std::string_view topic, std::string_view key) {
  return std::string(topic) + '\0' + std::string(key);
}

std::string EncodeDocument(const Document& document) {
  return HashBytes(document.canonical).ToBytes() + document.json;
}

StoredDocument DecodeDocument(std::string_view stored) {
  return {stored.substr(0, kHashBytes), stored.substr(std::min(kHashBytes, stored.size()))};
}

void AppendChanges(std::string_view published, const Account& account,
                   const mappings::Catalog& catalog, Instant now,
                   std::vector<Observation>& observations) {
  const auto old = JsonDocument::Parse(std::string(DecodeDocument(published).json));
  if (!old.ok()) return;  // an observation is worth less than the account itself
  std::map<std::string, std::string> before;
  for (const JsonValue& term : old->root()["terms"]) {
    before[std::string(term.key())] = TextOf(term["value"]);
  }
  const auto& terms = catalog.glossary().account().terms;
  const auto observe = [&](const std::string& term, const std::string& from,
                           const std::string& to) {
    JsonWriter json;
    json.BeginObject().Member("account", account.id).Member("term", term);
    json.Member("old", from).Member("new", to).Member("at", FormatInstant(now)).EndObject();
    observations.push_back({kChangesTopic, account.id, json.Take()});
  };
  for (const AccountTerm& term : account.terms) {
    const std::string& name = terms[term.term].name;
    const auto known = before.find(name);
    const std::string from = known == before.end() ? std::string() : known->second;
    const std::string to = term.winner.value.ToText();
    if (from != to) observe(name, from, to);
    if (known != before.end()) before.erase(known);
  }
  for (const auto& [name, from] : before) observe(name, from, {});
}

}  // namespace trueup::pipeline
