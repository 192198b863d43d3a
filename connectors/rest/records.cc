#include "connectors/rest/records.h"

namespace trueup::connectors::rest {
namespace {

Result<std::string> ReadId(const std::string& pointer, JsonValue row) {
  std::string id(row.At(pointer).text());
  if (!id.empty()) return id;
  return Error(ErrorKind::kInvalid,
               "a row has no id at \"" + pointer + "\": " + row.ToJson().substr(0, 200));
}

// Nothing where the pointer is not set or the row holds null there.
Result<std::optional<Instant>> ReadStamp(const std::string& pointer, JsonValue row) {
  const JsonValue value = pointer.empty() ? JsonValue() : row.At(pointer);
  if (value.is_null()) return std::optional<Instant>();
  if (const auto zoned = ParseInstant(value.text()); zoned.ok()) {
    return std::optional<Instant>(zoned->at);
  }
  const auto local = ParseLocalInstant(value.text());
  if (local.ok()) return std::optional<Instant>(*local);
  return Error(ErrorKind::kInvalid, "a row has no ISO 8601 time at \"" + pointer +
                                        "\": " + value.ToJson().substr(0, 200));
}

}  // namespace

Result<ChangeEvent> ReadRecord(const std::string& system, const std::string& object,
                               const ObjectSettings& settings, JsonValue row) {
  ChangeEvent event;
  TRUEUP_ASSIGN(const std::string id, ReadId(settings.id, row));
  event.ref = Ref(system, object, id);
  TRUEUP_ASSIGN(event.created, ReadStamp(settings.created, row));
  TRUEUP_ASSIGN(const auto modified, ReadStamp(settings.modified, row));
  // A row that was never changed may have no stamp of change.
  const bool stamped = !settings.modified.empty();
  event.modified = modified.value_or(stamped ? event.created.value_or(Instant()) : Instant());
  AddJsonFields(row, event.row);
  return event;
}

Result<std::optional<ChangeEvent>> ReadDeletion(const std::string& system,
                                                const std::string& object,
                                                const DeletionsSettings& settings, JsonValue row) {
  if (!settings.object.empty()) {
    std::string name(row.At(settings.object).text());
    if (const auto ours = settings.names.find(name); ours != settings.names.end()) {
      name = ours->second;
    }
    if (name != object) return std::optional<ChangeEvent>();
  }
  ChangeEvent event;
  TRUEUP_ASSIGN(const std::string id, ReadId(settings.id, row));
  event.ref = Ref(system, object, id);
  TRUEUP_ASSIGN(const auto at, ReadStamp(settings.deleted_at, row));
  event.modified = at.value_or(Instant());
  event.deleted = true;
  return std::optional<ChangeEvent>(std::move(event));
}

}  // namespace trueup::connectors::rest
