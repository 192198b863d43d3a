#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/change_event.h"
#include "base/error.h"
#include "base/json.h"
#include "connectors/salesforce/api.h"
#include "connectors/salesforce/fields.h"

namespace trueup::connectors::salesforce {

// The records of one page of a query's result. kTransient where it is none.
Result<std::vector<ChangeEvent>> ReadRecords(const std::string& system, const ObjectFields& fields,
                                             JsonValue body);

// Those of every page, of a query whose result is small.
Result<std::vector<ChangeEvent>> QueryWhole(Api& api, const std::string& system,
                                            const ObjectFields& fields, const std::string& soql,
                                            std::stop_token stop);

}  // namespace trueup::connectors::salesforce
