#include <algorithm>
#include <array>

#include "base/json.h"
#include "mappings/tables.h"
#include "mappings/text.h"
#include "mappings/types.h"

namespace trueup::mappings {
namespace {

TypedValue Found(std::string_view text, std::optional<std::string_view> canonical,
                 std::string_view reason) {
  if (canonical) return {Value(*canonical), {}};
  return TypedValue::Invalid(text, std::string(reason));
}

void AddItem(std::string_view item, Value::List& list) {
  item = Trim(item);
  if (!item.empty()) list.emplace_back(item);
}

constexpr size_t kShortId = 15;
constexpr size_t kLongId = 18;
constexpr size_t kChunk = 5;  // letters whose case one character of the suffix holds
constexpr std::string_view kSuffixSigns = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

}  // namespace

TypedValue ReadCountry(std::string_view text) {
  return Found(text, FindCountry(text), "not a country");
}

TypedValue ReadCurrency(std::string_view text) {
  return Found(text, FindCurrency(text), "not a currency code of ISO 4217");
}

TypedValue ReadLanguage(std::string_view text) {
  return Found(text, FindLanguage(text), "not a language");
}

TypedValue ReadTimezone(std::string_view text) {
  return Found(text, FindTimezone(text), "not a time zone of the IANA list");
}

TypedValue ReadList(std::string_view text, bool is_json, std::string_view separator) {
  Value::List list;
  if (is_json) {
    auto document = JsonDocument::Parse(std::string(text));
    if (!document.ok() || !document->root().is_array())
      return TypedValue::Invalid(text, "not a list");
    for (const JsonValue item : document->root()) {
      AddItem(item.is_string() || item.is_number() ? std::string(item.text()) : item.ToJson(),
              list);
    }
    return {Value(std::move(list)), {}};
  }
  while (true) {
    const size_t end = text.find(separator);
    AddItem(text.substr(0, end), list);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + separator.size());
  }
  return {Value(std::move(list)), {}};
}

TypedValue ReadCode(std::string_view text) {
  std::string code = AsciiUpper(FoldSpaces(text));
  std::erase(code, ' ');
  return {Value(std::move(code)), {}};
}

TypedValue ReadSalesforceId(std::string_view text) {
  const bool sized = text.size() == kShortId || text.size() == kLongId;
  if (!sized || !std::all_of(text.begin(), text.end(), IsAlnum)) {
    return TypedValue::Invalid(text, "not an id of 15 or 18 letters and digits");
  }
  std::string id(text);
  if (id.size() == kShortId) {
    for (size_t chunk = 0; chunk < kShortId; chunk += kChunk) {
      size_t bits = 0;
      for (size_t i = 0; i < kChunk; ++i) bits |= IsUpper(id[chunk + i]) ? size_t{1} << i : 0;
      id.push_back(kSuffixSigns[bits]);
    }
    return {Value(std::move(id)), {}};
  }
  for (size_t chunk = 0; chunk < kLongId / kChunk; ++chunk) {
    char& sign = id[kShortId + chunk];
    sign = ToUpper(sign);
    const size_t bits = kSuffixSigns.find(sign);
    if (bits == std::string_view::npos) return TypedValue::Invalid(text, "the id's suffix is none");
    for (size_t i = 0; i < kChunk; ++i) {
      char& letter = id[chunk * kChunk + i];
      const bool upper = (bits >> i & 1) != 0;
      if (upper && !IsAlpha(letter)) return TypedValue::Invalid(text, "the id's suffix is wrong");
      letter = upper ? ToUpper(letter) : ToLower(letter);
    }
  }
  return {Value(std::move(id)), {}};
}

}  // namespace trueup::mappings
