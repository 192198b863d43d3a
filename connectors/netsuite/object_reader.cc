#include "connectors/netsuite/object_reader.h"

#include <algorithm>

#include "base/logging.h"

namespace trueup::connectors::netsuite {

Result<SuitePage> ObjectReader::Run(const MakeQuery& make, int limit, std::stop_token stop) {
  for (;;) {
    std::set<std::string> dropped;
    {
      const std::lock_guard lock(mutex_);
      dropped = dropped_;
    }
    auto page = api_.Run(make(dropped), limit, stop);
    if (page.ok()) return page;
    // An unknown column is a 400, for some a 500; so the kind does not tell.
    std::set<std::string> missing = queries_.NamedIn(page.error().message());
    for (const std::string& column : dropped) missing.erase(column);
    if (missing.empty()) return page;
    Drop(missing);
  }
}

void ObjectReader::Drop(const std::set<std::string>& missing) {
  const std::lock_guard lock(mutex_);
  for (const std::string& column : missing) {
    if (!dropped_.insert(column).second) continue;  // another thread was faster
    LogWarning("netsuite", system_ + "/" + name_ + "/" + column +
                               ": the account lacks this column or the role may not see it; rows "
                               "come without it");
  }
}

std::vector<SuiteColumn> ObjectReader::Columns() const {
  const std::lock_guard lock(mutex_);
  std::vector<SuiteColumn> left;
  for (const SuiteColumn& column : queries_.columns()) {
    if (dropped_.count(column.source) == 0) left.push_back(column);
  }
  return left;
}

std::vector<std::string> ObjectReader::Missing() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> missing;
  for (const SuiteColumn& column : queries_.columns()) {
    if (dropped_.count(column.source) != 0) missing.push_back(column.name);
  }
  std::sort(missing.begin(), missing.end());
  return missing;
}

}  // namespace trueup::connectors::netsuite
