#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/change_event.h"
#include "connectors/http/json_api.h"
#include "connectors/rest/listing.h"
#include "connectors/rest/rest_connector.h"

namespace trueup::connectors::rest {

// One page of a list.
struct ListPage {
  JsonReply reply;
  std::string data;  // pointer to the rows
  std::optional<std::string> next;
  bool unchanged = false;  // the server says so; then there are no rows

  JsonValue rows() const { return reply.body.root().At(data); }
};

// What is asked of one system, as its settings describe it. Errors do not name system and object
// yet. Safe from any thread.
class Client {
 public:
  explicit Client(Parts parts);

  const std::string& system() const { return parts_.system; }
  const RestSettings& settings() const { return parts_.settings; }
  uint64_t calls() const { return api_.calls(); }

  Listing RecordsOf(const std::string& object, const ObjectSettings& settings,
                    std::optional<Instant> since) const;
  // The list of ids; where there is none of its own, that of the records.
  Listing IdsOf(const std::string& object, const ObjectSettings& settings) const;
  // REQUIRES: there is a feed of deletions.
  Listing DeletionsOf(const std::string& object, std::optional<Instant> since) const;

  Result<JsonReply> Get(const std::string& url, std::stop_token stop);
  // `etag`: asks for the page only if it is no longer that version; empty: in any case.
  Result<ListPage> GetPage(const Listing& listing, const std::string& page, std::stop_token stop,
                           const std::string& etag = {});
  // The ids in a page of IdsOf.
  Result<std::vector<std::string>> ReadIds(const ObjectSettings& settings,
                                           const ListPage& list) const;
  // The records of these ids that there are: one by one, or from the list where the API gives no
  // single ones.
  Result<std::vector<ChangeEvent>> Fetch(const std::string& object, const ObjectSettings& settings,
                                         const std::vector<std::string>& ids, std::stop_token stop);

 private:
  Result<std::vector<ChangeEvent>> FetchByList(const std::string& object,
                                               const ObjectSettings& settings,
                                               const std::vector<std::string>& ids,
                                               std::stop_token stop);
  Result<std::vector<ChangeEvent>> FetchEach(const std::string& object,
                                             const ObjectSettings& settings,
                                             const std::vector<std::string>& ids,
                                             std::stop_token stop);

  const Parts parts_;
  JsonApi api_;
};

}  // namespace trueup::connectors::rest
