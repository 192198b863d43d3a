#include "tests/bench/ready_pages.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>
#include <span>
#include <string_view>

#include "base/instant.h"
#include "base/json.h"

namespace trueup::bench {
namespace {

struct Column {
  const char* name;
  const char* type;  // as the describe has it
};

constexpr std::array<Column, 20> kColumns{{{"Id", "id"},
                                           {"IsDeleted", "boolean"},
                                           {"MasterRecordId", "reference"},
                                           {"Name", "string"},
                                           {"Type", "picklist"},
                                           {"ParentId", "reference"},
                                           {"BillingStreet", "textarea"},
                                           {"BillingCity", "string"},
                                           {"BillingState", "string"},
                                           {"BillingPostalCode", "string"},
                                           {"BillingCountry", "string"},
                                           {"Phone", "phone"},
                                           {"Website", "url"},
                                           {"Industry", "picklist"},
                                           {"AnnualRevenue", "currency"},
                                           {"NumberOfEmployees", "int"},
                                           {"OwnerId", "reference"},
                                           {"CreatedDate", "datetime"},
                                           {"LastModifiedDate", "datetime"},
                                           {"SystemModstamp", "datetime"}}};

// A cell without its quotes; empty is null.
using Cells = std::array<std::string, kColumns.size()>;

std::string Padded(size_t number, size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

// "2020-01-01T00:00:01.000": a second later with each row, all of them long ago.
std::string Stamp(size_t row) {
  constexpr Instant kFirst{std::chrono::sys_days{std::chrono::January / 1 / 2020}};
  const std::string text = FormatInstant(kFirst + std::chrono::seconds(row));
  return text.substr(0, text.size() - 1) + ".000";
}

// Rows that were saved one after the other have ids in no order, as in an org where records are
// edited. REQUIRES: row < 1,000,000.
size_t IdNumber(size_t row) { return row * 387'421 % 1'000'000; }

std::string AccountId(size_t row) { return "001gB0000" + Padded(IdNumber(row), 6) + "QAE"; }

Cells MakeCells(size_t row) {
  static constexpr std::array<const char*, 4> kStates{"Bayern", "Ohio", "Île-de-France", "Jalisco"};
  static constexpr std::array<const char*, 4> kTrades{"Energy", "Retail", "Food & Beverage",
                                                      "Engineering"};
  const std::string number = std::to_string(row);
  const std::string stamp = Stamp(row);
  const bool child = row % 3 == 0;
  return {AccountId(row),
          "false",
          "",
          "Company Nr. " + number + (row % 5 == 0 ? ", \"Nord\" GmbH & Co. KG" : " Ltd"),
          "Customer",
          child ? AccountId(row / 3) : "",
          number + " Main Street" + (row % 7 == 0 ? "\nBuilding 4" : ""),
          "Springfield",
          kStates[row % kStates.size()],
          Padded(row % 100'000, 5),
          "Germany",
          "+49 30 " + Padded(row, 7),
          "https://www.company-" + number + ".example",
          kTrades[row % kTrades.size()],
          std::to_string(100'000 + row * 17) + ".5",
          std::to_string(1 + row % 5'000),
          "005gB0000000" + Padded(row % 200, 3) + "QAE",
          stamp,
          stamp,
          stamp};
}

bool IsBare(std::string_view type) {
  return type == "boolean" || type == "currency" || type == "int";
}

void AddJson(const Cells& cells, JsonWriter& json) {
  json.BeginObject().Key("attributes").BeginObject().Member("type", "Account");
  json.Member("url", "/services/data/v62.0/sobjects/Account/" + cells[0]).EndObject();
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string_view type = kColumns[i].type;
    json.Key(kColumns[i].name);
    if (cells[i].empty()) {
      json.Null();
    } else if (IsBare(type)) {
      json.Raw(cells[i]);
    } else {
      json.String(type == "datetime" ? cells[i] + "+0000" : cells[i]);
    }
  }
  json.EndObject();
}

// Every cell in quotes but an empty one, which is null.
void AddCsv(const Cells& cells, std::string& csv) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) csv += ',';
    if (cells[i].empty()) continue;
    csv += '"';
    for (const char c : cells[i]) csv.append(c == '"' ? 2 : 1, c);
    csv += std::string_view(kColumns[i].type) == "datetime" ? "Z\"" : "\"";
  }
  csv += '\n';
}

std::string Describe() {
  JsonWriter json;
  json.BeginObject().Member("name", "Account").Key("queryable").Bool(true);
  json.Key("fields").BeginArray();
  for (const Column& column : kColumns) {
    json.BeginObject().Member("name", column.name).Member("type", column.type);
    json.Member("label", column.name).EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

std::string RestPage(size_t first, size_t rows) {
  const size_t end = std::min(rows, first + kRestPageRows);
  JsonWriter json;
  json.BeginObject().Key("totalSize").Number(static_cast<int64_t>(rows));
  json.Key("done").Bool(end == rows);
  if (end < rows) {
    json.Member("nextRecordsUrl",
                "/services/data/v62.0/query/01gB-" + std::to_string(end / kRestPageRows));
  }
  json.Key("records").BeginArray();
  for (size_t row = first; row < end; ++row) AddJson(MakeCells(row), json);
  json.EndArray().EndObject();
  return json.Take();
}

std::string BulkPage(std::span<const size_t> rows) {
  std::string csv;
  for (const Column& column : kColumns) {
    csv += (csv.empty() ? "\"" : ",\"") + std::string(column.name) + "\"";
  }
  csv += '\n';
  for (const size_t row : rows) AddCsv(MakeCells(row), csv);
  return csv;
}

}  // namespace

ReadyPages MakePages(size_t rows) {
  ReadyPages pages;
  pages.describe = Describe();
  for (size_t first = 0; first < rows; first += kRestPageRows) {
    pages.rest.push_back(RestPage(first, rows));
  }
  // A job without ORDER BY is split by id and gives its rows so.
  std::vector<size_t> by_id(rows);
  std::iota(by_id.begin(), by_id.end(), 0);
  std::sort(by_id.begin(), by_id.end(),
            [](size_t a, size_t b) { return IdNumber(a) < IdNumber(b); });
  for (size_t first = 0; first < rows; first += kBulkPageRows) {
    const size_t size = std::min(rows - first, kBulkPageRows);
    pages.bulk.push_back(BulkPage(std::span(by_id).subspan(first, size)));
    pages.bulk_rows.push_back(size);
  }
  return pages;
}

}  // namespace trueup::bench
