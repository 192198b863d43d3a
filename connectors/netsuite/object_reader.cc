#include "connectors/netsuite/object_reader.h"

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
    std::string names;
    for (const std::string& column : missing) names += (names.empty() ? "" : ", ") + column;
    LogWarning("netsuite", settings_.table + " is pulled without the columns that the account " +
                               "lacks or the role may not see: " + names);
    const std::lock_guard lock(mutex_);
    dropped_.merge(missing);
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

}  // namespace trueup::connectors::netsuite
