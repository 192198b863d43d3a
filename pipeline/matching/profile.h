#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/matching_config.h"
#include "pipeline/matching/resolver.h"

namespace trueup::pipeline {

// What a value is evidence of. The order is that of explanations.
enum class Feature : uint8_t {
  kName, kDomain, kEmail, kPhone, kTaxId, kStreet, kPostcode, kCity, kCountry, kReference,
};
inline constexpr size_t kFeatures = 10;
std::string_view ToString(Feature feature);

// One way of writing a member's name, normalised.
struct NameForm {
  std::string key;                 // CompanyNameKey: equal keys are one name
  std::vector<std::string> words;  // sorted, each once, legal form taken off
  std::vector<std::string> numbers;  // the words that tell siblings apart ("2", "ii" as "2"), sorted
};

// A street address taken apart as far as comparing needs.
struct StreetForm {
  std::string number;  // the first number in it; empty: none
  std::string key;     // the other words, abbreviations spelled out, joined
};

// A member's features, normalised for comparing. Placeholders and free-mail domains are left out.
struct Profile {
  std::vector<NameForm> names;
  std::array<std::vector<std::string>, kFeatures> values;  // all but names and streets
  std::vector<StreetForm> streets;

  const std::vector<std::string>& of(Feature feature) const {
    return values[static_cast<size_t>(feature)];
  }
  // By which distinct names are counted.
  std::string_view name_key() const { return names.empty() ? std::string_view() : names[0].key; }
};

// How terms of the account entity become profiles; made once from the config.
class Profiler {
 public:
  explicit Profiler(const mappings::MatchingConfig& config);
  Profile Make(const MemberFeatures& features) const;

 private:
  void Add(Feature feature, const std::string& value, Profile& profile) const;

  const mappings::MatchingConfig& config_;
  std::vector<std::vector<Feature>> features_of_;  // by term
};

// A key under which members are found and values are counted.
struct Key {
  Feature feature = Feature::kName;
  std::string text;       // with a mark of its kind in front
};

// The keys of a member; `self` is its own ref, by which references of others find it.
std::vector<Key> KeysOf(const Profile& profile, const Ref& self);

// The texts of the keys that scoring asks for.
std::string WordKey(std::string_view word);
std::string ValueKey(Feature feature, std::string_view value);
std::string SiteKey(const StreetForm& street);

}  // namespace trueup::pipeline
