#pragma once

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>

#include "connectors/http/json_api.h"
#include "connectors/netsuite/settings.h"
#include "connectors/netsuite/suiteql.h"
#include "connectors/netsuite/turns.h"

namespace trueup::connectors::netsuite {

// A page of a query's rows.
struct SuitePage {
  JsonReply reply;
  bool more = false;  // the query has rows behind these

  // The rows, as objects of texts.
  JsonValue rows() const { return reply.body.root()["items"]; }
};

// Runs queries of all objects of an account, at most `concurrency` at a time and fewer while the
// account refuses that. Safe from any thread.
class SuiteApi {
 public:
  SuiteApi(const NetsuiteSettings& settings, std::shared_ptr<HttpClient> http,
           std::shared_ptr<Clock> clock, Random random);

  // The first `limit` rows of a query. The offset is always 0: pages are made by conditions,
  // because pages by offset shift while rows change and end after 100,000 rows. Where an account
  // refuses queries with more rows than that at their first page, they are cut off inside.
  Result<SuitePage> Run(const SuiteQuery& query, int limit, std::stop_token stop);

  // How many requests may be under way now.
  int allowed() const { return turns_.allowed(); }
  uint64_t calls() const { return api_.calls(); }

 private:
  Result<SuitePage> Send(const SuiteQuery& query, int limit, std::stop_token stop);

  Verdict Judge(int status, const HttpHeaders& headers, JsonValue body);

  const std::string url_;
  Turns turns_;
  JsonApi api_;
  std::atomic<bool> cut_off_{false};  // this account refuses queries of too many rows
};

}  // namespace trueup::connectors::netsuite
