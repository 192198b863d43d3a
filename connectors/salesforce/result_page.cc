#include "connectors/salesforce/result_page.h"

#include <algorithm>
#include <utility>

namespace trueup::connectors::salesforce {
namespace {

// What one Take holds in memory as text; its rows take some times that.
constexpr size_t kMostBytes = 8 << 20;

// No text holds a NUL, but Salesforce gives some; a reader of CSV rightly refuses them.
ByteSource WithoutNul(ByteSource source) {
  return [source = std::move(source),
          clean = std::make_shared<std::string>()]() -> Result<std::string_view> {
    for (;;) {
      TRUEUP_ASSIGN(const std::string_view chunk, source());
      if (chunk.find('\0') == chunk.npos) return chunk;
      clean->assign(chunk);
      std::erase(*clean, '\0');
      if (!clean->empty()) return std::string_view(*clean);
    }
  };
}

std::vector<Column> ColumnsOf(const ObjectFields& fields) {
  std::vector<Column> columns;
  for (const FieldInfo& field : fields.info.fields) {
    columns.push_back({field.name, fields.TypeOf(field.name)});
  }
  return columns;
}

}  // namespace

ResultPage::ResultPage(std::string job, FedPage page, std::shared_ptr<const ObjectFields> fields)
    : job_(std::move(job)),
      locator_(std::move(page.locator)),
      records_(page.results.records),
      next_(std::move(page.results.next)),
      fields_(std::move(fields)),
      columns_(ColumnsOf(*fields_)),
      reader_(WithoutNul(std::move(page.results.csv)), "results") {}

bool ResultPage::IsAt(const Job& job) const {
  return job.id == job_ && job.locator == locator_ && job.skip == taken_;
}

// Whether the record names the columns, in whatever order; then they are in that order. A record of
// data is no such: its Id is none of the names.
bool ResultPage::IsHeader() {
  if (record_.size() != columns_.size()) return false;
  std::vector<Column> named;
  for (size_t i = 0; i < record_.size(); ++i) {
    const auto column = std::find_if(columns_.begin(), columns_.end(),
                                     [&](const Column& c) { return c.name == record_[i]; });
    if (column == columns_.end()) return false;
    named.push_back(*column);
  }
  columns_ = std::move(named);
  return true;
}

Result<bool> ResultPage::Next() {
  TRUEUP_ASSIGN(bool any, reader_.Next(record_));
  if (any && !std::exchange(begun_, true) && IsHeader()) {
    TRUEUP_ASSIGN(any, reader_.Next(record_));
  }
  at_end_ = !any;
  if (any) {
    ++taken_;
  } else if (records_ && *records_ != taken_) {
    return Error(ErrorKind::kInvalid, "a page of " + std::to_string(taken_) +
                                          " records, where the server said " +
                                          std::to_string(*records_));
  }
  return any;
}

Result<bool> ResultPage::Skip(uint64_t records) {
  while (taken_ < records) {
    TRUEUP_ASSIGN(const bool any, Next());
    if (!any) return false;
  }
  return true;
}

Result<std::vector<ChangeEvent>> ResultPage::Take(std::string_view system, uint64_t most) {
  std::vector<ChangeEvent> events;
  for (size_t bytes = 0; events.size() < most && bytes < kMostBytes;) {
    TRUEUP_ASSIGN(const bool any, Next());
    if (!any) break;
    for (size_t cell = 0; cell < record_.size(); ++cell) bytes += record_[cell].size();
    TRUEUP_ASSIGN(ChangeEvent event, ToEvent(system, *fields_, columns_, record_));
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace trueup::connectors::salesforce
