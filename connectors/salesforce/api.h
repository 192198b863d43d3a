#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "connectors/connector.h"
#include "connectors/http/json_api.h"
#include "connectors/salesforce/api_budget.h"
#include "connectors/salesforce/salesforce_connector.h"

namespace trueup::connectors::salesforce {

// The calls of one org: signed in, within the budget, at the instance's address. Safe from any
// thread.
class Api {
 public:
  explicit Api(const Parts& parts);

  // "/services/data/v62.0/" and what comes behind it.
  std::string Path(std::string_view rest) const;

  // GET of a path of the instance. Replies that JudgeReply accepts come back whatever their status.
  // An address that is too long for any server is a 414 without a call.
  Result<JsonReply> Get(const std::string& path, std::stop_token stop);
  // A query by `resource`: "query" or "queryAll".
  Result<JsonReply> Query(std::string_view resource, const std::string& soql, std::stop_token stop);
  // Any method; `json` is the body, if any, and `accept` the type of the wanted one. The reply is
  // not parsed.
  Result<HttpResponse> Send(const std::string& method, const std::string& path,
                            const std::string& json, const std::string& accept,
                            std::stop_token stop);

  // GET of what may be too large for memory; the reply is not parsed.
  Result<HttpResponse> Download(const std::string& path, const std::string& accept,
                                std::shared_ptr<SpoolFile> spool, std::stop_token stop);

  // Learns the org's allowances, unless that was done a short while ago. Not everybody may see
  // them: then the replies tell, as far as they do.
  Status ReadLimits(std::stop_token stop);
  // To be asked before a Bulk job is made, and told after.
  Status CheckJob(std::stop_token stop);
  void NoteJob() { budget_.NoteJob(); }

  ApiUsage Usage() const;

 private:
  Result<HttpRequest> Request(const std::string& path, std::stop_token stop);

  const std::string instance_url_;
  const std::string api_version_;
  const int page_size_;
  ApiBudget budget_;
  const std::shared_ptr<TokenSource> tokens_;
  JsonApi api_;
};

// Longer than the server, or a server on the way, takes an address: such a query goes as a Bulk
// job, whose query is a body.
bool IsTooLong(const JsonReply& reply);

// An error reply that nobody had an answer to.
Error Unanswered(const JsonReply& reply);

}  // namespace trueup::connectors::salesforce
