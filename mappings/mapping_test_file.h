#pragma once

#include <string>

#include "base/problems.h"
#include "mappings/catalog.h"

namespace trueup::mappings {

// Runs a file of examples that a user keeps beside a mapping ("salesforce_test.yaml"):
//
//   system: salesforce
//   tests:
//     - name: a German customer          # for messages
//       object: Account
//       record: {Name: Acme GmbH, Phone: 030 1234567, BillingCountry: Germany}
//       expect: {name: Acme GmbH, phone: "+49301234567", website: null}
//     - name: a broken phone
//       object: Account
//       record: {Name: Acme, Phone: call me}
//       expect: {phone: {invalid: call me}}
//     - name: an account without a name
//       object: Account
//       record: {Phone: "1"}
//       quarantined: true
//
// Terms that `expect` leaves out may hold anything; values are compared by their canonical text.
// Each difference is a problem at the place of the expectation that failed. Gives the number of
// tests that ran; a file without tests is a problem.
size_t RunMappingTestFile(const std::string& path, const Catalog& catalog, Problems& problems);

// The same from text; `file` is the name used in places.
size_t RunMappingTests(std::string_view text, const std::string& file, const Catalog& catalog,
                       Problems& problems);

}  // namespace trueup::mappings
