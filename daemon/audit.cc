#include <algorithm>
#include <functional>
#include <stop_token>
#include <utility>

#include "base/clock.h"
#include "base/logging.h"
#include "config/config.h"
#include "connectors/connector.h"
#include "daemon/contents_audit.h"
#include "daemon/contents_places.h"
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
Status Deliver(Intake& intake, std::vector<ChangeEvent> cures, ObjectAudit& audit) {
  TRUEUP_ASSIGN(const IntakeCounts added,
                intake.DeliverFetched(audit.system, audit.object, std::move(cures)));
  audit.delivered += added.published;
  return {};
}

// How many held rows are read at a time for the comparison of contents.
constexpr size_t kRowsAtOnce = 10'000;

// The audit of one run: what all objects share.
class Audit {
 public:
  Audit(const config::Config& config, const Clock& clock,
        std::shared_ptr<const mappings::Catalog> catalog, const Doors& doors,
        ContentsPlaces& places)
      : config_(config),
        clock_(clock),
        catalog_(std::move(catalog)),
        doors_(doors),
        places_(places) {}

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
    std::vector<ChangeEvent> cures;
    for (auto& [id, event] : difference.cures) cures.push_back(std::move(event));
    return Deliver(*doors_.intake, std::move(cures), audit);
  }

  // Goes on where the last run had to end.
  Status CompareContents(connectors::Connector& connector, ObjectAudit& audit) {
    const std::string name = audit.system + "/" + audit.object;
    ContentsPlace place = places_.Find(name);
    ContentsDifference& contents = audit.contents.emplace();
    contents.before = place.compared;
    ContentsFound found;
    Status compared;
    if (!place.whole) compared = CompareRest(connector, audit, place.after, found);
    if (!found.cures.empty()) TRUEUP_RETURN_IF_ERROR(DropWhatWasLate(audit, found));
    contents.tally = found.tally;
    contents.waits = found.waits;
    for (const ChangeEvent& cure : found.cures) contents.differing.emplace_back(cure.ref.id());
    if (doors_.intake && !found.cures.empty()) {
      TRUEUP_RETURN_IF_ERROR(Deliver(*doors_.intake, std::move(found.cures), audit));
    }
    place.whole = compared.ok() && found.waits.empty();
    place.compared += found.tally.compared;
    if (!found.after.empty()) place.after = found.after;
    TRUEUP_RETURN_IF_ERROR(places_.Put(name, place));
    return compared;
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

  // Of the rows behind `after`, as many as may be compared. Little of the state is in memory, and
  // it is not held while the source is asked.
  Status CompareRest(connectors::Connector& connector, const ObjectAudit& audit,
                     const std::string& after, ContentsFound& found) const {
    const size_t most = std::max(kRowsAtOnce, connector.IdsPerFetch());
    for (bool more = true; more;) {
      std::vector<HeldContent> held;
      Instant as_of;
      {
        TRUEUP_ASSIGN(const auto store, OpenState(audit.system));
        as_of = clock_.Now();
        const std::string& from = found.after.empty() ? after : found.after;
        TRUEUP_ASSIGN(held, ReadContents(*store, audit.system, audit.object, from, most));
      }
      TRUEUP_RETURN_IF_ERROR(
          daemon::CompareContents(connector, audit.object, held, as_of, std::stop_token(), found));
      more = found.waits.empty() && held.size() == most;
    }
    return {};
  }

  // The same for contents.
  Status DropWhatWasLate(const ObjectAudit& audit, ContentsFound& found) const {
    TRUEUP_ASSIGN(const auto store, OpenState(audit.system));
    std::vector<ChangeEvent> left;
    for (ChangeEvent& cure : found.cures) {
      TRUEUP_ASSIGN(const auto content, FindContent(*store, cure.ref.text()));
      if (content != cure.ContentHash()) left.push_back(std::move(cure));
    }
    found.tally.differing = left.size();
    found.cures = std::move(left);
    return {};
  }

  // A daemon that runs may have worked off in the meantime what differed.
  Status LookAgain(const ObjectAudit& audit, Difference& difference) const {
    TRUEUP_ASSIGN(const auto store, OpenState(audit.system));
    return daemon::DropWhatWasLate(*store, audit.system, audit.object, difference);
  }

  const config::Config& config_;
  const Clock& clock_;
  const std::shared_ptr<const mappings::Catalog> catalog_;
  const Doors& doors_;  // without an intake: only tell
  ContentsPlaces& places_;
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

// Whether the contents of all objects are compared to their end, by this run or by those before.
bool AreContentsWhole(const AuditReport& report) {
  return std::all_of(report.objects.begin(), report.objects.end(), [](const ObjectAudit& audit) {
    return audit.error.empty() && audit.contents && audit.contents->waits.empty();
  });
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
  TRUEUP_ASSIGN(ContentsPlaces contents, ContentsPlaces::Open(ContentsPlacesPath(config),
                                                              report.as_of, config.audit.contents));
  Audit comparing(config, *clock, sources.catalog, doors, contents);
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
      Status compared = comparing.Compare(*source.connector, reached, audit);
      if (compared.ok() && options.contents) {
        compared = comparing.CompareContents(*source.connector, audit);
      }
      if (!compared.ok()) audit.error = compared.error().message();
      if (places) audit.placement = (*places)[audit.system + "/" + audit.object];
      report.objects.push_back(std::move(audit));
    }
  }
  if (AreContentsWhole(report)) TRUEUP_RETURN_IF_ERROR(contents.Clear());
  return report;
}

}  // namespace trueup::daemon
