#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/instant.h"
#include "connectors/http/encoding.h"
#include "connectors/http/http_client.h"
#include "connectors/rest/settings.h"

namespace trueup::connectors::rest {

// Plays such an API over one object, `sites`, with a token service, in any kind of paging: by
// `cursor` and `/next_cursor`, `page`, `offset`, the Link header or `/next_url`. Its cursors hold
// the place in the order, so that the server keeps nothing; Forget() makes it refuse those that it
// gave. A list that has an ETag and did not change is answered with 304. Safe from any thread.
class FakeSky : public HttpClient {
 public:
  explicit FakeSky(size_t page_cap, PagingKind paging = PagingKind::kCursor)
      : page_cap_(page_cap), paging_(paging) {}

  // How its lists are to be walked.
  PagingSettings paging() const;
  // From now on lists have ETags.
  void GiveETags();
  // The next list of ids leaves this one out, as if its row had moved between two pages.
  void HideOnce(const std::string& id);

  void Put(const std::string& id, Instant stamp);
  void Delete(const std::string& id, Instant stamp);
  void Forget();

  int sign_ins() const;
  // "GET /path?query" of every request, in order.
  std::vector<std::string> requests() const;

  Result<HttpResponse> Send(const HttpRequest& request, std::stop_token stop) override;

 private:
  struct Line {
    std::string stamp;
    std::string id;
    std::string json;
    friend bool operator<(const Line& a, const Line& b) {
      return std::tie(a.stamp, a.id) < std::tie(b.stamp, b.id);
    }
  };
  HttpResponse Answer(const HttpRequest& request);
  HttpResponse List(std::vector<Line> lines, const UrlParts& url, const std::string& since) const;
  // Where the rest of the list begins; nothing where the cursor is refused.
  std::optional<size_t> StartOf(const std::vector<Line>& lines, const std::string& cursor) const;
  std::string RowOf(const std::string& id) const;

  const size_t page_cap_;
  const PagingKind paging_;
  mutable std::mutex mutex_;
  std::map<std::string, Instant> rows_;
  std::map<std::string, Instant> deleted_;
  std::vector<std::string> requests_;
  bool etags_ = false;
  std::string hidden_;
  int epoch_ = 0;
  int sign_ins_ = 0;
};

}  // namespace trueup::connectors::rest
