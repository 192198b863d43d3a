#pragma once

#include <mutex>
#include <set>
#include <vector>

#include "tests/sandbox/world/schema.h"

namespace trueup::sandbox {

// What a system's integration user may see: objects, and fields. Everything, until it is hidden; no
// row's stamp moves with it. Safe for several threads.
class Permissions {
 public:
  void Hide(TableId object, bool hidden);
  void Hide(const Field* field, bool hidden);

  bool Sees(TableId object) const;
  bool Sees(const Field* field) const;
  // The first of these that is hidden; null: none is.
  const Field* FirstHidden(const std::vector<const Field*>& fields) const;

 private:
  mutable std::mutex mutex_;
  std::set<TableId> objects_;  // hidden ones
  std::set<const Field*> fields_;
};

}  // namespace trueup::sandbox
