#pragma once

#include <string>
#include <string_view>

#include "pipeline/accounts/account.h"
#include "pipeline/stages/messages.h"

namespace trueup::pipeline {

// The document of a condition that `scope` (an account id, a record's ref, or "resolve") holds. The
// key names the scope, so that one condition that moves between two owners is withdrawn and stated
// without either undoing the other.
Document ConditionDocument(std::string_view scope, const Condition& condition);
Document WithdrawnCondition(std::string_view scope, std::string_view id);

}  // namespace trueup::pipeline
