#include "pipeline/runtime/tasks/router.h"

#include <utility>
#include <vector>

#include "pipeline/runtime/tasks/wire.h"
#include "pipeline/stages/changes.h"

namespace trueup::pipeline {
namespace {

// Whose inbox an input of collect belongs to.
const Ref& OwnerOf(const CollectInput& input) {
  if (const auto* own = std::get_if<OwnRow>(&input)) return own->payload.ref;
  if (const auto* child = std::get_if<ChildRow>(&input)) return child->to;
  return std::get<Membership>(input).member;
}

const std::string& AccountOf(const ReconcileInput& input) {
  if (const auto* row = std::get_if<MemberRow>(&input)) return row->account;
  return std::get<Roster>(input).account;
}

}  // namespace

void Router::RouteMessages(Effects& effects, uint64_t offset, Outbound& out) const {
  for (const CollectInput& input : effects.to_collect) {
    const int partition = PartitionOf(OwnerOf(input).text(), plan_.partitions);
    out.Put({plan_.collect(), partition}, {KeyOf(input), EncodeMessage(input, offset)});
  }
  for (const ResolveInput& input : effects.to_resolve) {
    out.Put({plan_.resolve(), 0}, {KeyOf(input), EncodeMessage(input, offset)});
  }
  for (const ReconcileInput& input : effects.to_reconcile) {
    const bool to_all = std::holds_alternative<ReferenceRow>(input);
    const int only = to_all ? 0 : PartitionOf(AccountOf(input), plan_.partitions);
    for (int partition = 0; partition < plan_.partitions; ++partition) {
      if (!to_all && partition != only) continue;
      out.Put({plan_.reconcile(), partition}, {KeyOf(input), EncodeMessage(input, offset)});
    }
  }
  effects.to_collect.clear();
  effects.to_resolve.clear();
  effects.to_reconcile.clear();
}

void Router::Keep(const Document& document, View& view) const {
  std::string key = DocumentKey(document.topic, document.key);
  if (document.json.empty()) {
    view.Delete(kPublished, key);
  } else {
    view.Put(kPublished, std::move(key), EncodeDocument(document));
  }
}

void Router::Publish(const std::string& topic, std::string key, std::string json, uint64_t offset,
                     Outbound& out) const {
  const TopicPartition where{topic, PartitionOf(key, plan_.published)};
  out.Put(where, {std::move(key), std::move(json), plan_.VersionAt(offset)});
}

void Router::Route(Effects& effects, uint64_t offset, View& view, Outbound& out) const {
  RouteMessages(effects, offset, out);
  for (Document& document : effects.documents) {
    Keep(document, view);
    Publish(document.topic, std::move(document.key), std::move(document.json), offset, out);
  }
  for (Observation& observation : effects.observations) {
    const TopicPartition where{observation.topic, PartitionOf(observation.key, plan_.published)};
    out.Add(where,
            {std::move(observation.key), std::move(observation.json), plan_.VersionAt(offset)});
  }
  effects.documents.clear();
  effects.observations.clear();
}

void Router::RouteHolding(Effects& effects, uint64_t offset, View& view, Outbound& out) const {
  RouteMessages(effects, offset, out);
  for (const Document& document : effects.documents) {
    Keep(document, view);
    view.Put(kOutbox, tag_ + DocumentKey(document.topic, document.key), {});
  }
  effects.documents.clear();
}

Status Router::Release(uint64_t offset, const Store& store, View& view, Outbound& out) const {
  std::vector<std::string> waiting;
  TRUEUP_RETURN_IF_ERROR(
      store.Scan(kOutbox, std::string(1, tag_), [&](std::string_view key, std::string_view) {
        waiting.emplace_back(key);
        return true;
      }));
  for (const std::string& entry : waiting) {
    view.Delete(kOutbox, entry);
    const std::string key = entry.substr(1);
    const std::string* held = view.Get(kPublished, key);
    if (held == nullptr) continue;  // withdrawn before anybody saw it
    const size_t end = key.find('\0');
    Publish(key.substr(0, end), key.substr(end + 1), std::string(DecodeDocument(*held).json),
            offset, out);
  }
  return {};
}

}  // namespace trueup::pipeline
