// The entry points that take their rules from a catalog.
#include "pipeline/accounts/reconcile.h"

namespace trueup::pipeline {
namespace {

Rules RulesOf(const mappings::Catalog& catalog) {
  return {catalog.glossary(), catalog.lifecycle(),
          [&catalog](std::string_view system, uint16_t entity) {
            return catalog.Holds(system, entity);
          }};
}

}  // namespace

Reconciled Reconcile(const Roster& roster, const std::vector<AccountRow>& rows,
                     const ReferenceLookup& references, const mappings::Catalog& catalog) {
  return Reconcile(roster, rows, references, RulesOf(catalog));
}

Condition OrphanCondition(const mappings::MappedRow& row, const std::string& why,
                          const mappings::Catalog& catalog) {
  return OrphanCondition(row, why, RulesOf(catalog));
}

Condition QuarantineCondition(const Ref& ref, const std::string& why,
                              const mappings::Catalog& catalog) {
  return QuarantineCondition(ref, why, RulesOf(catalog));
}

Condition SyncGapCondition(const Ref& ref, const std::string& why,
                           const mappings::Catalog& catalog) {
  return SyncGapCondition(ref, why, RulesOf(catalog));
}

std::string AccountJson(const Account& account, const mappings::Catalog& catalog, Offsets offsets) {
  const SourceLookup sources = [&catalog](std::string_view system, std::string_view object,
                                          uint16_t term) {
    return catalog.SourceOf(system, object, term);
  };
  return AccountJson(account, catalog.glossary(), sources, offsets);
}

}  // namespace trueup::pipeline
