#pragma once

#include <mutex>
#include <optional>
#include <set>

#include "tests/sandbox/salesforce/soql.h"

namespace trueup::sandbox {

// What the integration user may see: objects, and fields (field-level security). Everything, until
// it is hidden; no row's stamp moves with it. Safe for several threads.
class Permissions {
 public:
  void Hide(TableId object, bool hidden);
  void Hide(const Field* field, bool hidden);

  bool Sees(TableId object) const;
  bool Sees(const Field* field) const;
  // Why a query by this user is refused: it names what they may not see, wherever in it.
  std::optional<SoqlError> Refuse(const Soql& soql) const;

 private:
  mutable std::mutex mutex_;
  std::set<TableId> objects_;  // hidden ones
  std::set<const Field*> fields_;
};

}  // namespace trueup::sandbox
