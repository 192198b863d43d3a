#include "base/binary.h"
#include "pipeline/matching/resolver.h"

namespace trueup::pipeline {
namespace {
enum Flag : uint8_t { kHasCreated = 1, kGhost = 2 };
}

void MemberFeatures::Encode(std::string& out) const {
  out.push_back(static_cast<char>((created ? kHasCreated : 0) | (ghost ? kGhost : 0)));
  PutBytes(out, ref.text());
  if (created) PutSigned(out, ToMicros(*created));
  PutBytes(out, merged_into.text());
  PutBytes(out, parent.text());
  PutVarint(out, values.size());
  for (const auto& [term, value] : values) {
    PutVarint(out, term);
    PutBytes(out, value);
  }
}

Result<MemberFeatures> MemberFeatures::Decode(std::string_view bytes) {
  BinaryReader reader(bytes);
  MemberFeatures features;
  const uint8_t flags = reader.Byte();
  features.ref = Ref::FromText(std::string(reader.Bytes()));
  if ((flags & kHasCreated) != 0) features.created = FromMicros(reader.Signed());
  features.ghost = (flags & kGhost) != 0;
  features.merged_into = Ref::FromText(std::string(reader.Bytes()));
  features.parent = Ref::FromText(std::string(reader.Bytes()));
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    const auto term = static_cast<uint16_t>(reader.Varint());
    features.values.emplace_back(term, reader.Bytes());
  }
  TRUEUP_RETURN_IF_ERROR(reader.Check("the features of a stored member"));
  return features;
}

}  // namespace trueup::pipeline
