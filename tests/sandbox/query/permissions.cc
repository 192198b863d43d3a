#include "tests/sandbox/query/permissions.h"

#include <algorithm>

namespace trueup::sandbox {
namespace {

template <class T>
void Put(std::set<T>& set, T what, bool in) {
  if (in) {
    set.insert(what);
  } else {
    set.erase(what);
  }
}

}  // namespace

void Permissions::Hide(TableId object, bool hidden) {
  const std::lock_guard lock(mutex_);
  Put(objects_, object, hidden);
}

void Permissions::Hide(const Field* field, bool hidden) {
  const std::lock_guard lock(mutex_);
  Put(fields_, field, hidden);
}

bool Permissions::Sees(TableId object) const {
  const std::lock_guard lock(mutex_);
  return objects_.count(object) == 0;
}

bool Permissions::Sees(const Field* field) const {
  const std::lock_guard lock(mutex_);
  return fields_.count(field) == 0;
}

const Field* Permissions::FirstHidden(const std::vector<const Field*>& fields) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [this](const Field* field) { return !Sees(field); });
  return found == fields.end() ? nullptr : *found;
}

}  // namespace trueup::sandbox
