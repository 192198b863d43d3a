#include "pipeline/accounts/wording.h"

namespace trueup::pipeline {

std::string JoinAnd(const std::vector<std::string>& parts) {
  std::string joined;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) joined += i + 1 == parts.size() ? " and " : ", ";
    joined += parts[i];
  }
  return joined;
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string DayOf(Instant at) { return FormatDate(std::chrono::floor<std::chrono::days>(at)); }

std::string Count(size_t number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

}  // namespace trueup::pipeline
