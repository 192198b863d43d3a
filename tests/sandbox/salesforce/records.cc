#include "tests/sandbox/salesforce/records.h"

#include <map>
#include <optional>

namespace trueup::sandbox {
namespace {

void AppendText(const std::string& value, std::string* out) {
  if (value.empty()) {
    *out += "null";
  } else {
    AppendJsonString(value, out);
  }
}

// A compound field: its parts as an object.
void AppendAddress(const Row& row, const Field& field, std::string* out) {
  static constexpr std::string_view kParts[] = {"street", "city", "state", "postalCode", "country"};
  *out += "{\"geocodeAccuracy\":null,\"latitude\":null,\"longitude\":null";
  for (size_t i = 0; i < std::size(kParts); ++i) {
    *out += ",\"" + std::string(kParts[i]) + "\":";
    AppendText(row.values[field.slot + i], out);
  }
  *out += '}';
}

void AppendCell(const Row& row, const Field& field, std::string* out) {
  switch (field.source) {
    case FieldSource::kId: AppendJsonString(row.id, out); return;
    case FieldSource::kCreated: *out += '"' + InstantText(row.created) + '"'; return;
    case FieldSource::kModified: *out += '"' + InstantText(row.modified) + '"'; return;
    case FieldSource::kStamp: *out += '"' + InstantText(row.stamp) + '"'; return;
    case FieldSource::kDeleted: *out += row.deleted ? "true" : "false"; return;
    case FieldSource::kSlot: break;
  }
  if (field.type == FieldType::kAddress) return AppendAddress(row, field, out);
  const std::string& value = row.values[field.slot];
  const bool bare = field.type == FieldType::kNumber || field.type == FieldType::kBool;
  if (bare && !value.empty()) {
    *out += value;
  } else if (field.type == FieldType::kInstant && !value.empty()) {
    *out += '"' + InstantText(std::strtoll(value.c_str(), nullptr, 10)) + '"';
  } else {
    AppendText(value, out);
  }
}

void AppendAggregates(const Soql& soql, const std::vector<Match>& matches, std::string* out) {
  const Table& table = *soql.query.tables[0];
  for (const Aggregate& aggregate : soql.aggregates) {
    size_t count = 0;
    std::string best;  // as JSON: instants of one form and numbers as they stand
    std::optional<double> best_number;
    for (const Match& match : matches) {
      const std::string text = CellText(soql.query, match, aggregate.column);
      if (text.empty()) continue;
      ++count;
      std::string shown;
      AppendCell(table.row(match[0]), *aggregate.column.field, &shown);
      const bool numeric = aggregate.column.field->type == FieldType::kNumber;
      const double number = numeric ? std::strtod(text.c_str(), nullptr) : 0;
      const bool less = numeric ? number < best_number.value_or(number) : shown < best;
      if (count == 1 || less == (aggregate.function == Aggregate::kMin)) {
        best = shown;
        best_number = number;
      }
    }
    *out += ",\"" + aggregate.alias + "\":";
    if (aggregate.function == Aggregate::kCount) {
      *out += std::to_string(count);
    } else {
      *out += best.empty() ? "null" : best;
    }
  }
}

}  // namespace

std::string InstantText(Seconds at) { return DateTimeText(at, 'T', ".000+0000"); }

void AppendRow(std::string_view version, const Soql& soql, const Match& match, std::string* out) {
  const Table& table = *soql.query.tables[0];
  const Row& row = table.row(match[0]);
  const std::string_view name = table.spec().name;
  out->append("{\"attributes\":{\"type\":\"")
      .append(name)
      .append("\",\"url\":\"/services/data/")
      .append(version);
  out->append("/sobjects/").append(name).append("/").append(row.id).append("\"}");
  for (const Field* field : soql.fields) {
    out->append(",\"").append(field->name).append("\":");
    AppendCell(row, *field, out);
  }
  out->push_back('}');
}

HttpReply AggregateReply(const Soql& soql, const std::vector<Match>& matches) {
  std::map<std::vector<int>, std::vector<Match>> groups;
  if (soql.groups.empty()) groups[{}] = matches;
  for (const Match& match : matches) {
    std::vector<int> key;
    for (const GroupBy& by : soql.groups) {
      const auto at = CellInstant(soql.query, match, by.column);
      if (!at) continue;
      const std::string date = DateText(*at);  // 2026-01-31
      key.push_back(std::stoi(by.part == GroupBy::kYear ? date.substr(0, 4) : date.substr(5, 2)));
    }
    if (!key.empty() && key.size() == soql.groups.size()) groups[key].push_back(match);
  }
  HttpReply reply;
  reply.body = "{\"totalSize\":" + std::to_string(groups.size()) + ",\"done\":true,\"records\":[";
  for (const auto& [key, rows] : groups) {
    if (reply.body.back() == '}') reply.body += ',';
    reply.body += "{\"attributes\":{\"type\":\"AggregateResult\"}";
    for (size_t i = 0; i < key.size(); ++i) {
      reply.body += ",\"" + soql.groups[i].alias + "\":" + std::to_string(key[i]);
    }
    AppendAggregates(soql, rows, &reply.body);
    reply.body += '}';
  }
  reply.body += "]}";
  return reply;
}

}  // namespace trueup::sandbox
