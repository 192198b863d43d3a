#include "tests/sandbox/salesforce/permissions.h"

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

void AddFields(const Condition& condition, std::vector<const Field*>* fields) {
  if (condition.kind == Condition::kCompare) fields->push_back(condition.column.field);
  for (const Condition& part : condition.parts) AddFields(part, fields);
}

std::vector<const Field*> FieldsOf(const Soql& soql) {
  std::vector<const Field*> fields = soql.fields;
  for (const Aggregate& aggregate : soql.aggregates) fields.push_back(aggregate.column.field);
  if (soql.query.where) AddFields(*soql.query.where, &fields);
  for (const OrderBy& by : soql.query.order) fields.push_back(by.column.field);
  return fields;
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

// What is hidden is spoken of as if it were not there.
std::optional<SoqlError> Permissions::Refuse(const Soql& soql) const {
  const std::string object(SpecOf(soql.object).name);
  if (!Sees(soql.object)) {
    return SoqlError{"INVALID_TYPE", "sObject type '" + object + "' is not supported."};
  }
  for (const Field* field : FieldsOf(soql)) {
    if (field == nullptr || Sees(field)) continue;  // COUNT(*) is of no field
    return SoqlError{"INVALID_FIELD", "No such column '" + std::string(field->name) +
                                          "' on entity '" + object + "'."};
  }
  return std::nullopt;
}

}  // namespace trueup::sandbox
