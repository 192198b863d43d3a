#include "connectors/salesforce/cursor.h"

#include "base/json.h"

namespace trueup::connectors::salesforce {
namespace {

constexpr int64_t kVersion = 1;

Error Unreadable(std::string_view why) {
  return {ErrorKind::kCorrupt, "the stored cursor cannot be read: " + std::string(why)};
}

// A missing member is no instant; a wrong one is an error.
Result<std::optional<Instant>> ReadInstant(const JsonValue& value) {
  if (!value.exists()) return std::optional<Instant>();
  const auto parsed = ParseInstant(value.text());
  if (!parsed.ok()) return Unreadable(parsed.error().message());
  return std::optional<Instant>(parsed->at);
}

Result<Cursor::Query> ReadQuery(const JsonValue& value) {
  Cursor::Query query;
  TRUEUP_ASSIGN(query.rest.from, ReadInstant(value["from"]));
  TRUEUP_ASSIGN(const auto until, ReadInstant(value["until"]));
  TRUEUP_ASSIGN(const auto target, ReadInstant(value["target"]));
  if (!until || !target) return Unreadable("its query has no end");
  query.rest.until = *until;
  query.target = *target;
  query.rest.after_id = value["after_id"].text();
  query.locator = value["locator"].text();
  // It becomes part of an address, with our token beside it.
  if (!query.locator.empty() && !query.locator.starts_with("/services/data/")) {
    return Unreadable("its locator is no path of the API");
  }
  return query;
}

}  // namespace

std::string Cursor::ToText() const {
  JsonWriter json;
  json.BeginObject().Member("version", kVersion).Member("fields", fields);
  if (mark) json.Member("mark", FormatInstant(*mark));
  if (query) {
    json.Key("query").BeginObject();
    if (query->rest.from) json.Member("from", FormatInstant(*query->rest.from));
    if (!query->rest.after_id.empty()) json.Member("after_id", query->rest.after_id);
    json.Member("until", FormatInstant(query->rest.until));
    json.Member("target", FormatInstant(query->target));
    if (!query->locator.empty()) json.Member("locator", query->locator);
    json.EndObject();
  }
  json.EndObject();
  return json.Take();
}

Result<Cursor> Cursor::FromText(std::string_view text) {
  const auto document = JsonDocument::Parse(std::string(text));
  if (!document.ok()) return Unreadable(document.error().message());
  const JsonValue root = document->root();
  if (root["version"].integer() != kVersion) return Unreadable("it is of another version");
  Cursor cursor;
  cursor.fields = root["fields"].text();
  TRUEUP_ASSIGN(cursor.mark, ReadInstant(root["mark"]));
  if (root["query"].exists()) {
    TRUEUP_ASSIGN(cursor.query, ReadQuery(root["query"]));
  }
  return cursor;
}

}  // namespace trueup::connectors::salesforce
