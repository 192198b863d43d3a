#include "tests/sandbox/world/world.h"

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

void World::ReorderAll() {
  for (Table& table : tables_) table.Reorder();
}

}  // namespace trueup::sandbox
