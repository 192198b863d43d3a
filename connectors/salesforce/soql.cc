#include "connectors/salesforce/soql.h"

#include <cctype>
#include <cstdio>

namespace trueup::connectors::salesforce {
namespace {

bool IsAlnum(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x80 && std::isalnum(byte) != 0;
}

}  // namespace

bool IsSoqlName(std::string_view text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return false;
  for (const char c : text) {
    if (!IsAlnum(c) && c != '_' && c != '.') return false;
  }
  return true;
}

std::string LongId(std::string_view id) {
  constexpr std::string_view kSuffix = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
  std::string result(id);
  if (id.size() != 15) return result;
  for (size_t chunk = 0; chunk < 3; ++chunk) {
    size_t bits = 0;
    for (size_t i = 0; i < 5; ++i) {
      const char c = id[chunk * 5 + i];
      if (!IsAlnum(c)) return std::string(id);
      if (c >= 'A' && c <= 'Z') bits |= size_t{1} << i;
    }
    result.push_back(kSuffix[bits]);
  }
  return result;
}

std::string SoqlInstant(Instant at) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(at);
  const auto whole = std::chrono::floor<std::chrono::seconds>(millis);
  std::string text = FormatInstant(Instant(whole));  // ends with Z, no fraction
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>((millis - whole).count()));
  text.pop_back();
  return text + fraction;
}

std::string SoqlText(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') literal.push_back('\\');
    literal.push_back(c);
  }
  return literal + "'";
}

std::string BulkQuery(std::string_view object, std::string_view fields, std::string_view stamp,
                      const Stretch& stretch) {
  const std::string column(stamp);
  std::string soql = "SELECT " + std::string(fields) + " FROM " + std::string(object) + " WHERE ";
  if (stretch.from) soql += column + " >= " + SoqlInstant(*stretch.from) + " AND ";
  soql += column + " <= " + SoqlInstant(stretch.until);
  if (stretch.from && !stretch.after_id.empty()) {
    soql += " AND (" + column + " > " + SoqlInstant(*stretch.from) + " OR Id > " +
            SoqlText(stretch.after_id) + ")";
  }
  return soql;
}

std::string StretchQuery(std::string_view object, std::string_view fields, std::string_view stamp,
                         const Stretch& stretch) {
  return BulkQuery(object, fields, stamp, stretch) + " ORDER BY " + std::string(stamp) + ", Id";
}

std::string StretchCountQuery(std::string_view object, std::string_view stamp,
                              const Stretch& stretch) {
  return BulkQuery(object, "COUNT()", stamp, stretch);
}

std::string CountQuery(std::string_view object, bool live_only) {
  std::string soql = "SELECT COUNT() FROM " + std::string(object);
  if (live_only) soql += " WHERE IsDeleted = false";
  return soql;
}

std::string CreatedCountQuery(std::string_view object, bool live_only, Instant until) {
  constexpr std::string_view kYear = "CALENDAR_YEAR(CreatedDate)";
  constexpr std::string_view kMonth = "CALENDAR_MONTH(CreatedDate)";
  std::string soql = "SELECT " + std::string(kYear) + " y, " + std::string(kMonth) +
                     " m, COUNT(Id) n FROM " + std::string(object) + " WHERE ";
  if (live_only) soql += "IsDeleted = false AND ";
  return soql + "CreatedDate < " + SoqlInstant(until) + " GROUP BY " + std::string(kYear) + ", " +
         std::string(kMonth);
}

std::string IdsQuery(std::string_view object, bool live_only, std::string_view after_id,
                     int limit) {
  std::string soql = "SELECT Id FROM " + std::string(object);
  std::string condition;
  if (live_only) condition = "IsDeleted = false";
  if (!after_id.empty()) {
    condition += (condition.empty() ? "Id > " : " AND Id > ") + SoqlText(after_id);
  }
  if (!condition.empty()) soql += " WHERE " + condition;
  return soql + " ORDER BY Id LIMIT " + std::to_string(limit);
}

std::string FetchQuery(std::string_view object, std::string_view fields,
                       const std::vector<std::string>& ids) {
  std::string soql =
      "SELECT " + std::string(fields) + " FROM " + std::string(object) + " WHERE Id IN (";
  for (size_t i = 0; i < ids.size(); ++i) {
    if (i > 0) soql += ",";
    soql += SoqlText(LongId(ids[i]));
  }
  return soql + ")";
}

}  // namespace trueup::connectors::salesforce
