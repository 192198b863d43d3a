#include "connectors/salesforce/rest_query.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "connectors/salesforce/records.h"

namespace trueup::connectors::salesforce {

Result<std::vector<ChangeEvent>> ReadRecords(const std::string& system, const ObjectFields& fields,
                                             JsonValue body) {
  if (!body["records"].is_array()) {
    return Error(ErrorKind::kTransient, "the reply holds no list of records");
  }
  std::vector<ChangeEvent> events;
  events.reserve(body["records"].size());
  for (const JsonValue& record : body["records"]) {
    TRUEUP_ASSIGN(ChangeEvent event, ToEvent(system, fields, record));
    events.push_back(std::move(event));
  }
  return events;
}

Result<std::vector<ChangeEvent>> QueryWhole(Api& api, const std::string& system,
                                            const ObjectFields& fields, const std::string& soql,
                                            std::stop_token stop) {
  std::vector<ChangeEvent> events;
  auto reply = api.Query("queryAll", soql, stop);
  for (;;) {
    if (!reply.ok()) return std::move(reply).error();
    if (reply->status != 200) return Unanswered(*reply);
    const JsonValue body = reply->body.root();
    TRUEUP_ASSIGN(auto found, ReadRecords(system, fields, body));
    std::move(found.begin(), found.end(), std::back_inserter(events));
    if (body["done"].boolean()) return events;
    const std::string next(body["nextRecordsUrl"].text());
    if (next.empty()) return Error(ErrorKind::kTransient, "the reply does not name its next page");
    reply = api.Get(next, stop);
  }
}

}  // namespace trueup::connectors::salesforce
