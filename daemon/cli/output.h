#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.h"
#include "reports/table.h"

namespace trueup::daemon {

enum class Format { kText, kJson, kJsonl, kCsv, kHtml };

inline constexpr int kFine = 0;
inline constexpr int kFoundFailure = 1;
inline constexpr int kUsage = 2;

// What a command has to show, in every form that it has.
struct Shown {
  reports::Table table;            // CSV; text too, unless `text` is set
  std::string text;                // for people, where a table does not say it all
  std::vector<std::string> items;  // JSON, one a row of the listing
  std::string json;                // one JSON value; empty: the array of the items
  std::string html;                // a page, of the commands that have one
  int exit_code = kFine;
};

// Adds a part of text that stands by itself: a title and a table under it. Nothing where the table
// has no rows.
void AppendSection(std::string& text, const std::string& title, const reports::Table& table,
                   size_t width);

// For people: "48,112", and "2026-11-25 09:00:00Z".
std::string Grouped(uint64_t number);
std::string Moment(Instant at);

// The output of a command. `width` is the terminal's; 0: no terminal, nothing is cut.
std::string Render(const Shown& shown, Format format, size_t width);

// Columns of the terminal that standard output is; 0: it is none.
size_t OutputWidth();

}  // namespace trueup::daemon
