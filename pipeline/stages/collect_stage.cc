#include "pipeline/stages/collect_stage.h"

#include <algorithm>
#include <utility>

#include "base/binary.h"
#include "base/json.h"
#include "pipeline/accounts/reconcile.h"
#include "pipeline/stages/documents.h"
#include "pipeline/stages/facts.h"

namespace trueup::pipeline {
namespace {

using mappings::EntityRole;
using mappings::MappedRow;

// Keys of kNodeRows sort by node, then row, then the record it came through.
std::string RowKey(const Ref& node, const Ref& row, const Ref& via) {
  return node.text() + '\0' + row.text() + '\0' + via.text();
}

struct StoredRow {
  Ref row;
  Ref via;
  int level = 0;
  uint16_t entity = 0;
  std::string_view bytes;
};

std::string EncodeStored(int level, const RowPayload& payload) {
  std::string out;
  PutVarint(out, static_cast<uint64_t>(level));
  PutVarint(out, payload.entity);
  PutBytes(out, *payload.bytes);
  return out;
}

StoredRow DecodeStored(const Ref& node, std::string_view key, std::string_view value) {
  StoredRow stored;
  key.remove_prefix(node.text().size() + 1);
  const size_t end = key.find('\0');
  stored.row = Ref::FromText(std::string(key.substr(0, end)));
  stored.via = Ref::FromText(std::string(key.substr(end + 1)));
  BinaryReader reader(value);
  stored.level = static_cast<int>(reader.Varint());
  stored.entity = static_cast<uint16_t>(reader.Varint());
  stored.bytes = reader.Bytes();
  return stored;
}

// Why a row that goes up and up is an orphan.
constexpr const char* kNoEnd = "it hangs more than 8 records deep, or in a circle";

RowPayload Withdrawn(const Ref& ref, uint16_t entity) { return {ref, entity, nullptr}; }

}  // namespace

void Node::Encode(std::string& out) const {
  PutBytes(out, own);
  PutBytes(out, account);
  out.push_back(static_cast<char>(route.kind));
  PutBytes(out, route.target);
  PutVarint(out, features_hash);
  out.push_back(had_rows ? 1 : 0);
}

Result<Node> Node::Decode(std::string_view bytes) {
  BinaryReader reader(bytes);
  Node node;
  node.own = reader.Bytes();
  node.account = reader.Bytes();
  node.route.kind = static_cast<Route::Kind>(reader.Byte());
  node.route.target = reader.Bytes();
  node.features_hash = reader.Varint();
  node.had_rows = reader.Byte() != 0;
  TRUEUP_RETURN_IF_ERROR(reader.Check("a stored node"));
  return node;
}

CollectStage::CollectStage(std::shared_ptr<const mappings::Catalog> catalog)
    : catalog_(std::move(catalog)) {
  for (const auto& [feature, terms] : catalog_->matching().features) {
    feature_terms_.insert(feature_terms_.end(), terms.begin(), terms.end());
  }
  std::sort(feature_terms_.begin(), feature_terms_.end());
  feature_terms_.erase(std::unique(feature_terms_.begin(), feature_terms_.end()),
                       feature_terms_.end());
}

EntityRole CollectStage::RoleOf(uint16_t entity) const {
  return catalog_->glossary().entities[entity].role;
}

std::vector<std::string> CollectStage::Reads(const std::vector<CollectInput>& inputs) {
  std::vector<std::string> keys;
  keys.reserve(inputs.size());
  for (const CollectInput& input : inputs) {
    if (const auto* own = std::get_if<OwnRow>(&input)) {
      keys.push_back(own->payload.ref.text());
    } else if (const auto* child = std::get_if<ChildRow>(&input)) {
      keys.push_back(child->to.text());
    } else {
      keys.push_back(std::get<Membership>(input).member.text());
    }
  }
  return keys;
}

void CollectStage::Apply(const CollectInput& input, View& view, Effects& effects) const {
  if (const auto* own = std::get_if<OwnRow>(&input)) return ApplyOwn(*own, view, effects);
  if (const auto* child = std::get_if<ChildRow>(&input)) return ApplyChild(*child, view, effects);
  ApplyMembership(std::get<Membership>(input), view, effects);
}

std::optional<Node> CollectStage::LoadNode(const Ref& ref, View& view) const {
  const std::string* bytes = view.Get(kNodes, ref.text());
  if (bytes == nullptr) return Node{};
  auto node = Node::Decode(*bytes);
  if (!node.ok()) {
    view.Fail(std::move(node).error().In(ref.text()));
    return std::nullopt;
  }
  return *std::move(node);
}

void CollectStage::SaveNode(const Ref& ref, const Node& node, View& view) {
  std::string bytes;
  node.Encode(bytes);
  view.Put(kNodes, ref.text(), std::move(bytes));
}

Route CollectStage::RouteOf(const Node& node, const std::optional<MappedRow>& own) const {
  if (!own) return {Route::Kind::kOrphan, "nobody has the record that it names"};
  switch (RoleOf(own->entity)) {
    case EntityRole::kReference: return {Route::Kind::kReference, {}};
    case EntityRole::kAccount:
      if (!own->merged_into.empty()) return {Route::Kind::kUp, own->merged_into.text()};
      if (own->deleted) return {Route::Kind::kOrphan, "the account record was deleted"};
      if (node.account.empty()) return {Route::Kind::kNowhere, {}};
      return {Route::Kind::kAccount, node.account};
    case EntityRole::kPart:
    case EntityRole::kFact:
    case EntityRole::kTrace:
      if (own->deleted) return {Route::Kind::kOrphan, "the record that it names was deleted"};
      if (own->parent.empty()) return {Route::Kind::kOrphan, "it names no record to hang on"};
      return {Route::Kind::kUp, own->parent.text()};
  }
  return {};
}

void CollectStage::ApplyOwn(const OwnRow& input, View& view, Effects& effects) const {
  const Ref& ref = input.payload.ref;
  auto node = LoadNode(ref, view);
  if (!node) return;
  const bool had_own = !node->own.empty();
  uint16_t entity = input.payload.entity;
  std::optional<MappedRow> own;
  if (!input.payload.bytes && had_own) {
    auto row = MappedRow::Decode(node->own);
    if (!row.ok()) return view.Fail(std::move(row).error().In(ref.text()));
    entity = row->entity;
  }
  if (input.payload.bytes) {
    auto row = MappedRow::Decode(*input.payload.bytes);
    if (!row.ok()) return view.Fail(std::move(row).error().In(ref.text()));
    own = *std::move(row);
    node->own = *input.payload.bytes;
  } else {
    node->own.clear();
  }
  Reroute(ref, *node, own, had_own, entity, view, effects);
  SendFeatures(ref, *node, own, effects);
  SaveNode(ref, *node, view);
}

void CollectStage::ApplyMembership(const Membership& input, View& view, Effects& effects) const {
  auto node = LoadNode(input.member, view);
  if (!node || node->account == input.account) return;
  std::optional<MappedRow> own;
  if (!node->own.empty()) {
    auto row = MappedRow::Decode(node->own);
    if (!row.ok()) return view.Fail(std::move(row).error().In(input.member.text()));
    own = *std::move(row);
  }
  node->account = input.account;
  Reroute(input.member, *node, own, own.has_value(), own ? own->entity : uint16_t{0}, view,
          effects);
  SaveNode(input.member, *node, view);
}

void CollectStage::Reroute(const Ref& ref, Node& node, const std::optional<MappedRow>& own,
                           bool had_own, uint16_t entity, View& view, Effects& effects) const {
  const Route before = std::exchange(node.route, RouteOf(node, own));
  const bool moved = !(before == node.route);
  if (moved) {
    // The rows first, the record's own row last: who holds it holds what hangs on it.
    SendChildren(ref, node, before, true, view, effects);
    if (had_own) SendOwn(ref, before, Withdrawn(ref, entity), effects);
    SendChildren(ref, node, node.route, false, view, effects);
  }
  // A deleted record's own row goes nowhere; its features stay with resolve as a ghost.
  if (own && !own->deleted && own->merged_into.empty()) {
    SendOwn(ref, node.route, {ref, entity, std::make_shared<const std::string>(node.own)}, effects);
  } else if (!moved && had_own) {
    SendOwn(ref, node.route, Withdrawn(ref, entity), effects);
  }
}

void CollectStage::SendFeatures(const Ref& ref, Node& node, const std::optional<MappedRow>& own,
                                Effects& effects) const {
  const bool is_account = own && RoleOf(own->entity) == EntityRole::kAccount;
  if (!is_account) {
    if (node.features_hash != 0) effects.to_resolve.push_back({ref, std::nullopt, std::nullopt});
    node.features_hash = 0;
    return;
  }
  MemberFeatures features;
  features.ref = ref;
  features.created = own->created;
  features.ghost = own->deleted || !own->merged_into.empty();
  features.merged_into = own->merged_into;
  features.parent = own->parent;
  for (const uint16_t term : feature_terms_) {
    const mappings::MappedTerm* value = own->Find(term);
    if (value != nullptr && value->valid() && !value->value.is_empty()) {
      features.values.emplace_back(term, value->value.ToText());
    }
  }
  std::string bytes;
  features.Encode(bytes);
  const uint64_t hash = HashBytes64(bytes) | 1;  // never 0, which means "nothing sent"
  if (hash == node.features_hash) return;
  node.features_hash = hash;
  effects.to_resolve.push_back({ref, std::move(features), std::nullopt});
}

void CollectStage::ApplyChild(const ChildRow& input, View& view, Effects& effects) const {
  auto node = LoadNode(input.to, view);
  if (!node) return;
  const bool is_new = view.Get(kNodes, input.to.text()) == nullptr;
  if (is_new) node->route = RouteOf(*node, std::nullopt);
  const bool first_row = input.payload.bytes && !std::exchange(node->had_rows, true);
  if (is_new || first_row) SaveNode(input.to, *node, view);
  const std::string key = RowKey(input.to, input.payload.ref, input.via);
  if (input.payload.bytes) {
    view.Put(kNodeRows, key, EncodeStored(input.level, input.payload));
    return SendChild(input.to, node->route, input.via, input.level, input.payload, effects);
  }
  view.Delete(kNodeRows, key);
  // The row may be on its way through another record already: then that one counts from now on.
  std::optional<StoredRow> other;
  std::string other_bytes;
  view.Scan(kNodeRows, input.to.text() + '\0' + input.payload.ref.text() + '\0',
            [&](std::string_view found, std::string_view value) {
              other = DecodeStored(input.to, found, value);
              other_bytes = other->bytes;
            });
  SendChild(input.to, node->route, input.via, input.level, input.payload, effects);
  if (other) {
    SendChild(input.to, node->route, other->via, other->level,
              {other->row, other->entity, std::make_shared<const std::string>(other_bytes)},
              effects);
  }
}

void CollectStage::SayOrphan(const Ref& ended_at, const RowPayload& payload, const std::string& why,
                             Effects& effects) const {
  if (RoleOf(payload.entity) == EntityRole::kTrace) return;
  effects.documents.push_back(OrphanDocument(ended_at, payload, why, *catalog_));
}

void CollectStage::SendOwn(const Ref& ref, const Route& route, const RowPayload& payload,
                           Effects& effects) const {
  switch (route.kind) {
    case Route::Kind::kNowhere: break;
    case Route::Kind::kUp:
      effects.to_collect.emplace_back(ChildRow{Ref::FromText(route.target), ref, 1, payload});
      break;
    case Route::Kind::kAccount:
      effects.to_reconcile.emplace_back(MemberRow{route.target, ref, payload});
      break;
    case Route::Kind::kReference: effects.to_reconcile.emplace_back(ReferenceRow{payload}); break;
    case Route::Kind::kOrphan: SayOrphan(ref, payload, route.target, effects); break;
  }
}

void CollectStage::SendChild(const Ref& ref, const Route& route, const Ref& via, int level,
                             const RowPayload& payload, Effects& effects) const {
  if (payload.ref == ref) return SendReturned(ref, route, payload, effects);
  const bool fact = mappings::IsForReports(RoleOf(payload.entity));
  switch (route.kind) {
    case Route::Kind::kNowhere: break;
    case Route::Kind::kUp:
      if (level < kMaxLevels) {
        effects.to_collect.emplace_back(
            ChildRow{Ref::FromText(route.target), ref, level + 1, payload});
      } else {
        SayOrphan(ref, payload, kNoEnd, effects);
      }
      break;
    case Route::Kind::kAccount:
      if (fact) {
        effects.documents.push_back(FactDocument(ref, payload, *catalog_));
      } else {
        effects.to_reconcile.emplace_back(MemberRow{route.target, ref, payload});
      }
      break;
    case Route::Kind::kReference:
    case Route::Kind::kOrphan:
      // Said once, for the row that names the missing record: the rows below it come along with it.
      if (via == payload.ref) {
        SayOrphan(ref, payload, route.target, effects);
      }
      break;
  }
}

// A record's own row that came back to it, in a circle. It goes no further: where the record's rows
// go, SendOwn has sent it, and it must not be withdrawn there when the circle is broken elsewhere.
void CollectStage::SendReturned(const Ref& ref, const Route& route, const RowPayload& payload,
                                Effects& effects) const {
  if (route.kind != Route::Kind::kUp) return;
  SayOrphan(ref, payload, kNoEnd, effects);
}

void CollectStage::SendChildren(const Ref& ref, const Node& node, const Route& route, bool withdraw,
                                View& view, Effects& effects) const {
  if (!node.had_rows || route.kind == Route::Kind::kNowhere) return;
  view.Scan(kNodeRows, ref.text() + '\0', [&](std::string_view key, std::string_view value) {
    const StoredRow stored = DecodeStored(ref, key, value);
    RowPayload payload = Withdrawn(stored.row, stored.entity);
    if (!withdraw) payload.bytes = std::make_shared<const std::string>(stored.bytes);
    SendChild(ref, route, stored.via, stored.level, payload, effects);
  });
}

}  // namespace trueup::pipeline
