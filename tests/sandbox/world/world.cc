#include "tests/sandbox/world/world.h"

#include <mutex>

#include "tests/sandbox/world/activity.h"

namespace trueup::sandbox {

World::World(const WorldOptions& options)
    : options_(options),
      netsuite_zone_(options.netsuite_timezone),
      customers_(MakeCustomers(options.population)) {
  for (size_t i = 0; i < kTables; ++i) {
    const auto id = static_cast<TableId>(i);
    tables_.emplace_back(id, SpecOf(id).system == System::kNetsuite ? &netsuite_zone_ : nullptr);
  }
  // Newcomers get invented names: the list may be used up, and a step must not depend on a file.
  newcomers_ = std::make_unique<CompanySource>(seed() ^ 0x5eedULL, std::string_view());
  faces_of_.resize(customers_.size());
  AddReferenceRows();
  const int count = static_cast<int>(customers_.size());
  for (int i = 0; i < count; ++i) {
    AddFacesOf(i);
    CompleteFaces(i);
  }
  // Only now has every record that a parent reference may name its id.
  for (uint32_t i = 0; i < faces_.size(); ++i) Render(i);
  Activity activity(this);
  for (int i = 0; i < count; ++i) activity.AddAll(i);
  ReorderAll();
}

size_t World::Vanish(TableId id, size_t count) {
  const std::unique_lock lock(mutex_);
  Table& table = Mutable(id);
  size_t gone = 0;
  for (uint32_t i = 0; i < table.rows().size() && gone < count; ++i) {
    if (table.row(i).deleted) continue;
    table.Change(i).deleted = true;
    ++gone;
  }
  table.Reorder();
  return gone;
}

size_t World::Purge(TableId id, size_t count) {
  const std::unique_lock lock(mutex_);
  Table& table = Mutable(id);
  size_t gone = 0;
  for (uint32_t i = 0; i < table.rows().size() && gone < count; ++i) {
    if (table.row(i).deleted) continue;
    Row& row = table.Change(i);
    row.deleted = row.purged = true;
    row.deleted_at = now();
    ++gone;
  }
  table.Reorder();
  return gone;
}

size_t World::Reappear(TableId id) {
  const std::unique_lock lock(mutex_);
  Table& table = Mutable(id);
  size_t back = 0;
  for (uint32_t i = 0; i < table.rows().size(); ++i) {
    // What a step deleted has a date.
    if (!table.row(i).deleted || table.row(i).deleted_at != 0) continue;
    table.Change(i).deleted = false;
    ++back;
  }
  table.Reorder();
  return back;
}

size_t World::Drift(TableId id, std::string_view field, size_t count) {
  const std::unique_lock lock(mutex_);
  Table& table = Mutable(id);
  size_t changed = 0;
  for (uint32_t i = 0; i < table.rows().size() && changed < count; ++i) {
    const std::string& text = table.Get(i, field);
    if (table.row(i).deleted || text.empty()) continue;
    table.Set(i, field, text + " (drifted)");
    ++changed;
  }
  return changed;
}

void World::ReorderAll() {
  for (Table& table : tables_) table.Reorder();
}

}  // namespace trueup::sandbox
