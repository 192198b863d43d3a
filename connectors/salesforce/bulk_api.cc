#include "connectors/salesforce/bulk_api.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/json.h"
#include "connectors/http/encoding.h"
#include "connectors/salesforce/errors.h"

namespace trueup::connectors::salesforce {
namespace {

constexpr const char* kJson = "application/json";

// Letters and digits: it becomes part of addresses.
bool IsJobId(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c < 0x80 && std::isalnum(c) != 0;
  });
}

std::optional<uint64_t> ReadCount(std::optional<std::string_view> text) {
  uint64_t count = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), count);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return count;
}

Error Refused(int status, const std::string& body) {
  std::string text = "answered with status " + std::to_string(status);
  const auto parsed = JsonDocument::Parse(body);
  if (parsed.ok() && !ErrorCodeOf(parsed->root()).empty()) {
    const JsonValue error = *parsed->root().begin();
    text +=
        ": " + std::string(error["errorCode"].text()) + ": " + std::string(error["message"].text());
  }
  return {ErrorKind::kInvalid, std::move(text)};
}

Result<JobState::Kind> ReadKind(std::string_view state) {
  if (state == "JobComplete") return JobState::Kind::kComplete;
  if (state == "Failed") return JobState::Kind::kFailed;
  if (state == "Aborted") return JobState::Kind::kAborted;
  if (state == "UploadComplete" || state == "InProgress") return JobState::Kind::kRunning;
  return Error(ErrorKind::kTransient, "the job is in state \"" + std::string(state) + "\"");
}

}  // namespace

// The replies that the connector has its own answers to by REST (JudgeReply) are refusals here.
Result<JsonDocument> BulkApi::Json(const std::string& method, const std::string& path,
                                   const std::string& body, std::stop_token stop) {
  TRUEUP_ASSIGN(const HttpResponse reply, api_.Send(method, path, body, kJson, stop));
  if (reply.status != 200) return Refused(reply.status, reply.body);
  auto parsed = JsonDocument::Parse(reply.body);
  if (parsed.ok()) return parsed;
  return Error(ErrorKind::kTransient, "the reply is not JSON");
}

Result<std::string> BulkApi::Create(const std::string& soql, std::stop_token stop) {
  JsonWriter json;
  json.BeginObject().Member("operation", "queryAll").Member("query", soql);
  json.Member("contentType", "CSV").Member("columnDelimiter", "COMMA").Member("lineEnding", "LF");
  json.EndObject();
  TRUEUP_ASSIGN(const JsonDocument reply, Json("POST", api_.Path("jobs/query"), json.Take(), stop));
  const std::string id(reply.root()["id"].text());
  if (!IsJobId(id)) return Error(ErrorKind::kTransient, "the reply names no job");
  return id;
}

Result<JobState> BulkApi::State(const std::string& id, std::stop_token stop) {
  TRUEUP_ASSIGN(const JsonDocument reply, Json("GET", Path(id), "", stop));
  const JsonValue root = reply.root();
  JobState state;
  TRUEUP_ASSIGN(state.kind, ReadKind(root["state"].text()));
  const auto records = root["numberRecordsProcessed"].integer();
  if (records && *records > 0) state.records = static_cast<uint64_t>(*records);
  state.error = root["errorMessage"].text();
  return state;
}

Result<JobResults> BulkApi::Results(const std::string& id, const std::string& locator, int rows,
                                    std::stop_token stop) {
  Parameters parameters = {{"maxRecords", std::to_string(rows)}};
  if (!locator.empty()) parameters.emplace_back("locator", locator);
  TRUEUP_ASSIGN(
      HttpResponse reply,
      api_.Send("GET", AddParameters(Path(id) + "/results", parameters), "", "text/csv", stop));
  if (reply.status != 200) return Refused(reply.status, reply.body);
  JobResults results;
  results.csv = std::move(reply.body);
  results.records = ReadCount(reply.headers.Find("Sforce-NumberOfRecords"));
  results.next = reply.headers.Find("Sforce-Locator").value_or("");
  // The word, on the last page. A page without the header ends the result as well: going on would
  // begin anew; the count of all rows shows whether that was right.
  if (results.next == "null") results.next.clear();
  return results;
}

Status BulkApi::Abort(const std::string& id, std::stop_token stop) {
  const auto reply = api_.Send("PATCH", Path(id), R"({"state":"Aborted"})", kJson, stop);
  return reply.ok() ? Status() : Status(reply.error());
}

Status BulkApi::Delete(const std::string& id, std::stop_token stop) {
  const auto reply = api_.Send("DELETE", Path(id), "", kJson, stop);
  return reply.ok() ? Status() : Status(reply.error());
}

}  // namespace trueup::connectors::salesforce
