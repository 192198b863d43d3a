#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "connectors/http/http_client.h"

namespace trueup::connectors::netsuite {

// A throw-away key for tests: ES256.
extern const char kTestKey[];

// Plays the token service and SuiteQL over one table with deletions: just the queries that this
// connector sends. Rows compare as NetSuite compares them: ids by number, stamps by time. Safe from
// any thread.
class FakeNetsuite : public HttpClient {
 public:
  struct Record {
    std::string stamp;                         // local, "2026-01-31 09:00:00"
    std::map<std::string, std::string> cells;  // besides id and stamp
  };

  explicit FakeNetsuite(std::string zone) : zone_(std::move(zone)) {}

  void Put(int64_t id, Record record);
  void Delete(int64_t id, const std::string& stamp);
  // A column that this account does not have. An empty name: it has all.
  void Lack(const std::string& column);
  // A query of more rows than `rows` is refused, or (both are seen) cut off there without a word.
  enum class WallForm { kRefuses, kCutsOff };
  void Wall(size_t rows, WallForm form);

  int sign_ins() const;
  // The texts of the queries, in order, with the parameters behind them.
  std::vector<std::string> queries() const;

  Result<HttpResponse> Send(const HttpRequest& request, std::stop_token stop) override;

 private:
  struct Line {
    int64_t id;
    std::string stamp;
    const Record* record;  // null: a deletion
  };
  HttpResponse Answer(const HttpRequest& request);
  HttpResponse CreatedBefore(const std::vector<std::string>& times) const;
  HttpResponse Select(const std::string& text, const std::vector<std::string>& params,
                      size_t limit) const;
  std::vector<Line> LinesOf(const std::string& query) const;

  const std::string zone_;
  mutable std::mutex mutex_;
  std::map<int64_t, Record> records_;
  std::map<int64_t, std::string> deleted_;
  std::vector<std::string> lacking_;
  std::vector<std::string> queries_;
  size_t wall_ = 100'000;
  WallForm wall_form_ = WallForm::kRefuses;
  int sign_ins_ = 0;
};

}  // namespace trueup::connectors::netsuite
