#include "connectors/netsuite/netsuite_connector.h"

#include <map>
#include <mutex>
#include <utility>

#include "base/logging.h"
#include "connectors/http/http_kind.h"
#include "connectors/netsuite/cursor.h"
#include "connectors/netsuite/object_reader.h"
#include "connectors/netsuite/puller.h"
#include "connectors/netsuite/records.h"
#include "connectors/netsuite/suite_api.h"
#include "connectors/netsuite/zone.h"

namespace trueup::connectors::netsuite {
namespace {

constexpr std::chrono::hours kLookbackWithClockChange(2);
constexpr std::chrono::minutes kLookback(10);
// A zone that set its clocks back within this time may still be met in stamps that are pulled by
// increments.
constexpr std::chrono::hours kRecent(2 * 365 * 24);
// The session's zone is a preference that somebody may change: how long an answer is believed.
constexpr std::chrono::minutes kZoneLife(10);

class NetsuiteConnector : public Connector {
 public:
  explicit NetsuiteConnector(Parts parts)
      : parts_(std::move(parts)),
        api_(parts_.settings, parts_.http, parts_.clock, parts_.random, parts_.turns) {
    for (const auto& [name, object] :
         parts_.settings.objects.empty() ? DefaultObjects() : parts_.settings.objects) {
      objects_.try_emplace(name, parts_.system, name, CompleteObject(name, object), api_);
    }
  }

  Result<std::vector<ObjectInfo>> Describe(std::stop_token stop) override;
  Result<Page> Pull(const std::string& object, const std::string& cursor,
                    std::stop_token stop) override;
  Result<IdPage> ListIds(const std::string& object, const std::string& next,
                         std::stop_token stop) override;
  Result<uint64_t> Count(const std::string& object, std::stop_token stop) override;
  Result<CreatedCounts> CountCreated(const std::string& object, const std::vector<Instant>& bounds,
                                     std::stop_token stop) override;
  Result<std::vector<ChangeEvent>> Fetch(const std::string& object,
                                         const std::vector<std::string>& ids,
                                         std::stop_token stop) override;
  ApiUsage Usage() const override { return {api_.calls(), std::nullopt, std::nullopt}; }

 private:
  Result<ObjectReader*> Find(const std::string& name);
  Result<std::shared_ptr<const Zone>> SessionZone(std::stop_token stop);
  Result<ObjectInfo> DescribeObject(ObjectReader& object, std::stop_token stop);
  Result<Page> PullObject(ObjectReader& object, const Cursor& cursor, std::stop_token stop);
  Result<CreatedCounts> CountCreatedOf(ObjectReader& object, const std::vector<Instant>& bounds,
                                       std::stop_token stop);
  Result<std::vector<ChangeEvent>> FetchObject(ObjectReader& object, std::vector<std::string> ids,
                                               std::stop_token stop);
  // Says which system, which object and what was being done.
  template <class T>
  Result<T> In(const std::string& object, std::string_view doing, Result<T> result) const {
    if (result.ok()) return result;
    return std::move(result).error().In(parts_.system + ": " + object + ": " + std::string(doing));
  }

