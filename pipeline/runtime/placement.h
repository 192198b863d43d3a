#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "mappings/catalog.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// Where the live rows of one object are.
struct Placement {
  uint64_t accounts = 0;    // with an account: an account record, or a row that hangs on one
  uint64_t facts = 0;       // with reports, named with a member of an account
  uint64_t references = 0;  // with every account that names them
  uint64_t orphans =
      0;  // on no account, and a condition says so of them or of the row that they hang on
  uint64_t quarantined = 0;  // could not be mapped, and a condition says so
  uint64_t waiting = 0;      // on its way: none of the above yet. At rest this is 0 (promise 1)

  uint64_t total() const { return accounts + facts + references + orphans + quarantined + waiting; }
};

// Looks every live row up at the place where it should have ended, by "system/object". A check on
// the state as it lies there: it trusts no counter. `catalog` is the one by which the state was
// built.
Result<std::map<std::string, Placement>> PlaceRows(const Store& store,
                                                   const mappings::Catalog& catalog);

}  // namespace trueup::pipeline
