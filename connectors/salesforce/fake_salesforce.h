#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/http/http_client.h"

namespace trueup::connectors::salesforce {

// A small Salesforce for tests: accounts in memory behind the requests that the connector sends. It
// signs in by client credentials, describes, answers the connector's own forms of SOQL with pages
// over locators, and keeps the habits of the real one: "+0000" instants, `attributes`,
// host-relative locators, errors as arrays.
class FakeSalesforce : public HttpClient {
 public:
  struct Account {
    std::string id;
    std::string stamp;  // "2026-01-01T00:00:00.000Z"
    std::string name;
    bool deleted = false;
    std::string master;  // where it was merged into
  };

  explicit FakeSalesforce(size_t page_size) : page_size_(page_size) {}

  Result<HttpResponse> Send(const HttpRequest& request, std::stop_token stop) override;

  // What tests do to it.
  void Put(Account account);  // adds, or replaces by id
  void ForgetLocators();
  void ExpireTokens();
  void TimeOutQueriesOver(size_t rows);  // 0: none
  void AddField(const std::string& name);
  int sign_ins() const;
  std::vector<std::string> queries() const;  // every SOQL text, in order

 private:
  HttpResponse SignIn(const HttpRequest& request);
  HttpResponse Describe() const;
  HttpResponse Query(const std::string& soql, bool with_deleted);
  HttpResponse PageOf(std::vector<Account> rows, const std::string& fields, size_t from);
  std::string Render(const Account& account, const std::string& fields) const;

  const size_t page_size_;
  mutable std::mutex mutex_;
  std::map<std::string, Account> accounts_;
  std::vector<std::string> fields_ = {
      "Id",        "Name",           "CreatedDate",   "LastModifiedDate",
      "IsDeleted", "SystemModstamp", "MasterRecordId"};
  struct Locator {
    std::vector<Account> rows;
    std::string fields;
  };
  std::map<std::string, Locator> locators_;
  std::vector<std::string> queries_;
  int sign_ins_ = 0;
  bool signed_in_ = false;
  size_t most_rows_ = 0;
};

}  // namespace trueup::connectors::salesforce
