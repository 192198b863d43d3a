#include "base/row.h"

#include "base/binary.h"

namespace trueup {

// Encoding of a field: kind byte, name, and a text where the kind has one.

namespace {
bool HasText(FieldKind kind) { return kind >= FieldKind::kNumber; }
}  // namespace

void Row::Add(std::string_view name, FieldKind kind, std::string_view text) {
  bytes_.push_back(static_cast<char>(kind));
  PutBytes(bytes_, name);
  if (HasText(kind)) PutBytes(bytes_, text);
}

Result<Row> Row::FromBytes(std::string bytes) {
  BinaryReader reader(bytes);
  while (!reader.at_end() && reader.ok()) {
    const uint8_t kind = reader.Byte();
    reader.Bytes();
    if (kind > static_cast<uint8_t>(FieldKind::kJson)) {
      return Error(ErrorKind::kCorrupt, "a stored row has a field of unknown kind");
    }
    if (HasText(static_cast<FieldKind>(kind))) reader.Bytes();
  }
  TRUEUP_RETURN_IF_ERROR(reader.Check("a stored row"));
  Row row;
  row.bytes_ = std::move(bytes);
  return row;
}

Row::Iterator::Iterator(std::string_view rest) : rest_(rest) { ++*this; }

Row::Iterator& Row::Iterator::operator++() {
  if (rest_.empty()) {
    done_ = true;
    return *this;
  }
  BinaryReader reader(rest_);
  field_.kind = static_cast<FieldKind>(reader.Byte());
  field_.name = reader.Bytes();
  field_.text = HasText(field_.kind) ? reader.Bytes() : std::string_view();
  rest_ = reader.rest();
  return *this;
}

std::optional<Field> Row::Find(std::string_view name) const {
  for (const Field& field : *this) {
    if (field.name == name) return field;
  }
  return std::nullopt;
}

Hash128 Row::ContentHash() const {
  Hash128 sum;
  BinaryReader reader(bytes_);
  while (!reader.at_end()) {
    const std::string_view rest = reader.rest();
    const auto kind = static_cast<FieldKind>(reader.Byte());
    reader.Bytes();
    if (HasText(kind)) reader.Bytes();
    if (kind == FieldKind::kNull) continue;
    const Hash128 hash = HashBytes(rest.substr(0, rest.size() - reader.rest().size()));
    // A sum does not depend on the order; each name comes once, so no two terms cancel out.
    sum.high += hash.high;
    sum.low += hash.low;
  }
  return sum;
}

}  // namespace trueup
