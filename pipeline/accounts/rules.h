#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/glossary.h"
#include "mappings/lifecycle.h"

namespace trueup::pipeline {

// What the catalog says, as far as the reconciled account needs it: tests fill it by hand. The
// parts outlive it.
struct Rules {
  const mappings::Glossary& glossary;
  const mappings::Lifecycle& lifecycle;
  // Whether a system's records can be rows of the entity.
  std::function<bool(std::string_view system, uint16_t entity)> holds;
};

// The team that answers for findings of a kind: what the lifecycle says for the kind, else
// `natural` (the term's, the item's or the system's owner), else the default of the kind.
std::string OwnerOf(const Rules& rules, const std::string& kind, const std::string& natural);
// The team that answers for a system; empty where nobody was named.
std::string SystemOwner(const Rules& rules, std::string_view system);
// low, medium or high.
std::string SeverityOf(const Rules& rules, const std::string& kind);

}  // namespace trueup::pipeline
