#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/sandbox/world/calendar.h"
#include "tests/sandbox/world/schema.h"

namespace trueup::sandbox {

inline constexpr int kNobody = -1;

// One record of a system. A deleted row stays: Salesforce still shows it (queryAll), the others
// only tell that it is gone.
struct Row {
  std::string id;
  Seconds created = 0;
  Seconds modified = 0;  // LastModifiedDate; never after the stamp
  Seconds stamp = 0;     // when the system last touched it
  Seconds deleted_at = 0;
  bool deleted = false;
  bool purged = false;              // deleted for good: not in the recycle bin either
  int customer = kNobody;           // the truth: whose row it is
  std::vector<std::string> values;  // by slot; an empty text is null
};

// The rows of one object in the order of their ids, and a second order by (stamp, id). Rows are
// only ever added with growing ids, and numbers stand for them. Not synchronised: the world's lock
// guards it.
class Table {
 public:
  // `zone` shifts stamps before they are ordered: NetSuite orders by its wall clock.
  Table(TableId id, const Zone* zone) : spec_(&SpecOf(id)), zone_(zone) {}

  const TableSpec& spec() const { return *spec_; }
  const std::vector<Row>& rows() const { return rows_; }
  const Row& row(uint32_t number) const { return rows_[number]; }

  // Gives the row the next id of this table and room for its values.
  uint32_t Add(Seconds created, Seconds stamp, int customer);
  // Whoever changes a row calls Reorder() before the table is read again.
  Row& Change(uint32_t number) { return rows_[number]; }
  void Set(uint32_t number, std::string_view field, std::string value);
  const std::string& Get(uint32_t number, std::string_view field) const;

  std::optional<uint32_t> Find(const std::string& id) const;
  // The stamp as this system compares it.
  Seconds OrderKey(const Row& row) const {
    return zone_ == nullptr ? row.stamp : zone_->ToLocal(row.stamp);
  }
  const Zone* zone() const { return zone_; }
  // Row numbers by (OrderKey, id).
  const std::vector<uint32_t>& by_stamp() const { return by_stamp_; }
  void Reorder();
  size_t live() const { return live_; }

 private:
  const TableSpec* spec_;
  const Zone* zone_;
  std::vector<Row> rows_;
  std::unordered_map<std::string, uint32_t> by_id_;
  std::vector<uint32_t> by_stamp_;
  size_t live_ = 0;
};

// A Salesforce id in its 18 characters, from the 15 that tell case apart.
std::string WithCaseSuffix(std::string_view id15);

}  // namespace trueup::sandbox
