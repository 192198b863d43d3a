#pragma once

#include <string>

#include "base/ref.h"
#include "mappings/catalog.h"
#include "pipeline/stages/messages.h"

namespace trueup::pipeline {

// The key of a fact's document: it names the member, so that a row that moves from one member to
// another is withdrawn and stated without either undoing the other.
std::string FactKey(const Ref& member, const Ref& row);

// A row that only reports read (order line, activity), named with the member that it hangs on; or
// its removal.
Document FactDocument(const Ref& member, const RowPayload& payload,
                      const mappings::Catalog& catalog);

// The condition "this row hangs on no account", held by the record at which its way ended; or its
// withdrawal.
Document OrphanDocument(const Ref& ended_at, const RowPayload& payload, const std::string& why,
                        const mappings::Catalog& catalog);

}  // namespace trueup::pipeline
