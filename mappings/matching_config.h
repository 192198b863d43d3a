#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/problems.h"

namespace trueup::mappings {

// Which terms of the account entity feed which kind of match evidence, and what each outcome of a
// comparison weighs. Weights are log2(m/u) (Fellegi and Sunter 1969); the sum with the prior is the
// score of a pair.
struct MatchingConfig {
  // Terms per feature, by Term::index of the account entity, best first. Features: name, domain,
  // email, phone, tax_id, street, city, postcode, country, reference (a typed-in id of another
  // system's record).
  std::map<std::string, std::vector<uint16_t>> features;

  double prior = -14;    // log2 odds that two members picked at random are one customer
  double match = 4;      // scores from here on join clusters
  double possible = -1;  // scores from here on (below match) are shown to a person
  // Weight per feature and level of agreement: weights["name"]["exact"]. The levels are those of
  // pipeline/matching.
  std::map<std::string, std::map<std::string, double>> weights;
  // Counts of distinct names per value: from here on a value is generic and neither proves nor
  // retrieves.
  std::map<std::string, uint32_t> generic;
  // Values that mean "unknown", per feature, lower case.
  std::map<std::string, std::vector<std::string>> placeholders;
  std::vector<std::string> free_mail;  // domains that prove nothing about the company
  Place place;
};

}  // namespace trueup::mappings
