#include "base/text_input.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace trueup {
namespace {

bool IsContinuation(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

// The length of the UTF-8 character at `at`, or 0 where there is none.
size_t CharacterLength(std::string_view text, size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const auto second = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : '\0');
  if (first < 0x80) return first == 0 ? 0 : 1;
  if (first < 0xC2 || first > 0xF4 || !IsContinuation(text, at + 1)) return 0;
  if (first < 0xE0) return 2;
  if (!IsContinuation(text, at + 2)) return 0;
  if (first < 0xF0) {
    const bool too_long = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second >= 0xA0;
    return too_long || surrogate ? 0 : 3;
  }
  const bool out_of_range = (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90);
  return out_of_range || !IsContinuation(text, at + 3) ? 0 : 4;
}

// Up to eight bytes of ASCII without a NUL: nearly all of nearly every file.
bool IsPlain(std::string_view bytes) {
  uint64_t word = 0x2020202020202020;
  if (bytes.size() >= sizeof word) {
    std::memcpy(&word, bytes.data(), sizeof word);
  } else {
    std::memcpy(&word, bytes.data(), bytes.size());
  }
  constexpr uint64_t kHigh = 0x8080808080808080;
  constexpr uint64_t kOnes = 0x0101010101010101;
  return (word & kHigh) == 0 && ((word - kOnes) & kHigh) == 0;
}

}  // namespace

ByteSource FromMemory(std::string_view text) {
  return [text]() mutable { return Result<std::string_view>(std::exchange(text, {})); };
}

Error TextError(const Place& place, const std::string& message) {
  return {ErrorKind::kInvalid, place.ToText() + ": " + message};
}

size_t FindAnyOf(std::string_view text, std::string_view stops) {
  if (stops.size() == 1) return text.find(stops.front());
  // Not find_first_of, which calls a function for each byte.
  for (size_t at = 0; at < text.size(); ++at) {
    for (const char stop : stops) {
      if (text[at] == stop) return at;
    }
  }
  return std::string_view::npos;
}

size_t FirstBadByte(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (IsPlain(text.substr(at))) {
      at += 8;
      continue;
    }
    const size_t length = CharacterLength(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

std::string DescribeBadByte(char byte) {
  if (byte == '\0') return "a NUL byte, which no text holds";
  return "not UTF-8; save the file as UTF-8, for example with: iconv -f WINDOWS-1252 -t UTF-8";
}

TextInput::TextInput(ByteSource source, std::string name, TextPosition start)
    : source_(std::move(source)),
      name_(std::move(name)),
      offset_(start.offset),
      line_start_(start.offset),
      line_(start.line) {}

Result<int> TextInput::Peek() {
  if (chunk_.empty()) {
    TRUEUP_ASSIGN(chunk_, source_());
    if (!std::exchange(begun_, true) && offset_ == 0) TRUEUP_RETURN_IF_ERROR(SkipByteOrderMark());
  }
  return chunk_.empty() ? -1 : static_cast<unsigned char>(chunk_.front());
}

Status TextInput::SkipByteOrderMark() {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (chunk_.starts_with(kMark)) {
    chunk_.remove_prefix(kMark.size());
    offset_ += kMark.size();
    line_start_ = offset_;
    if (chunk_.empty()) {
      TRUEUP_ASSIGN(chunk_, source_());
    }
  } else if (chunk_.starts_with("\xFF\xFE") || chunk_.starts_with("\xFE\xFF")) {
    return TextError(place(), "the file is UTF-16; save it as UTF-8");
  }
  return {};
}

void TextInput::Take(size_t bytes) {
  Advance(chunk_.substr(0, bytes));
  chunk_.remove_prefix(bytes);
}

Result<int> TextInput::TakeUntil(std::string_view stops, std::string& out) {
  for (;;) {
    TRUEUP_ASSIGN(const int next, Peek());
    if (next < 0) return next;
    const size_t end = std::min(FindAnyOf(chunk_, stops), chunk_.size());
    out.append(chunk_.substr(0, end));
    Take(end);
    if (out.size() > kMaxRecordBytes) {
      return TextError(place(), "a record of more than 16 MiB; is a quote or a line end missing?");
    }
    if (!chunk_.empty()) return static_cast<unsigned char>(chunk_.front());
  }
}

void TextInput::Advance(std::string_view taken) {
  for (size_t at = taken.find('\n'); at != std::string_view::npos; at = taken.find('\n', at + 1)) {
    ++line_;
    line_start_ = offset_ + at + 1;
  }
  offset_ += taken.size();
}

Place TextInput::place() const { return {name_, line_, column()}; }

}  // namespace trueup