  const Parts parts_;
  SuiteApi api_;
  std::map<std::string, ObjectReader> objects_;  // never changes its keys
  std::mutex zone_mutex_;
  std::shared_ptr<const Zone> zone_;
  std::chrono::microseconds zone_asked_{0};
};

Result<ObjectReader*> NetsuiteConnector::Find(const std::string& name) {
  const auto found = objects_.find(name);
  if (found != objects_.end()) return &found->second;
  return Error(ErrorKind::kInvalid, parts_.system + " has no object \"" + name + "\"");
}

// Times in rows are in the zone of the session, which is a preference of the integration user.
Result<std::shared_ptr<const Zone>> NetsuiteConnector::SessionZone(std::stop_token stop) {
  const std::lock_guard lock(zone_mutex_);
  const auto now = parts_.clock->Elapsed();
  if (zone_ && now - zone_asked_ < kZoneLife) return zone_;
  TRUEUP_ASSIGN(const SuitePage page, api_.Run(SessionTimeZone(), 1, stop));
  const std::string name(OnlyValue(*page.rows().begin()).text());
  auto zone = Zone::Load(name);
  if (!zone.ok()) {
    return std::move(zone).error().In(
        "the session's time zone (set the integration user's to UTC)");
  }
  if (!zone_ || zone_->name() != name) {
    LogInfo(parts_.system, "times come in the session's time zone " + name);
  }
  zone_ = std::make_shared<const Zone>(std::move(zone).value());
  zone_asked_ = now;
  return zone_;
}

Result<std::vector<ObjectInfo>> NetsuiteConnector::Describe(std::stop_token stop) {
  TRUEUP_RETURN_IF_ERROR(In("session", "ask for its time zone", SessionZone(stop)));
  std::vector<ObjectInfo> described;
  for (auto& [name, object] : objects_) {
    TRUEUP_ASSIGN(ObjectInfo info, In(name, "describe", DescribeObject(object, stop)));
    described.push_back(std::move(info));
  }
  return described;
}

// SuiteQL describes no tables: one row proves the columns and the role's rights.
Result<ObjectInfo> NetsuiteConnector::DescribeObject(ObjectReader& object, std::stop_token stop) {
  TRUEUP_RETURN_IF_ERROR(object.Run(
      [&](const auto& dropped) { return object.queries().ById(dropped, "", "", ""); }, 1, stop));
  ObjectInfo info{object.name(), {}};
  for (const SuiteColumn& column : object.Columns()) {
    FieldInfo& field = info.fields.emplace_back();
    field.name = column.name;
    if (column.kind == SuiteColumnKind::kDate) field.type = "date";
    if (column.kind == SuiteColumnKind::kInstant) field.type = "datetime";
  }
  return info;
}

Result<Page> NetsuiteConnector::Pull(const std::string& object, const std::string& cursor,
                                     std::stop_token stop) {
  TRUEUP_ASSIGN(ObjectReader* const reader, Find(object));
  if (cursor.empty()) return In(object, "pull", PullObject(*reader, Cursor(), stop));
  const auto parsed = Cursor::FromJson(cursor);
  if (parsed) return In(object, "pull", PullObject(*reader, *parsed, stop));
  Page page;
  page.gap = "the stored cursor cannot be read";
  return page;
}

Result<Page> NetsuiteConnector::PullObject(ObjectReader& object, const Cursor& cursor,
                                           std::stop_token stop) {
  TRUEUP_ASSIGN(const auto zone, SessionZone(stop));
  if (!cursor.zone.empty() && cursor.zone != zone->name()) {
    // The cursor's times are local ones, and nobody knows when the zone changed.
    Page page;
    page.gap = "the session's time zone changed from " + cursor.zone + " to " + zone->name();
    return page;
  }
  const Instant now = parts_.clock->Now();
  const std::chrono::milliseconds standard =
      zone->SetsBackAfter(now - kRecent) ? std::chrono::milliseconds(kLookbackWithClockChange)
                                         : std::chrono::milliseconds(kLookback);
  Puller puller({parts_.system, object, *zone, parts_.settings.lookback.value_or(standard),
                 parts_.settings.page_size, now, stop});
  return puller.Pull(cursor);
}

Result<IdPage> NetsuiteConnector::ListIds(const std::string& object, const std::string& next,
                                          std::stop_token stop) {
  TRUEUP_ASSIGN(ObjectReader* const reader, Find(object));
  TRUEUP_ASSIGN(const SuitePage rows,
                In(object, "list ids",
                   api_.Run(reader->queries().Ids(next), parts_.settings.page_size, stop)));
  IdPage page;
  for (const JsonValue row : rows.rows()) page.ids.emplace_back(OnlyValue(row).text());
  if (rows.more) page.next = page.ids.back();
  return page;
}

Result<uint64_t> NetsuiteConnector::Count(const std::string& object, std::stop_token stop) {
  TRUEUP_ASSIGN(ObjectReader* const reader, Find(object));
  TRUEUP_ASSIGN(const SuitePage rows,
                In(object, "count", api_.Run(reader->queries().Count(), 1, stop)));
  const auto count = OnlyValue(*rows.rows().begin()).integer();
  if (count && *count >= 0) return static_cast<uint64_t>(*count);
  return Error(ErrorKind::kTransient, parts_.system + ": " + object + ": COUNT gave no number");
}

Result<Connector::CreatedCounts> NetsuiteConnector::CountCreated(const std::string& object,
                                                                 const std::vector<Instant>& bounds,
                                                                 std::stop_token stop) {
  TRUEUP_ASSIGN(ObjectReader* const reader, Find(object));
  return In(object, "count by creation", CountCreatedOf(*reader, bounds, stop));
}

Result<Connector::CreatedCounts> NetsuiteConnector::CountCreatedOf(
    ObjectReader& object, const std::vector<Instant>& bounds, std::stop_token stop) {
  const std::string& created = *object.settings().created;
  const auto missing = object.Missing();
  const bool told =
      !created.empty() && std::find(missing.begin(), missing.end(), created) == missing.end();
  if (!told) return CreatedCounts();
  TRUEUP_ASSIGN(const auto zone, SessionZone(stop));
  std::vector<std::string> times;
  for (const Instant bound : bounds) times.push_back(FormatSuiteTime(zone->ToLocal(bound)));
  TRUEUP_ASSIGN(const SuitePage rows, api_.Run(object.queries().CreatedBefore(times), 1, stop));
  const JsonValue row = *rows.rows().begin();
  std::vector<uint64_t> counts;
  int64_t before = 0;
  for (size_t i = 0; i < bounds.size(); ++i) {
    const auto count = row["n" + std::to_string(i)].integer();
    if (!count || *count < before) return Error(ErrorKind::kTransient, "the reply holds no counts");
    counts.push_back(static_cast<uint64_t>(*count - before));
    before = *count;
  }
  return CreatedCounts(std::move(counts));
}

Result<std::vector<ChangeEvent>> NetsuiteConnector::Fetch(const std::string& object,
                                                          const std::vector<std::string>& ids,
                                                          std::stop_token stop) {
  TRUEUP_ASSIGN(ObjectReader* const reader, Find(object));
  if (ids.empty()) return std::vector<ChangeEvent>();
  return In(object, "fetch", FetchObject(*reader, ids, stop));
}

Result<std::vector<ChangeEvent>> NetsuiteConnector::FetchObject(ObjectReader& object,
                                                                std::vector<std::string> ids,
                                                                std::stop_token stop) {
  TRUEUP_ASSIGN(const auto zone, SessionZone(stop));
  const RecordForm form{parts_.system, object.name(), object.settings(), object.queries().columns(),
                        *zone};
  std::vector<ChangeEvent> events;
  for (bool more = true; more && !ids.empty();) {
    TRUEUP_ASSIGN(
        const SuitePage rows,
        object.Run([&](const auto& dropped) { return object.queries().OfIds(dropped, ids); },
                   parts_.settings.page_size, stop));
    const size_t before = events.size();
    for (const JsonValue row : rows.rows()) {
      TRUEUP_ASSIGN(ChangeEvent event, ReadRecord(form, row));
      // A record that is not asked for any more is one that a join repeats.
      if (std::erase(ids, event.ref.id()) > 0) events.push_back(std::move(event));
    }
    more = rows.more && events.size() > before;
  }
  return events;
}

}  // namespace

std::unique_ptr<Connector> MakeConnector(Parts parts) {
  if (!parts.turns) parts.turns = std::make_shared<Turns>(parts.settings.concurrency);
  return std::make_unique<NetsuiteConnector>(std::move(parts));
}

}  // namespace trueup::connectors::netsuite

namespace trueup::connectors {
namespace {

std::unique_ptr<Connector> Make(const ConnectorContext& context,
                                netsuite::NetsuiteSettings settings,
                                std::shared_ptr<HttpClient> http) {
  auto turns = netsuite::TurnsOf(settings, *context.shared);
  return netsuite::MakeConnector({context.system, std::move(settings), std::move(http),
                                  context.clock, SystemRandom(), std::move(turns)});
}

}  // namespace

ConnectorKind NetsuiteKind() { return HttpKind<netsuite::NetsuiteSettings, &Make>("netsuite"); }

}  // namespace trueup::connectors
