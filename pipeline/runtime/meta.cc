#include "pipeline/runtime/meta.h"

#include "base/binary.h"

namespace trueup::pipeline {
namespace {
constexpr const char* kIdentityKey = "identity";

std::string PositionKey(const std::string& topic) { return "position:" + topic; }
}  // namespace

void PutIdentity(const Identity& identity, View& view) {
  std::string bytes;
  PutBytes(bytes, identity.config);
  PutBytes(bytes, identity.code);
  PutBytes(bytes, identity.log);
  view.Put(kMeta, kIdentityKey, std::move(bytes));
}

Result<std::optional<Identity>> GetIdentity(const Store& store) {
  TRUEUP_ASSIGN(const auto bytes, store.Get(kMeta, kIdentityKey));
  if (!bytes) return std::optional<Identity>();
  BinaryReader reader(*bytes);
  Identity identity{std::string(reader.Bytes()), std::string(reader.Bytes()),
                    std::string(reader.Bytes())};
  TRUEUP_RETURN_IF_ERROR(reader.Check("the identity of a generation"));
  return std::optional(std::move(identity));
}

void PutPosition(const std::string& topic, const Position& position, View& view) {
  std::string bytes;
  PutVarint(bytes, position.offset);
  PutVarint(bytes, position.counts.mapped);
  PutVarint(bytes, position.counts.quarantined);
  PutVarint(bytes, position.counts.outdated);
  view.Put(kMeta, PositionKey(topic), std::move(bytes));
}

Result<Position> GetPosition(const std::string& topic, const Store& store) {
  TRUEUP_ASSIGN(const auto bytes, store.Get(kMeta, PositionKey(topic)));
  Position position;
  if (!bytes) return position;
  BinaryReader reader(*bytes);
  position.offset = reader.Varint();
  position.counts.mapped = reader.Varint();
  position.counts.quarantined = reader.Varint();
  position.counts.outdated = reader.Varint();
  TRUEUP_RETURN_IF_ERROR(reader.Check("the position of topic " + topic));
  return position;
}

}  // namespace trueup::pipeline
