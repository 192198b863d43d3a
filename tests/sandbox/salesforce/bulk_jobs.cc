#include "tests/sandbox/salesforce/bulk_jobs.h"

#include <algorithm>
#include <charconv>

#include <rapidjson/document.h>

#include "tests/sandbox/auth/crypto.h"
#include "tests/sandbox/auth/oauth1.h"
#include "tests/sandbox/salesforce/replies.h"

namespace trueup::sandbox {
namespace {

// Results take memory here; the real one keeps them for seven days.
constexpr size_t kMostJobs = 50;
constexpr size_t kRowsOfAPage = 50000;  // where the client does not say
constexpr size_t kPagesOfAList = 5;
constexpr size_t kNulEvery = 97;

std::string InstantText(Seconds at) { return DateTimeText(at, 'T', ".000Z"); }

// Every cell in quotes but an empty one, which is null.
void AppendQuoted(std::string_view text, std::string* out) {
  if (text.empty()) return;
  out->push_back('"');
  for (size_t at = text.find('"'); at != text.npos; at = text.find('"')) {
    out->append(text.substr(0, at + 1)).push_back('"');
    text.remove_prefix(at + 1);
  }
  out->append(text).push_back('"');
}

void AppendCell(const Row& row, const Field& field, std::string* out) {
  switch (field.source) {
    case FieldSource::kId: AppendQuoted(row.id, out); return;
    case FieldSource::kCreated: AppendQuoted(InstantText(row.created), out); return;
    case FieldSource::kModified: AppendQuoted(InstantText(row.modified), out); return;
    case FieldSource::kStamp: AppendQuoted(InstantText(row.stamp), out); return;
    case FieldSource::kDeleted: AppendQuoted(row.deleted ? "true" : "false", out); return;
    case FieldSource::kSlot: break;
  }
  const std::string& value = row.values[field.slot];
  const bool instant = field.type == FieldType::kInstant && !value.empty();
  AppendQuoted(instant ? InstantText(std::strtoll(value.c_str(), nullptr, 10)) : value, out);
}

std::optional<size_t> ReadNumber(std::string_view text) {
  size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string Text(const rapidjson::Document& json, const char* name) {
  return json.IsObject() && json.HasMember(name) && json[name].IsString() ? json[name].GetString()
                                                                          : "";
}

HttpReply NotFound() {
  return ErrorReply(404, "NOT_FOUND", "The requested resource does not exist");
}

}  // namespace

size_t BulkJobs::made() const {
  const std::lock_guard lock(mutex_);
  return made_;
}

bool BulkJobs::Set(std::string_view name, int value) {
  const std::lock_guard lock(mutex_);
  const std::pair<std::string_view, int*> options[] = {
      {"polls", &options_.polls},  {"fail", &options_.fail},       {"abort", &options_.abort},
      {"nul", &options_.nul},      {"headers", &options_.headers}, {"expire", &options_.expire},
      {"forget", &options_.forget}};
  bool found = name == "page_cap";
  if (found) options_.page_cap = static_cast<size_t>(std::max(value, 1));
  for (const auto& [known, option] : options) {
    if (known != name) continue;
    *option = value;
    found = true;
  }
  EndWhatIsDue();
  return found;
}

void BulkJobs::EndWhatIsDue() {
  if (options_.expire == 0) ++epoch_;
  if (options_.forget == 0) jobs_.clear();
  if (options_.expire == 0) options_.expire = -1;
  if (options_.forget == 0) options_.forget = -1;
}

HttpReply BulkJobs::Handle(const HttpRequest& request, std::string_view version,
                           std::string_view rest) {
  const std::lock_guard lock(mutex_);
  if (rest.empty()) {
    if (request.method == "POST") return Create(request, version);
    return request.method == "GET" ? List() : NotFound();
  }
  rest.remove_prefix(1);
  const std::string_view id = rest.substr(0, rest.find('/'));
  const std::string_view what = rest.substr(std::min(id.size() + 1, rest.size()));
  const auto job =
      std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& j) { return j.id == id; });
  if (job == jobs_.end()) return NotFound();
  if (request.method == "GET" && (what == "results" || what == "resultPages")) {
    if (job->version != version) {
      return ErrorReply(409, "API_ERROR", "The results have the version that made the job");
    }
    if (what == "resultPages") return Pages(request, *job);
    HttpReply page = Results(request, *job);
    if (options_.expire > 0) --options_.expire;
    if (options_.forget > 0) --options_.forget;
    EndWhatIsDue();
    return page;
  }
  if (!what.empty()) return NotFound();
  if (request.method == "GET") return Poll(&*job);
  if (request.method == "PATCH") return Patch(request, &*job);
  if (request.method == "DELETE") return Remove(*job);
  return ErrorReply(405, "METHOD_NOT_ALLOWED", "HTTP Method not allowed");
}

