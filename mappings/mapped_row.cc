#include "mappings/mapped_row.h"

#include <algorithm>

#include "base/binary.h"

namespace trueup::mappings {
namespace {

constexpr uint8_t kDeleted = 1;
constexpr uint8_t kHasCreated = 2;

Result<Ref> ReadRef(BinaryReader& reader) {
  const std::string_view text = reader.Bytes();
  if (text.empty()) return Ref();
  return Ref::Parse(text);
}

Result<Value> ReadValue(BinaryReader& reader) {
  std::string_view rest = reader.rest();
  const size_t before = rest.size();
  TRUEUP_ASSIGN(Value value, Value::Decode(rest));
  reader.Skip(before - rest.size());
  return value;
}

}  // namespace

const MappedTerm* MappedRow::Find(uint16_t term) const {
  const auto found =
      std::lower_bound(terms.begin(), terms.end(), term,
                       [](const MappedTerm& held, uint16_t wanted) { return held.term < wanted; });
  return found == terms.end() || found->term != term ? nullptr : &*found;
}

void MappedRow::Encode(std::string& out) const {
  PutBytes(out, ref.text());
  PutVarint(out, entity);
  PutSigned(out, ToMicros(modified));
  out.push_back(static_cast<char>((deleted ? kDeleted : 0) | (created ? kHasCreated : 0)));
  if (created) PutSigned(out, ToMicros(*created));
  PutBytes(out, merged_into.text());
  PutBytes(out, parent.text());
  PutVarint(out, offset);
  PutVarint(out, terms.size());
  for (const MappedTerm& term : terms) {
    PutVarint(out, term.term);
    term.value.Encode(out);
    PutBytes(out, term.invalid);
    PutSigned(out, ToMicros(modified) - ToMicros(term.since));  // mostly small
  }
  PutVarint(out, milestones.size());
  for (const Milestone& milestone : milestones) {
    PutVarint(out, milestone.term);
    milestone.value.Encode(out);
    PutSigned(out, ToMicros(milestone.at));
  }
}

Result<MappedRow> MappedRow::Decode(std::string_view bytes) {
  BinaryReader reader(bytes);
  MappedRow row;
  TRUEUP_ASSIGN(row.ref, ReadRef(reader));
  row.entity = static_cast<uint16_t>(reader.Varint());
  row.modified = FromMicros(reader.Signed());
  const uint8_t flags = reader.Byte();
  row.deleted = (flags & kDeleted) != 0;
  if ((flags & kHasCreated) != 0) row.created = FromMicros(reader.Signed());
  TRUEUP_ASSIGN(row.merged_into, ReadRef(reader));
  TRUEUP_ASSIGN(row.parent, ReadRef(reader));
  row.offset = reader.Varint();
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    MappedTerm& term = row.terms.emplace_back();
    term.term = static_cast<uint16_t>(reader.Varint());
    TRUEUP_ASSIGN(term.value, ReadValue(reader));
    term.invalid = reader.Bytes();
    term.since = FromMicros(ToMicros(row.modified) - reader.Signed());
  }
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    Milestone& milestone = row.milestones.emplace_back();
    milestone.term = static_cast<uint16_t>(reader.Varint());
    TRUEUP_ASSIGN(milestone.value, ReadValue(reader));
    milestone.at = FromMicros(reader.Signed());
  }
  TRUEUP_RETURN_IF_ERROR(reader.Check("a mapped row"));
  return row;
}

}  // namespace trueup::mappings
