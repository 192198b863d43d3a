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

// The client may have left the spool unused.
ByteSource BodyOf(std::string body, const std::shared_ptr<SpoolFile>& spool) {
  if (body.empty()) return spool->Read();
  auto text = std::make_shared<const std::string>(std::move(body));
  return [text, source = FromMemory(*text)] { return source(); };
}

// The value of a parameter of an address, decoded; empty where there is none.
std::string ParameterOf(std::string_view address, std::string_view name) {
  const std::string key = std::string(name) + "=";
  std::string_view rest = address.substr(std::min(address.find('?'), address.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view parameter = rest.substr(0, rest.find('&'));
    if (parameter.starts_with(key)) return PercentDecode(parameter.substr(key.size()));
    rest.remove_prefix(parameter.size());
  }
  return {};
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
  TRUEUP_RETURN_IF_ERROR(api_.CheckJob(stop));
  JsonWriter json;
  json.BeginObject().Member("operation", "queryAll").Member("query", soql);
  json.Member("contentType", "CSV").Member("columnDelimiter", "COMMA").Member("lineEnding", "LF");
  json.EndObject();
  TRUEUP_ASSIGN(const JsonDocument reply, Json("POST", api_.Path("jobs/query"), json.Take(), stop));
  const std::string id(reply.root()["id"].text());
  if (!IsJobId(id)) return Error(ErrorKind::kTransient, "the reply names no job");
  api_.NoteJob();
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
  Parameters parameters;
  if (rows > 0) parameters.emplace_back("maxRecords", std::to_string(rows));
  if (!locator.empty()) parameters.emplace_back("locator", locator);
  TRUEUP_ASSIGN(const auto spool, SpoolFile::Make());
  const std::string path = AddParameters(Path(id) + "/results", parameters);
  TRUEUP_ASSIGN(HttpResponse reply, api_.Download(path, "text/csv", spool, stop));
  if (reply.status != 200) return Refused(reply.status, reply.body);
  JobResults results;
  results.csv = BodyOf(std::move(reply.body), spool);
  results.records = ReadCount(reply.headers.Find("Sforce-NumberOfRecords"));
  results.next = reply.headers.Find("Sforce-Locator").value_or("");
  // The word, on the last page. A page without the header ends the result as well: going on would
  // begin anew; the count of all rows shows whether that was right.
  if (results.next == "null") results.next.clear();
  return results;
}

Result<JobPages> BulkApi::Pages(const std::string& id, const std::string& next,
                                std::stop_token stop) {
  TRUEUP_ASSIGN(const JsonDocument reply,
                Json("GET", next.empty() ? Path(id) + "/resultPages" : next, "", stop));
  const JsonValue root = reply.root();
  JobPages pages;
  for (const JsonValue& page : root["resultPages"]) {
    pages.locators.push_back(ParameterOf(page["resultUrl"].text(), "locator"));
    if (pages.locators.back().empty()) return Error(ErrorKind::kInvalid, "a page has no locator");
  }
  // The documentation has both names.
  pages.next = root["nextRecordsUrl"].text();
  if (pages.next.empty()) pages.next = root["nextRecordUrl"].text();
  if (root["done"].boolean()) pages.next.clear();
  if (!pages.next.empty() && !pages.next.starts_with(Path(id) + "/")) {
    return Error(ErrorKind::kInvalid, "the list of pages goes on elsewhere");
  }
  if (pages.locators.empty()) return Error(ErrorKind::kInvalid, "the list of pages is empty");
  return pages;
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
