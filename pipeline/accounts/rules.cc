#include "pipeline/accounts/rules.h"

#include <algorithm>
#include <array>

namespace trueup::pipeline {
namespace {

struct KindDefault {
  std::string_view kind;
  const char* owner;
  const char* severity;
};

// The table of design section 6, for a lifecycle that is silent about a kind.
constexpr std::array kDefaults = {
    KindDefault{"duplicate", "ops", "medium"},   KindDefault{"possible_duplicate", "ops", "low"},
    KindDefault{"conflict", "ops", "medium"},    KindDefault{"gap", "ops", "high"},
    KindDefault{"invalid", "ops", "medium"},     KindDefault{"missing_counterpart", "ops", "high"},
    KindDefault{"orphan", "ops", "medium"},      KindDefault{"handoff", "ops", "high"},
    KindDefault{"stalled", "ops", "medium"},     KindDefault{"handback", "ops", "medium"},
    KindDefault{"label_drift", "ops", "low"},    KindDefault{"hierarchy", "ops", "medium"},
    KindDefault{"quarantined", "admin", "high"}, KindDefault{"sync_gap", "admin", "high"},
};

KindDefault DefaultOf(std::string_view kind) {
  const auto found = std::find_if(kDefaults.begin(), kDefaults.end(),
                                  [kind](const KindDefault& row) { return row.kind == kind; });
  return found == kDefaults.end() ? KindDefault{kind, "ops", "medium"} : *found;
}

const std::string* Find(const std::map<std::string, std::string>& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

std::string OwnerOf(const Rules& rules, const std::string& kind, const std::string& natural) {
  if (const std::string* owner = Find(rules.lifecycle.kind_owners, kind)) return *owner;
  return natural.empty() ? DefaultOf(kind).owner : natural;
}

std::string SystemOwner(const Rules& rules, std::string_view system) {
  const std::string* owner = Find(rules.lifecycle.system_owners, std::string(system));
  return owner == nullptr ? std::string() : *owner;
}

std::string SeverityOf(const Rules& rules, const std::string& kind) {
  const std::string* severity = Find(rules.lifecycle.severities, kind);
  return severity == nullptr ? DefaultOf(kind).severity : *severity;
}

}  // namespace trueup::pipeline
