#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>

#include "tests/sandbox/auth/credentials.h"
#include "tests/sandbox/auth/sessions.h"
#include "tests/sandbox/netsuite/suiteql.h"
#include "tests/sandbox/server/http.h"

namespace trueup::sandbox {

struct NetsuiteOptions {
  int concurrency = 5;     // more requests at a time get 429
  size_t page_cap = 1000;  // the largest `limit`
  // No query gives more rows than this, however it is paged: it is refused or, as others have seen
  // it, ends there without a word.
  size_t wall = 100'000;
  bool wall_refuses = true;
};

// The REST API of one NetSuite account: the OAuth 2.0 token end point and SuiteQL, with OAuth 1.0a
// as the other way to sign in.
class NetsuiteServer : public SystemServer {
 public:
  NetsuiteServer(const World& world, const Credentials& credentials, WallClock clock,
                 NetsuiteOptions options);

  HttpReply Handle(const HttpRequest& request) override;
  void ExpireTokens() override { sessions_.CloseAll(); }
  std::optional<HttpReply> Fail(Fault fault) override;
  Permissions& permissions() { return permissions_; }
  // The status of the reply to a query that names what is hidden: 400, for some columns 500.
  void RefuseHiddenWith(int status) { hidden_status_ = status; }

 private:
  HttpReply Token(const HttpRequest& request);
  // Why the request is not let in; empty if it is.
  std::string Refuse(const HttpRequest& request);
  std::string RefuseOAuth1(const HttpRequest& request,
                           const std::map<std::string, std::string>& oauth);
  HttpReply Query(const HttpRequest& request);
  HttpReply Page(const HttpRequest& request, const SuiteQl& suiteql, size_t limit, size_t offset);
  void AppendAggregates(const SuiteQl& suiteql, const std::vector<Match>& matches,
                        std::string* out) const;

  const World& world_;
  const Credentials& credentials_;
  WallClock clock_;
  NetsuiteOptions options_;
  Sessions sessions_;
  Permissions permissions_;
  std::atomic<int> hidden_status_{400};
  std::atomic<size_t> unordered_{0};  // queries without an order
  std::mutex nonces_mutex_;
  std::map<std::string, Seconds> nonces_;  // seen within the tolerance
};

}  // namespace trueup::sandbox
