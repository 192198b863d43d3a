#include "pipeline/state/batch.h"

#include "base/binary.h"

namespace trueup::pipeline {

StoreBatch::StoreBatch() : writes_(std::make_unique<Writes>()) {}
StoreBatch::~StoreBatch() = default;
StoreBatch::StoreBatch(StoreBatch&&) noexcept = default;
StoreBatch& StoreBatch::operator=(StoreBatch&&) noexcept = default;

void StoreBatch::Put(FamilyId family, std::string_view key, std::string_view value) {
  std::string& out = writes_->encoded;
  PutVarint(out, family);
  out.push_back(static_cast<char>(Writes::kPut));
  PutBytes(out, key);
  PutBytes(out, value);
}

void StoreBatch::Delete(FamilyId family, std::string_view key) {
  std::string& out = writes_->encoded;
  PutVarint(out, family);
  out.push_back(static_cast<char>(Writes::kDelete));
  PutBytes(out, key);
}

void StoreBatch::Clear() { writes_->encoded.clear(); }
bool StoreBatch::empty() const { return writes_->encoded.empty(); }
size_t StoreBatch::bytes() const { return writes_->encoded.size(); }

}  // namespace trueup::pipeline
