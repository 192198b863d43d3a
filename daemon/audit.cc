#include <algorithm>
#include <functional>
#include <stop_token>
#include <utility>

#include "base/clock.h"
#include "base/logging.h"
#include "config/config.h"
#include "connectors/connector.h"
#include "daemon/folders.h"
#include "daemon/intake.h"
#include "daemon/object_audit.h"
#include "daemon/run.h"
#include "daemon/sources.h"

namespace trueup::daemon {
namespace {

// The doors to the log: for reading over Kafka, for writing in a repair. Holding the embedded log,
// or the intake, keeps every daemon of this data folder away, so only a repair opens them.
struct Doors {
  std::unique_ptr<pipeline::Log> log;
  std::unique_ptr<Intake> intake;
};

Result<Doors> OpenDoors(const config::Config& config, const AuditOptions& options) {
  Doors doors;
  if (options.repair || config.log.shared()) {
    TRUEUP_ASSIGN(doors.log, OpenLog(config));
  }
  if (options.repair) {
    TRUEUP_ASSIGN(doors.intake, OpenIntake(config, *doors.log));
  }
  return doors;
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
  Audit(const config::Config& config, const Clock& clock,
        std::shared_ptr<const mappings::Catalog> catalog, const Doors& doors)
      : config_(config), clock_(clock), catalog_(std::move(catalog)), doors_(doors) {}

  // `described`: whether the source could be reached at all.
  Status Compare(connectors::Connector& connector, const Status& described, ObjectAudit& audit) {
    TRUEUP_ASSIGN(const HeldRecords held, Read(audit));
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
    if (!doors_.intake || difference.none()) return {};
    return Deliver(*doors_.intake, difference, audit);
  }

 private:
  Result<std::unique_ptr<pipeline::Store>> OpenState(const std::string& system) const {
    return OpenAuditedState(config_, system, doors_.log.get(), catalog_);
  }

  // Over Kafka the state can be open once only, so it is let go of at once.
  Result<HeldRecords> Read(ObjectAudit& audit) const {
    TRUEUP_ASSIGN(const auto store, OpenState(audit.system));
    audit.as_of = clock_.Now();
    TRUEUP_ASSIGN(HeldRecords held, ReadHeld(*store, audit.system, audit.object));
    audit.held_count = held.size();
    return held;
  }

  // A daemon that runs may have worked off in the meantime what differed.
  Status LookAgain(const ObjectAudit& audit, Difference& difference) const {
    TRUEUP_ASSIGN(const auto store, OpenState(audit.system));
    return DropWhatWasLate(*store, audit.system, audit.object, difference);
  }

  const config::Config& config_;
  const Clock& clock_;
  const std::shared_ptr<const mappings::Catalog> catalog_;
  const Doors& doors_;  // without an intake: only tell
};

// Where the rows are, and nothing where other mappings built the state, or no process has all of
// it.
Result<std::optional<std::map<std::string, pipeline::Placement>>> FindPlaces(
    const config::Config& config, const mappings::Catalog& catalog) {
  std::optional<std::map<std::string, pipeline::Placement>> places;
  if (config.log.shared()) return places;
  TRUEUP_ASSIGN(const auto store, OpenLiveState(config));
  TRUEUP_ASSIGN(const bool readable, IsBuiltBy(catalog, *store));
  if (!readable) return places;
  TRUEUP_ASSIGN(places, pipeline::PlaceRows(*store, catalog));
  return places;
}

bool Describes(const std::vector<connectors::ObjectInfo>& described, const std::string& object) {
  return std::any_of(described.begin(), described.end(),
                     [&](const connectors::ObjectInfo& info) { return info.name == object; });
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
  TRUEUP_ASSIGN(const Doors doors, OpenDoors(config, options));
  AuditReport report;
  report.as_of = clock->Now();
  Audit comparing(config, *clock, sources.catalog, doors);
  for (Source& source : sources.list) {
    const auto described = source.connector->Describe(std::stop_token());
    const Status reached = described.ok() ? Status() : Status(described.error());
    for (const std::string& object : source.objects) {
      if (described.ok() && !Describes(*described, object)) {
        LogWarning("audit", source.system + "/" + object + " is not pulled, so it is not compared");
        continue;
      }
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
