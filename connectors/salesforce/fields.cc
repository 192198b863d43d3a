#include "connectors/salesforce/fields.h"

#include <algorithm>
#include <array>

namespace trueup::connectors::salesforce {
namespace {

constexpr std::array<std::string_view, 6> kNeeded{
    "Id", "CreatedDate", "LastModifiedDate", "SystemModstamp", "IsDeleted", "MasterRecordId"};
constexpr std::array<std::string_view, 3> kStamps{"SystemModstamp", "LastModifiedDate",
                                                  "CreatedDate"};

template <class Range>
bool Contains(const Range& range, std::string_view name) {
  return std::find(range.begin(), range.end(), name) != range.end();
}

FieldInfo ReadField(JsonValue field) {
  FieldInfo info;
  info.name = field["name"].text();
  info.type = field["type"].text();
  info.label = field["label"].text();
  info.calculated = field["calculated"].boolean();
  for (const JsonValue& value : field["picklistValues"]) {
    info.picklist.emplace_back(value["label"].text());
  }
  return info;
}

bool FitsBulk(const FieldInfo& field) {
  return field.type != "address" && field.type != "location" && field.type != "base64" &&
         field.type != "anyType" && field.type != "complexvalue";
}

bool PartOfAll(const FieldInfo& field) {
  return field.type != "address" && field.type != "location" && field.type != "base64";
}

bool Wanted(const ObjectSettings& settings, const FieldInfo& field) {
  if (Contains(kNeeded, field.name)) return true;
  if (Contains(settings.exclude, field.name)) return false;
  if (Contains(settings.fields, "all")) {
    return PartOfAll(field) || Contains(settings.fields, field.name);
  }
  return Contains(settings.fields, field.name);
}

// A listed field that the describe does not show: misspelled, or not allowed. Paths over a
// reference ("Owner.Name") are left to the server to judge.
std::string UnknownFields(const ObjectSettings& settings, const std::vector<std::string>& known) {
  std::string text;
  for (const std::string& name : settings.fields) {
    if (name == "all" || name.find('.') != name.npos || Contains(known, name)) continue;
    const std::string hint = DidYouMean(name, known);
    text += (text.empty() ? "\"" : ", \"") + name + "\"" + (hint.empty() ? "" : " (" + hint + ")");
  }
  return text;
}

void Select(const std::string& name, const std::string& type, ObjectFields& fields) {
  if (!fields.select_list.empty()) fields.select_list += ",";
  fields.select_list += name;
  fields.field_types[name] = type;
}

}  // namespace

ValueType ValueTypeOf(std::string_view type) {
  if (type == "datetime") return ValueType::kInstant;
  if (type == "boolean") return ValueType::kBool;
  if (type == "double" || type == "currency" || type == "percent" || type == "int" ||
      type == "long") {
    return ValueType::kNumber;
  }
  return ValueType::kText;
}

Result<std::shared_ptr<const ObjectFields>> ChooseFields(const std::string& object,
                                                         const ObjectSettings& settings,
                                                         JsonValue describe) {
  auto fields = std::make_shared<ObjectFields>();
  fields->info.name = object;
  std::vector<std::string> known;
  for (const JsonValue& described : describe["fields"]) {
    FieldInfo field = ReadField(described);
    known.push_back(field.name);
    if (!Wanted(settings, field)) continue;
    Select(field.name, field.type, *fields);
    if (const ValueType type = ValueTypeOf(field.type); type != ValueType::kText) {
      fields->types[field.name] = type;
    }
    if (!FitsBulk(field)) fields->not_by_bulk = field.name + " is of type " + field.type;
    fields->info.fields.push_back(std::move(field));
  }
  for (const std::string& name : settings.fields) {
    if (name.find('.') == name.npos) continue;
    Select(name, "", *fields);
    fields->not_by_bulk = name + " is a field of another object";
  }
  if (describe["queryable"].is_bool() && !describe["queryable"].boolean()) {
    return Error(ErrorKind::kInvalid, object + " cannot be queried");
  }
  fields->missing = UnknownFields(settings, known);
  for (const std::string_view stamp : kStamps) {
    if (fields->stamp.empty() && Contains(known, stamp)) fields->stamp = stamp;
  }
  if (fields->stamp.empty() || !Contains(known, "Id")) {
    return Error(ErrorKind::kInvalid,
                 object + " has no Id or no time stamp, so its changes cannot be followed");
  }
  fields->only_added = fields->stamp == "CreatedDate";
  fields->tells_deletions = describe["replicateable"].boolean();
  fields->has_is_deleted = Contains(known, "IsDeleted");
  return std::shared_ptr<const ObjectFields>(std::move(fields));
}

}  // namespace trueup::connectors::salesforce
