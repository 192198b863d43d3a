#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "connectors/connector.h"
#include "connectors/salesforce/field_changes.h"
#include "connectors/salesforce/settings.h"

namespace trueup::connectors::salesforce {

// How the text of a CSV cell is to be read, where it is more than a text.
enum class ValueType { kText, kInstant, kNumber, kBool };
// Of a type in the words of a describe.
ValueType ValueTypeOf(std::string_view type);

// Looks names up as they stand in a reply, without a copy.
struct NameHash {
  using is_transparent = void;
  size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
};

// What is read of one object, as its describe and the settings say. Never changed once made.
struct ObjectFields {
  ObjectInfo info;          // of every selected field
  std::string select_list;  // "Id,Name,..."
  FieldTypes field_types;   // of the same ones
  std::string stamp;        // SystemModstamp, else LastModifiedDate, else CreatedDate
  bool has_is_deleted = false;
  bool only_added = false;  // nothing changes a row (a history): its stamp is that of its making
  bool tells_deletions = false;  // by getDeleted
  // Of the fields that are more than a text.
  std::unordered_map<std::string, ValueType, NameHash, std::equal_to<>> types;
  // Listed in the settings and not to be seen: gone, misspelled (then with a hint) or not allowed.
  // No error, so that a field which an admin removes does not end the pulling of all others.
  std::string missing;
  // Why the Bulk API cannot give what REST gives of this object; empty: it can. So a compound or
  // binary field that was listed by name, a value of any type, a field over a reference: what type
  // these have, CSV does not tell.
  std::string not_by_bulk;

  ValueType TypeOf(std::string_view field) const {
    const auto found = types.find(field);
    return found == types.end() ? ValueType::kText : found->second;
  }
};

// Chooses the fields of `object` from the body of its describe. `all` means every field but
// compound ones (address, location: their parts are fields of their own) and binary ones. The
// fields that the connector needs (Id, the stamp, CreatedDate, IsDeleted, MasterRecordId) are read
// in any case where the object has them. kInvalid where the object has no stamp or is not
// queryable.
Result<std::shared_ptr<const ObjectFields>> ChooseFields(const std::string& object,
                                                         const ObjectSettings& settings,
                                                         JsonValue describe);

}  // namespace trueup::connectors::salesforce
