#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <stop_token>

#include "base/clock.h"
#include "config/config.h"
#include "connectors/connector.h"
#include "daemon/folders.h"
#include "daemon/run.h"
#include "daemon/sources.h"
#include "pipeline/stages/families.h"
#include "pipeline/stages/map_stage.h"

namespace trueup::daemon {
namespace {

// The ids of the records of one object that we hold as live.
Result<std::set<std::string>> HeldIds(const pipeline::Store& store, const std::string& system,
                                      const std::string& object) {
  std::set<std::string> ids;
  Status damage;
  const std::string prefix = system + "/" + object + "/";
  TRUEUP_RETURN_IF_ERROR(
      store.Scan(pipeline::kMapRows, prefix, [&](std::string_view key, std::string_view value) {
        const auto record = pipeline::MapRecord::Decode(value);
        const auto event =
            record.ok() ? ChangeEvent::Decode(record->event) : Result<ChangeEvent>(record.error());
        if (!event.ok()) {
          damage = Error(event.error()).In(key);
          return false;
        }
        if (!event->deleted) ids.emplace(key.substr(prefix.size()));
        return true;
      }));
  TRUEUP_RETURN_IF_ERROR(damage);
  return ids;
}

Result<std::set<std::string>> SourceIds(connectors::Connector& connector,
                                        const std::string& object) {
  std::set<std::string> ids;
  std::string next;
  do {
    TRUEUP_ASSIGN(connectors::IdPage page, connector.ListIds(object, next, std::stop_token()));
    ids.insert(page.ids.begin(), page.ids.end());
    next = std::move(page.next);
  } while (!next.empty());
  return ids;
}

std::vector<std::string> Missing(const std::set<std::string>& from,
                                 const std::set<std::string>& in) {
  std::vector<std::string> missing;
  std::set_difference(from.begin(), from.end(), in.begin(), in.end(), std::back_inserter(missing));
  return missing;
}

// `described`: whether the source could be reached at all.
Status AuditObject(connectors::Connector& connector, const Status& described,
                   const pipeline::Store& store, ObjectAudit& audit) {
  TRUEUP_ASSIGN(const auto held, HeldIds(store, audit.system, audit.object));
  audit.held_count = held.size();
  TRUEUP_RETURN_IF_ERROR(described);
  TRUEUP_ASSIGN(audit.source_count, connector.Count(audit.object, std::stop_token()));
  TRUEUP_ASSIGN(const auto source, SourceIds(connector, audit.object));
  audit.missing = Missing(source, held);
  audit.extra = Missing(held, source);
  return {};
}

}  // namespace

bool AuditReport::equal() const {
  return std::all_of(objects.begin(), objects.end(), std::mem_fn(&ObjectAudit::equal));
}

Result<AuditReport> RunAudit(const config::Config& config) {
  const auto clock = std::make_shared<SystemClock>();
  TRUEUP_ASSIGN(auto sources, MakeSources(config, clock));
  TRUEUP_ASSIGN(const auto store, OpenLiveState(config));
  TRUEUP_ASSIGN(const bool readable, IsBuiltBy(*sources.catalog, *store));
  std::map<std::string, pipeline::Placement> placements;
  if (readable) {
    TRUEUP_ASSIGN(placements, pipeline::PlaceRows(*store, *sources.catalog));
  }
  AuditReport report;
  report.as_of = clock->Now();
  for (Source& source : sources.list) {
    const auto described = source.connector->Describe(std::stop_token());
    const Status reached = described.ok() ? Status() : Status(described.error());
    for (const std::string& object : source.objects) {
      ObjectAudit audit;
      audit.system = source.system;
      audit.object = object;
      const Status compared = AuditObject(*source.connector, reached, *store, audit);
      if (!compared.ok()) audit.error = compared.error().message();
      if (readable) audit.placement = placements[audit.system + "/" + audit.object];
      report.objects.push_back(std::move(audit));
    }
  }
  return report;
}

}  // namespace trueup::daemon
