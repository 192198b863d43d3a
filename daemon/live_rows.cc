#include "daemon/live_rows.h"

#include <string_view>
#include <utility>

#include "pipeline/stages/families.h"
#include "pipeline/stages/map_stage.h"

namespace trueup::daemon {
namespace {

// Nothing where the record is deleted.
Result<std::optional<LiveRow>> ReadLive(std::string_view key, std::string_view bytes) {
  auto record = pipeline::MapRecord::Decode(bytes);
  if (!record.ok()) return std::move(record).error().In(key);
  auto event = ChangeEvent::Decode(record->event);
  if (!event.ok()) return std::move(event).error().In(key);
  if (event->deleted) return std::optional<LiveRow>();
  return std::optional(LiveRow{*std::move(event), record->content});
}

}  // namespace

Status ScanLive(const pipeline::Store& store, const std::string& system, const std::string& object,
                const std::string& after, const std::function<bool(const LiveRow&)>& visit) {
  const std::string prefix = system + "/" + object + "/";
  const std::string first = after.empty() ? prefix : prefix + after + '\0';
  Status damage;
  TRUEUP_RETURN_IF_ERROR(
      store.ScanFrom(pipeline::kMapRows, first, [&](std::string_view key, std::string_view value) {
        if (!key.starts_with(prefix)) return false;
        const auto row = ReadLive(key, value);
        if (!row.ok()) {
          damage = row.error();
          return false;
        }
        return !*row || visit(**row);
      }));
  return damage;
}

Result<std::optional<LiveRow>> FindLive(const pipeline::Store& store, const std::string& ref) {
  TRUEUP_ASSIGN(const auto bytes, store.Get(pipeline::kMapRows, ref));
  if (!bytes) return std::optional<LiveRow>();
  return ReadLive(ref, *bytes);
}

}  // namespace trueup::daemon
