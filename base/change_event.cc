#include "base/change_event.h"

#include "base/binary.h"

namespace trueup {
namespace {

enum Flag : uint8_t { kDeleted = 1, kHasCreated = 2 };

Result<Ref> DecodeRef(std::string_view text) {
  Result<Ref> ref = Ref::Parse(text);
  if (ref.ok()) return ref;
  return Error(ErrorKind::kCorrupt, "a stored change event is damaged: " + ref.error().message());
}

}  // namespace

Hash128 ChangeEvent::ContentHash() const {
  std::string head;
  PutSigned(head, ToMicros(modified));
  head.push_back(deleted ? 1 : 0);
  head.append(merged_into.text());
  const Hash128 head_hash = HashBytes(head);
  const Hash128 row_hash = row.ContentHash();
  return {head_hash.high + row_hash.high, head_hash.low + row_hash.low};
}

void ChangeEvent::Encode(std::string& out) const {
  out.push_back(static_cast<char>((deleted ? kDeleted : 0) | (created ? kHasCreated : 0)));
  PutBytes(out, ref.text());
  PutSigned(out, ToMicros(modified));
  if (created) PutSigned(out, ToMicros(*created));
  PutBytes(out, merged_into.text());
  PutBytes(out, row.bytes());
}

Result<ChangeEvent> ChangeEvent::Decode(std::string_view bytes) {
  BinaryReader reader(bytes);
  ChangeEvent event;
  const uint8_t flags = reader.Byte();
  TRUEUP_ASSIGN(event.ref, DecodeRef(reader.Bytes()));
  event.modified = FromMicros(reader.Signed());
  event.deleted = (flags & kDeleted) != 0;
  if ((flags & kHasCreated) != 0) event.created = FromMicros(reader.Signed());
  const std::string_view winner = reader.Bytes();
  if (!winner.empty()) {
    TRUEUP_ASSIGN(event.merged_into, DecodeRef(winner));
  }
  const std::string_view row = reader.Bytes();
  TRUEUP_RETURN_IF_ERROR(reader.Check("a stored change event"));
  if (!reader.at_end())
    return Error(ErrorKind::kCorrupt, "a stored change event has trailing bytes");
  TRUEUP_ASSIGN(event.row, Row::FromBytes(std::string(row)));
  return event;
}

}  // namespace trueup
