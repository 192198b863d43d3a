#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "connectors/netsuite/suite_api.h"
#include "connectors/netsuite/suiteql.h"

namespace trueup::connectors::netsuite {

// One object with the queries over it, and the columns that this account turned out to lack. Safe
// from any thread.
class ObjectReader {
 public:
  // REQUIRES: the settings are complete.
  ObjectReader(std::string system, std::string name, ObjectSettings settings, SuiteApi& api)
      : system_(std::move(system)),
        name_(std::move(name)),
        settings_(std::move(settings)),
        queries_(settings_),
        api_(api) {}
  ObjectReader(const ObjectReader&) = delete;
  ObjectReader& operator=(const ObjectReader&) = delete;

  const std::string& name() const { return name_; }
  const ObjectSettings& settings() const { return settings_; }
  const SuiteQueries& queries() const { return queries_; }
  bool has_stamps() const { return !settings_.modified->empty(); }
  bool has_deletions() const { return !settings_.deleted_type->empty(); }

  // Runs a query that `make` writes for the columns that are there. Where the reply names columns
  // that are missing, they are dropped for good, with a line in the log for each, and the query is
  // written again.
  using MakeQuery = std::function<SuiteQuery(const std::set<std::string>& dropped)>;
  Result<SuitePage> Run(const MakeQuery& make, int limit, std::stop_token stop);

  // The columns that are left, and the names in the rows of those that are missing.
  std::vector<SuiteColumn> Columns() const;
  std::vector<std::string> Missing() const;

 private:
  void Drop(const std::set<std::string>& missing);

  const std::string system_;
  const std::string name_;
  const ObjectSettings settings_;
  const SuiteQueries queries_;
  SuiteApi& api_;
  mutable std::mutex mutex_;
  std::set<std::string> dropped_;
};

}  // namespace trueup::connectors::netsuite
