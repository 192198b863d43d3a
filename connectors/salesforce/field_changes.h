#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "connectors/connector.h"

namespace trueup::connectors::salesforce {

// The fields that rows were read with: each one's type by its name. A path over a reference
// ("Owner.Name") has none.
using FieldTypes = std::map<std::string, std::string>;

// What it means for the rows of an object that its fields are others than before.
//
// Salesforce moves no row's stamp when a field is made, shown to our user, hidden from him or
// removed. So the rows that we hold lack the values of a field that came, and keep those of one
// that went, until each of them changes for another reason. Where a mapping reads the field, that
// is a wrong answer, and all rows are read again; where none does, nobody asks, and rows get the
// field as they change. Such a field is remembered as partial: a mapping that begins to read it
// later has the rows read again then.
struct FieldChanges {
  std::vector<std::string> notices;  // what happened and what it means, a field each
  std::set<std::string> partial;     // fields whose values the rows before do not all have
  bool read_again = false;           // every row must be read again: then none stays partial
};

// `partial`: what was so before. `object` is whose fields these are.
FieldChanges CompareFields(const std::string& object, const FieldTypes& before,
                           const std::set<std::string>& partial, const FieldTypes& now,
                           const MappedFields& mapped);

}  // namespace trueup::connectors::salesforce
