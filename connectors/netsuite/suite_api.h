#pragma once

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>

#include "connectors/connector.h"
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

// The turns of the account that the settings name, for all systems that read it. They may give
// different numbers: the smallest holds.
std::shared_ptr<Turns> TurnsOf(const NetsuiteSettings& settings, Shared& shared);

// Runs queries of all objects of an account, as many at a time as its turns allow. Safe from any
// thread.
class SuiteApi {
 public:
  SuiteApi(const NetsuiteSettings& settings, std::shared_ptr<HttpClient> http,
           std::shared_ptr<Clock> clock, Random random, std::shared_ptr<Turns> turns);

  // The first `limit` rows of a query. The offset is always 0: pages are made by conditions,
  // because pages by offset shift while rows change and end after 100,000 rows. Where an account
  // refuses queries with more rows than that at their first page, they are cut off inside.
  Result<SuitePage> Run(const SuiteQuery& query, int limit, std::stop_token stop);

  uint64_t calls() const { return api_.calls(); }

 private:
  Result<SuitePage> Send(const SuiteQuery& query, int limit, std::stop_token stop);

  Verdict Judge(int status, const HttpHeaders& headers, JsonValue body);

  const std::string url_;
  const std::shared_ptr<Turns> turns_;
  JsonApi api_;
  std::atomic<bool> cut_off_{false};  // this account refuses queries of too many rows
};

}  // namespace trueup::connectors::netsuite