HttpReply BulkJobs::Create(const HttpRequest& request, std::string_view version) {
  rapidjson::Document order;
  order.Parse(request.body.c_str(), request.body.size());
  Job job;
  job.operation = Text(order, "operation");
  if (order.HasParseError() || (job.operation != "query" && job.operation != "queryAll")) {
    return ErrorReply(400, "INVALIDJOB", "operation must be query or queryAll");
  }
  for (const auto& [name, only] :
       {std::pair{"contentType", "CSV"}, {"columnDelimiter", "COMMA"}, {"lineEnding", "LF"}}) {
    const std::string given = Text(order, name);
    if (!given.empty() && given != only) {
      return ErrorReply(400, "INVALIDJOB", std::string(name) + " is not played but as " + only);
    }
  }
  auto parsed = ParseSoql(world_, Text(order, "query"), job.operation == "queryAll");
  if (const auto* error = std::get_if<SoqlError>(&parsed)) {
    return ErrorReply(400, error->code, error->message);
  }
  const Soql& soql = std::get<Soql>(parsed);
  if (const auto refused = Refuse(permissions_, soql)) {
    return ErrorReply(400, refused->code, refused->message);
  }
  if (soql.fields.empty()) {
    return ErrorReply(400, "FEATURENOTENABLED", "Aggregates are not supported by Bulk Query");
  }
  for (const Field* field : soql.fields) {
    if (field->type != FieldType::kAddress) continue;
    return ErrorReply(400, "FEATURENOTENABLED",
                      "Selecting compound data not supported in Bulk Query");
  }
  job.version = version;
  job.object = SpecOf(soql.object).name;
  job.id =
      WithCaseSuffix("750gK" + DerivedSecret(world_.seed(), "job " + std::to_string(++made_), 10));
  job.polls = options_.polls;
  if (options_.fail > 0) {
    --options_.fail;
    job.end = State::kFailed;
  } else if (options_.abort > 0) {
    --options_.abort;
    job.end = State::kAborted;
  }
  Fill(soql, &job);
  jobs_.push_back(std::move(job));
  if (jobs_.size() > kMostJobs) jobs_.pop_front();
  HttpReply reply;
  reply.body = Describe(jobs_.back(), false);
  return reply;
}

void BulkJobs::Fill(const Soql& soql, Job* job) const {
  for (const Field* field : soql.fields) {
    if (!job->header.empty()) job->header += ',';
    AppendQuoted(field->name, &job->header);
  }
  job->header += '\n';
  std::vector<Match> matches = RunQuery(soql.query);
  // As the parts by id come that the real one splits a table into.
  if (soql.query.order.empty()) {
    std::sort(matches.begin(), matches.end(),
              [](const Match& a, const Match& b) { return a[0] < b[0]; });
  }
  const Table& table = *soql.query.tables[0];
  job->offsets.reserve(matches.size() + 1);
  job->csv.reserve(matches.size() * soql.fields.size() * 16);
  size_t cells = 0;
  for (const Match& match : matches) {
    job->offsets.push_back(job->csv.size());
    const Row& row = table.row(match[0]);
    for (const Field* field : soql.fields) {
      AppendCell(row, *field, &job->csv);
      const bool text = field->source == FieldSource::kSlot && field->type == FieldType::kText;
      const bool quoted = job->csv.ends_with('"');
      if (options_.nul != 0 && text && quoted && ++cells % kNulEvery == 0) {
        job->csv.insert(job->csv.size() - 1, 1, '\0');
      }
      job->csv += field == soql.fields.back() ? '\n' : ',';
    }
  }
  job->offsets.push_back(job->csv.size());
}

std::string BulkJobs::Describe(const Job& job, bool whole) {
  static constexpr std::string_view kStates[] = {"UploadComplete", "InProgress", "JobComplete",
                                                 "Aborted", "Failed"};
  std::string out =
      "{\"id\":\"" + job.id + "\",\"operation\":\"" + job.operation + "\",\"object\":\"" +
      job.object +
      "\",\"createdById\":\"005gK0000000G8gIAE\",\"createdDate\":\"2026-01-01T00:00:"
      "00.000+0000\",\"systemModstamp\":\"2026-01-01T00:00:00.000+0000\",\"state\":\"" +
      std::string(kStates[static_cast<size_t>(job.state)]) +
      "\",\"concurrencyMode\":\"Parallel\",\"contentType\":\"CSV\",\"apiVersion\":" +
      job.version.substr(1) + ",\"lineEnding\":\"LF\",\"columnDelimiter\":\"COMMA\"";
  if (whole) {
    const size_t rows = job.state == State::kJobComplete ? job.offsets.size() - 1 : 0;
    out += ",\"jobType\":\"V2Query\",\"numberRecordsProcessed\":" + std::to_string(rows) +
           ",\"retries\":0,\"totalProcessingTime\":1";
    if (job.state == State::kFailed) {
      out += ",\"errorMessage\":\"InternalServerError: retried more than fifteen times\"";
    }
  }
  return out + "}";
}

HttpReply BulkJobs::List() const {
  HttpReply reply;
  reply.body = "{\"done\":true,\"records\":[";
  for (const Job& job : jobs_) {
    if (reply.body.back() != '[') reply.body += ',';
    reply.body += Describe(job, false);
  }
  reply.body += "],\"nextRecordsUrl\":null}";
  return reply;
}

