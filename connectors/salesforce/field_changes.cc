#include "connectors/salesforce/field_changes.h"

#include <algorithm>

#include "connectors/salesforce/fields.h"

namespace trueup::connectors::salesforce {
namespace {

constexpr const char* kReadAgain = ": every record is read again";

// A mapping may name a part of the field: "BillingAddress.city".
bool IsMapped(const MappedFields& mapped, const std::string& object, const std::string& field) {
  if (!mapped) return true;
  const auto read = mapped->find(object);
  if (read == mapped->end()) return false;
  return std::any_of(read->second.begin(), read->second.end(), [&](const std::string& name) {
    return name == field || name.starts_with(field + ".");
  });
}

std::string OfType(const std::string& type) { return type.empty() ? "" : " (" + type + ")"; }

}  // namespace

FieldChanges CompareFields(const std::string& object, const FieldTypes& before,
                           const std::set<std::string>& partial, const FieldTypes& now,
                           const MappedFields& mapped) {
  FieldChanges changes;
  if (before == now && partial.empty())
    return changes;  // nearly always: this is asked for each page
  const auto note = [&](const std::string& field, const std::string& what, bool is_mapped,
                        const char* if_mapped, const char* if_not) {
    changes.notices.push_back("field " + field + what + (is_mapped ? if_mapped : if_not));
    if (is_mapped) changes.notices.back() += kReadAgain;
    changes.read_again |= is_mapped;
  };
  for (const auto& [field, type] : now) {
    const bool is_mapped = IsMapped(mapped, object, field);
    const auto was = before.find(field);
    if (was == before.end()) {
      changes.partial.insert(field);
      note(field, OfType(type) + " is new", is_mapped, " and a mapping reads it",
           "; no mapping reads it, and records get it as they change");
    } else if (ValueTypeOf(was->second) != ValueTypeOf(type)) {
      changes.partial.insert(field);
      note(field, " was of type " + was->second + " and is " + type + " now", is_mapped,
           ", and a mapping reads it",
           "; no mapping reads it, and records get the new form as they change");
    } else if (was->second != type) {
      changes.notices.push_back("field " + field + " was of type " + was->second + " and is " +
                                type + " now; its values have the same form");
    } else if (partial.count(field) > 0) {
      changes.partial.insert(field);
      if (is_mapped) note(field, "", true, " is read by a mapping now", "");
    }
  }
  for (const auto& [field, type] : before) {
    if (now.count(field) > 0) continue;
    note(field, OfType(type) + " is gone, hidden from the user or excluded",
         IsMapped(mapped, object, field), ", and a mapping reads it: that has no value any more",
         "; no mapping reads it");
  }
  if (changes.read_again) changes.partial.clear();
  return changes;
}

}  // namespace trueup::connectors::salesforce
