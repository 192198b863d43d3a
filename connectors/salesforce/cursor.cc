#include "connectors/salesforce/cursor.h"

#include <algorithm>
#include <cctype>

#include "base/json.h"

namespace trueup::connectors::salesforce {
namespace {

constexpr int64_t kVersion = 2;
// Nothing in Salesforce is older than Salesforce.
constexpr Instant kBeginning{std::chrono::sys_days(std::chrono::year(1999) / 1 / 1)};
// A stretch that times out at this length is not halved any more.
constexpr std::chrono::minutes kShortestStretch(1);
// Where deletions are first asked for: so long before the end of the first query, which is by our
// clock.
constexpr std::chrono::hours kFirstDeletions(24);

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

uint64_t ReadCount(const JsonValue& value) {
  return static_cast<uint64_t>(std::max<int64_t>(value.integer().value_or(0), 0));
}

Result<Job> ReadJob(const JsonValue& value) {
  Job job;
  job.id = value["id"].text();
  // It becomes part of an address, with our token beside it.
  if (job.id.empty() || !std::all_of(job.id.begin(), job.id.end(),
                                     [](unsigned char c) { return std::isalnum(c) != 0; })) {
    return Unreadable("its job has no id");
  }
  TRUEUP_ASSIGN(const auto since, ReadInstant(value["since"]));
  job.since = since.value_or(Instant());
  job.complete = value["complete"].boolean();
  job.total = ReadCount(value["total"]);
  job.locator = value["locator"].text();
  job.skip = ReadCount(value["skip"]);
  job.rows = ReadCount(value["rows"]);
  return job;
}

void WriteJob(const Job& job, JsonWriter& json) {
  json.Key("job").BeginObject().Member("id", job.id).Member("since", FormatInstant(job.since));
  if (job.complete) {
    json.Key("complete").Bool(true).Member("total", static_cast<int64_t>(job.total));
    if (!job.locator.empty()) json.Member("locator", job.locator);
    json.Member("skip", static_cast<int64_t>(job.skip));
    json.Member("rows", static_cast<int64_t>(job.rows));
  }
  json.EndObject();
}

Result<Deletions> ReadDeletions(const JsonValue& value) {
  Deletions deletions;
  TRUEUP_ASSIGN(const auto covered, ReadInstant(value["covered"]));
  if (!covered) return Unreadable("it does not say which deletions are known");
  deletions.covered = *covered;
  deletions.told = value["told"].boolean();
  TRUEUP_ASSIGN(deletions.due, ReadInstant(value["due"]));
  return deletions;
}

void WriteDeletions(const Deletions& deletions, JsonWriter& json) {
  json.Key("deletions").BeginObject().Member("covered", FormatInstant(deletions.covered));
  if (deletions.told) json.Key("told").Bool(true);
  if (deletions.due) json.Member("due", FormatInstant(*deletions.due));
  json.EndObject();
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
  query.bulk = value["bulk"].boolean();
  query.deletions = value["deletions"].boolean();
  query.lost_jobs = static_cast<int>(ReadCount(value["lost_jobs"]));
  if (value["job"].exists()) {
    TRUEUP_ASSIGN(query.job, ReadJob(value["job"]));
  }
  return query;
}

}  // namespace

void Cursor::ReadAgain() {
  mark.reset();
  query.reset();
  partial.clear();
}

void Cursor::BeginQuery(Instant until, std::chrono::milliseconds lookback) {
  query.emplace();
  if (mark) query->rest.from = *mark - lookback;
  // A source whose clock is ahead of ours has given rows from behind our bound: the query must
  // still hold them.
  query->rest.until = mark ? std::max(until, *mark) : until;
  query->target = query->rest.until;
}

void Cursor::AskForDeletions(std::chrono::milliseconds every) {
  if (!deletions) deletions = Deletions{query->target - kFirstDeletions, false, std::nullopt};
  query->deletions = query->target - deletions->covered >= every;
}

bool Cursor::HalveStretch() {
  const Instant from = query->rest.from.value_or(kBeginning);
  const auto length = query->rest.until - from;
  if (length <= kShortestStretch) return false;
  query->rest.until = from + std::chrono::floor<std::chrono::milliseconds>(length / 2);
  return true;
}

bool Cursor::EndStretch() {
  if (query->rest.until >= query->target) {
    if (query->deletions) deletions->due = query->target;
    const bool ended = !query->deletions;
    query.reset();
    return ended;
  }
  query->rest = {query->rest.until, "", query->target};
  query->locator.clear();
  query->job.reset();
  if (query->bulk) query->lost_jobs = 0;
  return false;
}

std::string Cursor::ToText() const {
  JsonWriter json;
  json.BeginObject().Member("version", kVersion).Key("fields").BeginObject();
  for (const auto& [field, type] : fields) json.Member(field, type);
  json.EndObject();
  if (!partial.empty()) {
    json.Key("partial").BeginArray();
    for (const std::string& field : partial) json.String(field);
    json.EndArray();
  }
  if (mark) json.Member("mark", FormatInstant(*mark));
  if (query) {
    json.Key("query").BeginObject();
    if (query->rest.from) json.Member("from", FormatInstant(*query->rest.from));
    if (!query->rest.after_id.empty()) json.Member("after_id", query->rest.after_id);
    json.Member("until", FormatInstant(query->rest.until));
    json.Member("target", FormatInstant(query->target));
    if (!query->locator.empty()) json.Member("locator", query->locator);
    if (query->bulk) json.Key("bulk").Bool(true);
    if (query->lost_jobs > 0) json.Member("lost_jobs", int64_t{query->lost_jobs});
    if (query->job) WriteJob(*query->job, json);
    if (query->deletions) json.Key("deletions").Bool(true);
    json.EndObject();
  }
  if (deletions) WriteDeletions(*deletions, json);
  json.EndObject();
  return json.Take();
}

Result<Cursor> Cursor::FromText(std::string_view text) {
  const auto document = JsonDocument::Parse(std::string(text));
  if (!document.ok()) return Unreadable(document.error().message());
  const JsonValue root = document->root();
  if (root["version"].integer() != kVersion) return Unreadable("it is of another version");
  Cursor cursor;
  for (const JsonValue& field : root["fields"]) {
    cursor.fields.emplace(field.key(), field.text());
  }
  for (const JsonValue& field : root["partial"]) cursor.partial.emplace(field.text());
  TRUEUP_ASSIGN(cursor.mark, ReadInstant(root["mark"]));
  if (root["query"].exists()) {
    TRUEUP_ASSIGN(cursor.query, ReadQuery(root["query"]));
  }
  if (root["deletions"].exists()) {
    TRUEUP_ASSIGN(cursor.deletions, ReadDeletions(root["deletions"]));
  }
  if (cursor.query && cursor.query->deletions && !cursor.deletions) {
    return Unreadable("it does not say which deletions are known");
  }
  return cursor;
}

}  // namespace trueup::connectors::salesforce