HttpReply BulkJobs::Poll(Job* job) const {
  if (job->state == State::kUploadComplete || job->state == State::kInProgress) {
    job->state = job->polls-- > 0 ? State::kInProgress : job->end;
  }
  HttpReply reply;
  reply.body = Describe(*job, true);
  return reply;
}

HttpReply BulkJobs::Patch(const HttpRequest& request, Job* job) const {
  rapidjson::Document order;
  order.Parse(request.body.c_str(), request.body.size());
  if (order.HasParseError() || Text(order, "state") != "Aborted") {
    return ErrorReply(400, "INVALIDJOBSTATE", "state must be Aborted");
  }
  if (job->state != State::kUploadComplete && job->state != State::kInProgress) {
    return ErrorReply(400, "INVALIDJOBSTATE", "Aborting already completed job is not allowed");
  }
  job->state = State::kAborted;
  HttpReply reply;
  reply.body = Describe(*job, false);
  return reply;
}

HttpReply BulkJobs::Remove(const Job& job) {
  if (job.state == State::kUploadComplete || job.state == State::kInProgress) {
    return ErrorReply(400, "INVALIDJOBSTATE", "Only jobs that have ended can be deleted");
  }
  std::erase_if(jobs_, [id = job.id](const Job& j) { return j.id == id; });
  HttpReply reply;
  reply.status = 204;
  return reply;
}

// Opaque to the client: the place, and the epoch in which it was given.
std::string BulkJobs::Locator(const Job& job, size_t from) const {
  if (from + 1 >= job.offsets.size()) return "null";
  return Base64(std::to_string(epoch_) + "." + std::to_string(from));
}

std::optional<size_t> BulkJobs::ReadLocator(const Job& job, const std::string& locator) const {
  if (locator.empty()) return 0;
  const auto text = FromBase64(locator);
  const std::string epoch = std::to_string(epoch_) + ".";
  if (!text || !text->starts_with(epoch)) return std::nullopt;
  const auto from = ReadNumber(std::string_view(*text).substr(epoch.size()));
  return from && *from < job.offsets.size() ? from : std::nullopt;
}

HttpReply BulkJobs::Results(const HttpRequest& request, const Job& job) const {
  if (job.state != State::kJobComplete) {
    return ErrorReply(400, "INVALIDJOBSTATE", "The job has no results yet, or will have none");
  }
  const auto from = ReadLocator(job, request.Param("locator"));
  if (!from) return ErrorReply(400, "INVALIDLOCATOR", "The locator is invalid or has expired");
  const std::string asked = request.Param("maxRecords");
  const auto most = asked.empty() ? kRowsOfAPage : ReadNumber(asked);
  if (!most || *most == 0) {
    return ErrorReply(400, "INVALIDJOB", "maxRecords must be a positive number");
  }
  const size_t rows = job.offsets.size() - 1;
  const size_t to = std::min(rows, *from + std::min(*most, options_.page_cap));
  HttpReply reply;
  reply.content_type = "text/csv";
  reply.headers.emplace_back("Sforce-NumberOfRecords", std::to_string(to - *from));
  reply.headers.emplace_back("Sforce-Locator", Locator(job, to));
  const size_t begin = job.offsets[*from];
  const size_t length = job.offsets[to] - begin;
  reply.body.reserve(job.header.size() + length);
  if (*from == 0 || options_.headers != 0) reply.body = job.header;
  reply.body.append(job.csv, begin, length);
  return reply;
}

// The result's pages as the server cuts them, five at a time; each can be asked for by itself.
HttpReply BulkJobs::Pages(const HttpRequest& request, const Job& job) const {
  if (job.state != State::kJobComplete) {
    return ErrorReply(400, "INVALIDJOBSTATE", "The job has no results yet, or will have none");
  }
  auto from = ReadLocator(job, request.Param("locator"));
  if (!from) return ErrorReply(400, "INVALIDLOCATOR", "The locator is invalid or has expired");
  const std::string path = "/services/data/" + job.version + "/jobs/query/" + job.id;
  const auto address = [&](std::string_view what) {
    return path + std::string(what) + "?locator=" + PercentEncode(Locator(job, *from));
  };
  HttpReply reply;
  reply.body = "{\"resultPages\":[";
  const size_t rows = job.offsets.size() - 1;
  for (size_t i = 0; i < kPagesOfAList && *from < rows; ++i) {
    reply.body += std::string(i > 0 ? "," : "") + "{\"resultUrl\":\"" + address("/results") + "\"}";
    *from = std::min(rows, *from + options_.page_cap);
  }
  const bool done = *from >= rows;
  reply.body += "],\"nextRecordsUrl\":";
  reply.body += done ? "null" : "\"" + address("/resultPages") + "\"";
  reply.body += std::string(",\"done\":") + (done ? "true" : "false") + "}";
  return reply;
}

}  // namespace trueup::sandbox
