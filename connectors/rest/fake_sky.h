#pragma once

#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "base/instant.h"
#include "connectors/http/http_client.h"

namespace trueup::connectors::rest {

// Plays such an API over one object, `sites`, with a token service. Its cursors hold the place in
// the order, so that the server keeps nothing; Forget() makes it refuse those that it gave. Safe
// from any thread.
class FakeSky : public HttpClient {
 public:
  explicit FakeSky(size_t page_cap) : page_cap_(page_cap) {}

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
  HttpResponse List(std::vector<Line> lines, std::map<std::string, std::string>& query,
                    const std::string& since) const;
  std::string RowOf(const std::string& id) const;

  const size_t page_cap_;
  mutable std::mutex mutex_;
  std::map<std::string, Instant> rows_;
  std::map<std::string, Instant> deleted_;
  std::vector<std::string> requests_;
  int epoch_ = 0;
  int sign_ins_ = 0;
};

}  // namespace trueup::connectors::rest
