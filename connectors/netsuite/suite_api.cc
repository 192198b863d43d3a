#include "connectors/netsuite/suite_api.h"

#include <utility>

#include "connectors/netsuite/auth.h"
#include "connectors/netsuite/errors.h"

namespace trueup::connectors::netsuite {
namespace {

// A turn that is given back on destruction.
class Turn {
 public:
  Turn(Turns& turns, std::stop_token stop) : turns_(turns), taken_(turns.Take(stop)) {}
  ~Turn() {
    if (taken_) turns_.Give();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool taken() const { return taken_; }

 private:
  Turns& turns_;
  const bool taken_;
};

}  // namespace

std::shared_ptr<Turns> TurnsOf(const NetsuiteSettings& settings, Shared& shared) {
  auto turns = shared.Get<Turns>(settings.AccountInHost(), settings.concurrency);
  turns->Limit(settings.concurrency);
  return turns;
}

SuiteApi::SuiteApi(const NetsuiteSettings& settings, std::shared_ptr<HttpClient> http,
                   std::shared_ptr<Clock> clock, Random random, std::shared_ptr<Turns> turns)
    : url_(settings.BaseUrl() + "/services/rest/query/v1/suiteql"),
      turns_(std::move(turns)),
      api_({http, MakeAuthorizer(settings, http, clock, random), clock, random,
            settings.http.ToPolicy(),
            [this](int status, const HttpHeaders& headers, JsonValue body) {
              return Judge(status, headers, body);
            }}) {}

// Tells each attempt to the turns, also those that are tried again.
Verdict SuiteApi::Judge(int status, const HttpHeaders& headers, JsonValue body) {
  Verdict verdict = JudgeSuiteReply(status, headers, body);
  if (SaysTooManyAtOnce(body)) {
    turns_->Refused();
  } else if (verdict.action == Verdict::Action::kAccept) {
    turns_->Answered();
  }
  return verdict;
}

Result<SuitePage> SuiteApi::Run(const SuiteQuery& query, int limit, std::stop_token stop) {
  if (!cut_off_) {
    auto page = Send(query, limit, stop);
    if (page.ok() || !SaysTooManyRows(page.error().message())) return page;
  }
  auto page = Send(FirstRows(query, limit), limit, stop);
  if (page.ok()) cut_off_ = true;
  return page;
}

Result<SuitePage> SuiteApi::Send(const SuiteQuery& query, int limit, std::stop_token stop) {
  HttpRequest request;
  request.method = "POST";
  request.url = url_ + "?limit=" + std::to_string(limit) + "&offset=0";
  request.headers.Add("Content-Type", "application/json");
  request.headers.Add("Accept", "application/json");
  request.headers.Add("Prefer", "transient");
  JsonWriter body;
  body.BeginObject().Member("q", query.text).Key("params").BeginArray();
  for (const std::string& param : query.params) body.String(param);
  body.EndArray().EndObject();
  request.body = body.Take();

  const Turn turn(*turns_, stop);
  if (!turn.taken()) return Error(ErrorKind::kCancelled, "stopped while waiting for a turn");
  TRUEUP_ASSIGN(JsonReply reply, api_.Call(request, stop));
  const JsonValue root = reply.body.root();
  const JsonValue rows = root["items"];
  const bool full = rows.size() >= static_cast<size_t>(limit);
  // At its row limit the service may say that there is no more, and only the total tells.
  const auto count = static_cast<int64_t>(rows.size());
  const bool cut = root["totalResults"].integer().value_or(0) > count;
  const bool more = full || cut || root["hasMore"].boolean();
  if (more && rows.size() == 0) {
    return Error(ErrorKind::kTransient, "SuiteQL promised more rows and gave none");
  }
  return SuitePage{std::move(reply), more};
}

}  // namespace trueup::connectors::netsuite
