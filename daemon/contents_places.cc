#include "daemon/contents_places.h"

#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/json.h"

namespace trueup::daemon {
namespace {

ContentsPlace ReadPlace(const JsonValue& json) {
  ContentsPlace place;
  place.after = json["after"].text();
  place.compared = static_cast<uint64_t>(json["compared"].integer().value_or(0));
  place.whole = json["whole"].boolean();
  return place;
}

}  // namespace

Result<ContentsPlaces> ContentsPlaces::Open(std::string path, Instant now,
                                            std::chrono::milliseconds valid) {
  ContentsPlaces places(std::move(path), now);
  if (!std::filesystem::exists(places.path_)) return places;
  TRUEUP_ASSIGN(std::string text, ReadFile(places.path_));
  auto document = JsonDocument::Parse(std::move(text));
  if (!document.ok()) return std::move(document).error().In(places.path_);
  const JsonValue root = document->root();
  const auto begun = ParseInstant(root["begun_at"].text());
  if (!begun.ok()) return Error(begun.error()).In(places.path_);
  if (now - begun->at > valid) return places;
  places.begun_ = begun->at;
  for (const JsonValue& place : root["objects"]) {
    places.places_[std::string(place.key())] = ReadPlace(place);
  }
  return places;
}

ContentsPlace ContentsPlaces::Find(const std::string& object) const {
  const auto found = places_.find(object);
  return found == places_.end() ? ContentsPlace() : found->second;
}

Status ContentsPlaces::Put(const std::string& object, const ContentsPlace& place) {
  places_[object] = place;
  JsonWriter json;
  json.BeginObject().Member("begun_at", FormatInstant(begun_)).Key("objects").BeginObject();
  for (const auto& [name, kept] : places_) {
    json.Key(name).BeginObject().Member("after", kept.after);
    json.Member("compared", static_cast<int64_t>(kept.compared));
    json.Key("whole").Bool(kept.whole).EndObject();
  }
  json.EndObject().EndObject();
  return WriteFileAtomically(path_, json.Take() + "\n");
}

Status ContentsPlaces::Clear() {
  places_.clear();
  std::error_code error;
  std::filesystem::remove(path_, error);
  if (!error) return {};
  return Error(ErrorKind::kTransient, "cannot remove " + path_ + ": " + error.message());
}

}  // namespace trueup::daemon
