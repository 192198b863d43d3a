#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace trueup::bench {

constexpr size_t kRestPageRows = 2'000;
constexpr size_t kBulkPageRows = 50'000;

// An object of 20 fields as Salesforce's REST API and its Bulk API 2.0 give it, whole pages ready
// to be sent. Every row is another one.
struct ReadyPages {
  std::string describe;
  std::vector<std::string> rest;  // JSON; each names the next one as "query/01gB-<its number>"
  std::vector<std::string> bulk;  // CSV with a header
  std::vector<size_t> bulk_rows;  // of each page
};

ReadyPages MakePages(size_t rows);

}  // namespace trueup::bench
