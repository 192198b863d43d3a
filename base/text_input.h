#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/problems.h"

namespace trueup {

// Gives the next bytes of a text, front to back; empty at its end. The view holds until the next
// call.
using ByteSource = std::function<Result<std::string_view>()>;

// A text that is in memory already. REQUIRES: it outlives the source.
ByteSource FromMemory(std::string_view text);

// Where in a text a reader stands: enough to go on from there.
struct TextPosition {
  uint64_t offset = 0;  // in bytes
  int line = 1;

  friend bool operator==(const TextPosition&, const TextPosition&) = default;
};

// "file:line:column: message" as kInvalid.
Error TextError(const Place& place, const std::string& message);

// The index of the first byte that is one of `stops`, or npos.
size_t FindAnyOf(std::string_view text, std::string_view stops);

// The index of the first byte that has no place in a text, a NUL or one that breaks UTF-8, or npos.
size_t FirstBadByte(std::string_view text);

// What to say about that byte.
std::string DescribeBadByte(char byte);

// Walks a text byte by byte with line and column (in bytes) at hand. A byte order mark is skipped;
// one of UTF-16 is kInvalid. Not safe from several threads.
class TextInput {
 public:
  // No record is longer: a quote or a line end is missing, and no file is read whole into memory.
  static constexpr size_t kMaxRecordBytes = 16 << 20;

  TextInput(ByteSource source, std::string name, TextPosition start);

  // The next byte without taking it, or -1 at the end.
  Result<int> Peek();
  // What is at hand behind the last byte taken, perhaps nothing, without a look at the source.
  std::string_view at_hand() const { return chunk_; }
  // Takes the byte that Peek gave, or so many that are at hand. REQUIRES: they are.
  void Take(size_t bytes = 1);
  // Takes everything up to one of `stops` (or the end) and appends it to `out`; gives what stopped
  // it, as Peek. kInvalid where `out` grows over kMaxRecordBytes.
  Result<int> TakeUntil(std::string_view stops, std::string& out);

  Place place() const;
  const std::string& name() const { return name_; }
  int line() const { return line_; }
  int column() const { return static_cast<int>(offset_ - line_start_) + 1; }
  TextPosition position() const { return {offset_, line_}; }

 private:
  Status SkipByteOrderMark();
  void Advance(std::string_view taken);

  ByteSource source_;
  std::string name_;
  std::string_view chunk_;
  uint64_t offset_;
  uint64_t line_start_;
  int line_;
  bool begun_ = false;
};

}  // namespace trueup
