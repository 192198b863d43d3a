#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "connectors/connector.h"
#include "connectors/singer/settings.h"

namespace trueup::connectors::singer {

// What a tap can give, as its --discover or a file says. Immutable: safe from any thread.
class Catalog {
 public:
  // kInvalid where the text is no catalog.
  static Result<Catalog> Parse(std::string text);

  // The names of all streams.
  std::vector<std::string> streams() const;
  bool Has(const std::string& stream) const { return Find(stream).exists(); }

  // The fields of a stream by its JSON Schema. REQUIRES: Has(stream).
  std::vector<FieldInfo> Fields(const std::string& stream) const;

  // The catalog with that stream and all its fields selected and nothing else, in every form in
  // which taps look for it; its replication as the settings want it. REQUIRES: Has(stream).
  std::string Select(const std::string& stream, const SingerObjectSettings& settings) const;

 private:
  explicit Catalog(JsonDocument document) : document_(std::move(document)) {}
  JsonValue Find(const std::string& stream) const;

  JsonDocument document_;
};

}  // namespace trueup::connectors::singer
