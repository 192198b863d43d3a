#include "pipeline/stages/documents.h"

#include "pipeline/accounts/reconcile.h"

namespace trueup::pipeline {
namespace {
std::string KeyOf(std::string_view scope, std::string_view id) {
  return std::string(scope) + "|" + std::string(id);
}
}  // namespace

Document ConditionDocument(std::string_view scope, const Condition& condition) {
  std::string json = ConditionJson(condition);
  return {kConditionsTopic, KeyOf(scope, condition.id), json, json};
}

Document WithdrawnCondition(std::string_view scope, std::string_view id) {
  return {kConditionsTopic, KeyOf(scope, id), {}, {}};
}

}  // namespace trueup::pipeline
