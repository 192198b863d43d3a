#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/change_event.h"
#include "base/csv.h"
#include "connectors/salesforce/cursor.h"
#include "connectors/salesforce/fields.h"
#include "connectors/salesforce/records.h"
#include "connectors/salesforce/result_feed.h"

namespace trueup::connectors::salesforce {

// One page of a job's result, read record by record from its text: the rows of a page never stand
// in memory all at once. The page may begin with the names of the columns or not: the first one
// does, of the others nobody promises either.
//
// Errors are kInvalid: the text is no CSV, a record has too few cells, or the page does not hold as
// many records as the server said.
class ResultPage {
 public:
  ResultPage(std::string job, FedPage page, std::shared_ptr<const ObjectFields> fields);
  ResultPage(const ResultPage&) = delete;
  ResultPage& operator=(const ResultPage&) = delete;

  // Further records: at most `most`, and few where they are large.
  Result<std::vector<ChangeEvent>> Take(std::string_view system, uint64_t most);
  // Passes over records that were delivered before. False: the page has fewer.
  Result<bool> Skip(uint64_t records);

  // Whether this is that page, with so many records taken.
  bool IsAt(const Job& job) const;
  // The end was met: Take gave fewer than it might have.
  bool at_end() const { return at_end_; }
  const std::string& next() const { return next_; }

 private:
  // The next record into record_; false at the end.
  Result<bool> Next();
  bool IsHeader();

  const std::string job_;
  const std::string locator_;
  const std::optional<uint64_t> records_;
  const std::string next_;
  const std::shared_ptr<const ObjectFields> fields_;
  std::vector<Column> columns_;
  CsvReader reader_;
  CsvRecord record_;
  uint64_t taken_ = 0;
  bool begun_ = false;
  bool at_end_ = false;
};

}  // namespace trueup::connectors::salesforce
