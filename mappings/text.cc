#include "mappings/text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace trueup::mappings {
namespace {

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Bytes of white space at the front, 0 where there is none.
size_t SpaceAtFront(std::string_view text) {
  if (!text.empty() && IsSpace(text.front())) return 1;
  return text.starts_with(kNoBreakSpace) ? kNoBreakSpace.size() : 0;
}

size_t SpaceAtBack(std::string_view text) {
  if (!text.empty() && IsSpace(text.back())) return 1;
  return text.ends_with(kNoBreakSpace) ? kNoBreakSpace.size() : 0;
}

bool StaysInKey(UChar32 c) {
  const int8_t category = u_charType(c);
  return u_isalnum(c) != 0 || category == U_COMBINING_SPACING_MARK;
}

std::string FoldUnicodeKey(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* decompose = icu::Normalizer2::getNFKDInstance(status);
  if (U_FAILURE(status)) return std::string(text);
  const icu::UnicodeString source = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  const icu::UnicodeString parts = decompose->normalize(source, status).foldCase();
  icu::UnicodeString kept;
  for (int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    const UChar32 c = parts.char32At(i);
    if (StaysInKey(c)) kept.append(c);
  }
  std::string key;
  kept.toUTF8String(key);
  return key;
}

}  // namespace

std::string_view Trim(std::string_view text) {
  while (const size_t space = SpaceAtFront(text)) text.remove_prefix(space);
  while (const size_t space = SpaceAtBack(text)) text.remove_suffix(space);
  return text;
}

std::string FoldSpaces(std::string_view text) {
  text = Trim(text);
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) {
    size_t space = SpaceAtFront(text);
    if (space == 0) {
      folded.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    folded.push_back(' ');
    for (; space != 0; space = SpaceAtFront(text)) text.remove_prefix(space);
  }
  return folded;
}

std::string AsciiUpper(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), ToUpper);
  return upper;
}

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), ToLower);
  return lower;
}

std::string UpperAlnum(std::string_view text) {
  std::string kept;
  kept.reserve(text.size());
  for (const char c : text) {
    if (IsAlnum(c)) kept.push_back(ToUpper(c));
  }
  return kept;
}

std::string FoldKey(std::string_view text) {
  std::string key;
  if (IsAscii(text)) {
    key.reserve(text.size());
    for (const char c : text) {
      if (IsAlnum(c)) key.push_back(ToLower(c));
    }
  } else {
    key = FoldUnicodeKey(text);
  }
  return key.empty() ? std::string(Trim(text)) : key;
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 128; });
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

}  // namespace trueup::mappings
