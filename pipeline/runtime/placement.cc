#include "pipeline/runtime/placement.h"

#include <optional>
#include <utility>

#include "base/change_event.h"
#include "mappings/mapped_row.h"
#include "pipeline/stages/changes.h"
#include "pipeline/stages/collect_stage.h"
#include "pipeline/stages/facts.h"
#include "pipeline/stages/families.h"
#include "pipeline/stages/map_stage.h"
#include "pipeline/stages/reconcile_stage.h"

namespace trueup::pipeline {
namespace {

using Place = uint64_t Placement::*;

// Follows one row at a time to its end.
class Follower {
 public:
  Follower(const Store& store, const mappings::Catalog& catalog)
      : store_(store), catalog_(catalog) {}

  Result<Place> PlaceOf(const Ref& ref) const {
    TRUEUP_ASSIGN(const auto node, NodeOf(ref));
    if (!node || node->own.empty()) return &Placement::waiting;
    TRUEUP_ASSIGN(const mappings::MappedRow row, mappings::MappedRow::Decode(node->own));
    if (node->route.kind == Route::Kind::kReference) {
      return Found(kReferences, ref.text(), &Placement::references);
    }
    return FollowUp(row, *node);
  }

 private:
  // From the row's own node upwards, as far as its way goes.
  Result<Place> FollowUp(const mappings::MappedRow& row, Node node) const {
    Ref at = row.ref;
    Ref via = row.ref;
    for (int level = 0; node.route.kind == Route::Kind::kUp; ++level) {
      if (level == CollectStage::kMaxLevels) return IsOrphan(row, at);
      via = std::exchange(at, Ref::FromText(node.route.target));
      if (at == row.ref) return IsOrphan(row, at);
      TRUEUP_ASSIGN(auto above, NodeOf(at));
      if (!above) return &Placement::waiting;
      node = *std::move(above);
    }
    if (node.route.kind == Route::Kind::kNowhere) return &Placement::waiting;
    if (node.route.kind == Route::Kind::kAccount) return IsOnAccount(row, node.route.target, at);
    // The row that names the missing record is said to be an orphan; those below it come along with
    // it.
    return via == row.ref ? IsOrphan(row, at) : Result<Place>(&Placement::orphans);
  }

  Result<Place> IsOnAccount(const mappings::MappedRow& row, const std::string& account,
                            const Ref& member) const {
    if (mappings::IsForReports(RoleOf(row))) {
      return Found(kPublished, DocumentKey(kFactsTopic, FactKey(member, row.ref)),
                   &Placement::facts);
    }
    return Found(kAccountRows, AccountRowKey(account, member, row.ref), &Placement::accounts);
  }

  Result<Place> IsOrphan(const mappings::MappedRow& row, const Ref& ended_at) const {
    if (RoleOf(row) == mappings::EntityRole::kTrace) return &Placement::orphans;  // nobody is told
    const Document said = OrphanDocument(ended_at, {row.ref, row.entity, nullptr}, "", catalog_);
    return Found(kPublished, DocumentKey(said.topic, said.key), &Placement::orphans);
  }

  mappings::EntityRole RoleOf(const mappings::MappedRow& row) const {
    return catalog_.glossary().entities[row.entity].role;
  }

  Result<Place> Found(Family family, const std::string& key, Place place) const {
    TRUEUP_ASSIGN(const auto value, store_.Get(family, key));
    return value ? place : &Placement::waiting;
  }

  Result<std::optional<Node>> NodeOf(const Ref& ref) const {
    TRUEUP_ASSIGN(const auto bytes, store_.Get(kNodes, ref.text()));
    if (!bytes) return std::optional<Node>();
    TRUEUP_ASSIGN(Node node, Node::Decode(*bytes));
    return std::optional<Node>(std::move(node));
  }

  const Store& store_;
  const mappings::Catalog& catalog_;
};

// Nothing where the record is gone from its source.
Result<std::optional<Place>> PlaceOfRecord(const Follower& follower, const Ref& ref,
                                           std::string_view bytes) {
  TRUEUP_ASSIGN(const MapRecord record, MapRecord::Decode(bytes));
  TRUEUP_ASSIGN(const ChangeEvent event, ChangeEvent::Decode(record.event));
  if (event.deleted) return std::optional<Place>();
  if (record.quarantined) return std::optional<Place>(&Placement::quarantined);
  TRUEUP_ASSIGN(const Place place, follower.PlaceOf(ref));
  return std::optional<Place>(place);
}

}  // namespace

Result<std::map<std::string, Placement>> PlaceRows(const Store& store,
                                                   const mappings::Catalog& catalog) {
  std::map<std::string, Placement> placements;
  const Follower follower(store, catalog);
  Status damage;
  TRUEUP_RETURN_IF_ERROR(
      store.Scan(kMapRows, {}, [&](std::string_view key, std::string_view value) {
        const Ref ref = Ref::FromText(std::string(key));
        auto place = PlaceOfRecord(follower, ref, value);
        if (!place.ok()) {
          damage = std::move(place).error().In(key);
          return false;
        }
        Placement& placement =
            placements[std::string(ref.system()) + "/" + std::string(ref.object())];
        if (*place) ++(placement.*(**place));
        return true;
      }));
  TRUEUP_RETURN_IF_ERROR(damage);
  return placements;
}

}  // namespace trueup::pipeline
