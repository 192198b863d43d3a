#include "connectors/rest/id_sketch.h"

#include <algorithm>

#include "base/binary.h"
#include "base/hash.h"

namespace trueup::connectors::rest {
namespace {

constexpr size_t kMaxCells = 100'000;
constexpr size_t kMaxIdBytes = 4096;

// Not the hash that picks the cells: ids that share all cells still differ here.
uint64_t CheckOf(std::string_view id) { return HashBytes64(std::string(id) + "#"); }

void XorInto(std::string& bytes, std::string_view other) {
  if (bytes.size() < other.size()) bytes.resize(other.size());
  for (size_t i = 0; i < other.size(); ++i) bytes[i] = static_cast<char>(bytes[i] ^ other[i]);
}

std::string ToHex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

int DigitOf(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

std::optional<std::string> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = DigitOf(text[i]);
    const int low = DigitOf(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

}  // namespace

// With fewer than 1.3 cells for each difference reading stalls nearly always; this leaves room for
// bad luck.
IdSketch::IdSketch(int differences)
    : cells_(differences == 0 ? 0 : kParts * (static_cast<size_t>(differences) * 45 / 100 + 16)) {}

void IdSketch::Cell::Put(std::string_view id, int64_t times) {
  count += times;
  check += static_cast<uint64_t>(times) * CheckOf(id);
  length ^= id.size();
  XorInto(bytes, id);
}

bool IdSketch::Cell::HoldsOne() const {
  if ((count != 1 && count != -1) || length > bytes.size()) return false;
  const std::string_view id = std::string_view(bytes).substr(0, length);
  return check == static_cast<uint64_t>(count) * CheckOf(id);
}

bool IdSketch::Cell::empty() const {
  const bool blank = bytes.find_first_not_of('\0') == std::string::npos;
  return count == 0 && check == 0 && length == 0 && blank;
}

std::array<size_t, IdSketch::kParts> IdSketch::CellsOf(std::string_view id) const {
  const Hash128 hash = HashBytes(id);
  const size_t part = cells_.size() / kParts;
  const std::array<uint64_t, kParts> numbers = {hash.high >> 32, hash.high & 0xFFFFFFFF,
                                                hash.low >> 32, hash.low & 0xFFFFFFFF};
  std::array<size_t, kParts> cells{};
  for (size_t i = 0; i < kParts; ++i) cells[i] = i * part + numbers[i] % part;
  return cells;
}

void IdSketch::Put(std::string_view id, int64_t times) {
  if (cells_.empty()) return;
  for (const size_t cell : CellsOf(id)) cells_[cell].Put(id, times);
}

void IdSketch::Add(std::string_view id) { Put(id, 1); }

std::optional<IdSketch::Differences> IdSketch::Since(const IdSketch& before) const {
  if (cells_.size() != before.cells_.size()) return std::nullopt;
  IdSketch rest = *this;
  for (size_t i = 0; i < cells_.size(); ++i) {
    const Cell& other = before.cells_[i];
    Cell& cell = rest.cells_[i];
    cell.count -= other.count;
    cell.check -= other.check;
    cell.length ^= other.length;
    XorInto(cell.bytes, other.bytes);
  }
  Differences differences;
  std::vector<size_t> look(cells_.size());
  for (size_t i = 0; i < look.size(); ++i) look[i] = i;
  while (!look.empty()) {
    const Cell& cell = rest.cells_[look.back()];
    look.pop_back();
    if (!cell.HoldsOne()) continue;
    const std::string id = cell.bytes.substr(0, cell.length);
    const int64_t times = cell.count;
    (times > 0 ? differences.added : differences.gone).push_back(id);
    // A chance match of checks could go round in circles.
    if (differences.added.size() + differences.gone.size() > cells_.size()) return std::nullopt;
    rest.Put(id, -times);
    for (const size_t next : rest.CellsOf(id)) look.push_back(next);
  }
  const bool all = std::all_of(rest.cells_.begin(), rest.cells_.end(),
                               [](const Cell& cell) { return cell.empty(); });
  if (!all) return std::nullopt;
  std::sort(differences.added.begin(), differences.added.end());
  std::sort(differences.gone.begin(), differences.gone.end());
  return differences;
}

std::string IdSketch::ToText() const {
  std::string bytes;
  PutVarint(bytes, cells_.size());
  for (const Cell& cell : cells_) {
    // Ids are only ever added, so a cell that counts none is empty.
    PutSigned(bytes, cell.count);
    if (cell.count == 0) continue;
    PutBigEndian64(bytes, cell.check);
    PutVarint(bytes, cell.length);
    PutBytes(bytes, cell.bytes);
  }
  return ToHex(bytes);
}

std::optional<IdSketch> IdSketch::FromText(std::string_view text) {
  const auto bytes = FromHex(text);
  if (!bytes) return std::nullopt;
  BinaryReader reader(*bytes);
  IdSketch sketch;
  const uint64_t size = reader.Varint();
  if (!reader.ok() || size % kParts != 0 || size > kMaxCells) return std::nullopt;
  sketch.cells_.resize(size);
  for (Cell& cell : sketch.cells_) {
    cell.count = reader.Signed();
    if (cell.count == 0) continue;
    if (reader.rest().size() < 8) return std::nullopt;
    cell.check = GetBigEndian64(reader.rest());
    reader.Skip(8);
    cell.length = reader.Varint();
    cell.bytes = reader.Bytes();
    if (cell.bytes.size() > kMaxIdBytes) return std::nullopt;
  }
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return sketch;
}

}  // namespace trueup::connectors::rest
