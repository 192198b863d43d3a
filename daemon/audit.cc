#include <algorithm>
#include <functional>
#include <stop_token>
#include <utility>

#include "base/clock.h"
#include "config/config.h"
#include "connectors/connector.h"
#include "daemon/folders.h"
#include "daemon/intake.h"
#include "daemon/object_audit.h"
#include "daemon/run.h"
#include "daemon/sources.h"

namespace trueup::daemon {
namespace {

// The door to the log. Holding it keeps every daemon away, so only a repair opens it.
struct Repair {
  std::unique_ptr<pipeline::Log> log;
  std::unique_ptr<Intake> intake;
};

Result<Repair> OpenRepair(const config::Config& config, const AuditOptions& options) {
  Repair repair;
  if (!options.repair) return repair;
  TRUEUP_ASSIGN(repair.log, OpenLog(config));
  TRUEUP_ASSIGN(repair.intake, Intake::Open(IntakeFolder(config), *repair.log));
  return repair;
}

// Brings the cures into the log.
Status Deliver(Intake& intake, Difference& difference, ObjectAudit& audit) {
  std::vector<ChangeEvent> events;
  for (auto& [id, event] : difference.cures) events.push_back(std::move(event));
  TRUEUP_ASSIGN(const IntakeCounts added,
                intake.DeliverFetched(audit.system, audit.object, std::move(events)));
  audit.delivered = added.published;
  return {};
}

// The audit of one run: what all objects share.
class Audit {
 public:
  Audit(const config::Config& config, const Clock& clock, Intake* intake)
      : config_(config), clock_(clock), intake_(intake) {}

  // `described`: whether the source could be reached at all.
  Status Compare(connectors::Connector& connector, const Status& described, ObjectAudit& audit) {
    TRUEUP_ASSIGN(const auto store, OpenLiveState(config_));
    audit.as_of = clock_.Now();
    TRUEUP_ASSIGN(const HeldRecords held, ReadHeld(*store, audit.system, audit.object));
    audit.held_count = held.size();
    TRUEUP_RETURN_IF_ERROR(described);
    const std::stop_token never;
    TRUEUP_ASSIGN(audit.source_count, connector.Count(audit.object, never));
    TRUEUP_ASSIGN(Difference difference,
                  CompareIds(connector, audit.system, audit.object, held, audit.as_of, never));
    if (!difference.none()) TRUEUP_RETURN_IF_ERROR(LookAgain(audit, difference));
    audit.listed = difference.listed;
    audit.set_aside = difference.set_aside;
    audit.missing = difference.missing;
    audit.extra = difference.extra;
    if (intake_ == nullptr || difference.none()) return {};
    return Deliver(*intake_, difference, audit);
  }

 private:
  // A daemon that runs may have worked off in the meantime what differed.
  Status LookAgain(const ObjectAudit& audit, Difference& difference) const {
    TRUEUP_ASSIGN(const auto store, OpenLiveState(config_));
    return DropWhatWasLate(*store, audit.system, audit.object, difference);
  }

  const config::Config& config_;
  const Clock& clock_;
  Intake* const intake_;  // null: only tell
};

// Where the rows are, and nothing where other mappings built the state.
Result<std::optional<std::map<std::string, pipeline::Placement>>> FindPlaces(
    const config::Config& config, const mappings::Catalog& catalog) {
  std::optional<std::map<std::string, pipeline::Placement>> places;
  TRUEUP_ASSIGN(const auto store, OpenLiveState(config));
  TRUEUP_ASSIGN(const bool readable, IsBuiltBy(catalog, *store));
  if (!readable) return places;
  TRUEUP_ASSIGN(places, pipeline::PlaceRows(*store, catalog));
  return places;
}

std::string EntityName(const mappings::Catalog& catalog, const ObjectAudit& audit) {
  const auto entity = catalog.EntityOf(audit.system, audit.object);
  return entity ? catalog.glossary().entities[*entity].name : "record";
}

}  // namespace

bool AuditReport::equal() const {
  return std::all_of(objects.begin(), objects.end(), std::mem_fn(&ObjectAudit::equal));
}

Result<AuditReport> RunAudit(const config::Config& config, const AuditOptions& options) {
  const auto clock = std::make_shared<SystemClock>();
  TRUEUP_ASSIGN(auto sources, MakeSources(config, clock));
  TRUEUP_ASSIGN(auto places, FindPlaces(config, *sources.catalog));
  TRUEUP_ASSIGN(const Repair repair, OpenRepair(config, options));
  AuditReport report;
  report.as_of = clock->Now();
  Audit comparing(config, *clock, repair.intake.get());
  for (Source& source : sources.list) {
    const auto described = source.connector->Describe(std::stop_token());
    const Status reached = described.ok() ? Status() : Status(described.error());
    for (const std::string& object : source.objects) {
      ObjectAudit audit;
      audit.system = source.system;
      audit.object = object;
      audit.entity = EntityName(*sources.catalog, audit);
      const Status compared = comparing.Compare(*source.connector, reached, audit);
      if (!compared.ok()) audit.error = compared.error().message();
      if (places) audit.placement = (*places)[audit.system + "/" + audit.object];
      report.objects.push_back(std::move(audit));
    }
  }
  return report;
}

}  // namespace trueup::daemon
