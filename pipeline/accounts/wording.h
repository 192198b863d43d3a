#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"

namespace trueup::pipeline {

// Bricks of the sentences that people read in findings.

// "a", "a and b", "a, b and c".
std::string JoinAnd(const std::vector<std::string>& parts);
// The text in double quotes.
std::string Quoted(std::string_view text);
// The day of an instant (UTC), "2026-01-31": people do not settle findings by the second.
std::string DayOf(Instant at);
// "1 record", "2 records".
std::string Count(size_t number, std::string_view noun);

}  // namespace trueup::pipeline
