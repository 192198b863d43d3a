#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "connectors/connector.h"
#include "connectors/http/http_client.h"

namespace trueup::connectors {

// A simulated source with one object, and the connector under test over it. The source gives few
// rows a page (ten or less), so that some dozens of records make several.
class ContractSource {
 public:
  virtual ~ContractSource() = default;

  // The object that is pulled.
  virtual std::string object() const = 0;
  // The source as its clients reach it. Null: it is reached in another way, and fails by Fail() and
  // Hang().
  virtual std::shared_ptr<HttpClient> http() = 0;
  // A connector that reaches the source over `http`, which may put faults in the way.
  virtual std::unique_ptr<Connector> Connect(std::shared_ptr<HttpClient> http,
                                             std::shared_ptr<Clock> clock) = 0;
  // A part of the URL of every data request, and of no other (signing in): the requests that are to
  // meet faults.
  virtual std::string data_path() const = 0;

  // Adds so many records, all last changed at `stamp` (whole seconds); gives their ids.
  virtual std::vector<std::string> Add(int count, Instant stamp) = 0;
  // Deletes a record at `stamp`. False: this source does not tell of deletions.
  virtual bool Delete(const std::string& id, Instant stamp) = 0;
  // Forgets what a server keeps between two pages of one query (locators, cursors that may expire).
  virtual void ForgetSessions() {}
  // Of a source without HTTP: each reading that begins from now on breaks off, until `on` is false.
  virtual void Fail(bool /*on*/) {}
  // Of a source without HTTP: the next reading gives nothing and does not end. False: it cannot
  // happen to this source.
  virtual bool Hang() { return false; }
  virtual bool hangs() const { return false; }  // there is such a reading now
  // How often a client has signed in; negative: it signs each request instead.
  virtual int sign_ins() const { return -1; }
};

struct ContractParam {
  std::string name;
  std::function<std::unique_ptr<ContractSource>()> make;
};

// What every connector promises (connectors/connector.h), as tests. A connector joins with one file
// here:
//   INSTANTIATE_TEST_SUITE_P(Salesforce, ConnectorContract, testing::Values(ContractParam{...}),
//   NameOfParam);
class ConnectorContract : public testing::TestWithParam<ContractParam> {};

inline std::string NameOfParam(const testing::TestParamInfo<ContractParam>& test) {
  return test.param.name;
}

}  // namespace trueup::connectors
