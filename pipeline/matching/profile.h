#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/matching_config.h"
#include "pipeline/matching/resolver.h"

namespace trueup::pipeline {

// What a value is evidence of. The order is that of explanations.
enum class Feature : uint8_t {
  kName,
  kDomain,
  kEmail,
  kPhone,
  kTaxId,
  kStreet,
  kPostcode,
  kCity,
  kCountry,
  kReference,
};
inline constexpr size_t kFeatures = 10;
std::string_view ToString(Feature feature);

// A key under which members are found and values are counted: its number in the KeyIndex.
using KeyId = uint32_t;
inline constexpr KeyId kNoKey = ~KeyId{0};

// Longer names are compared by so many of their words.
inline constexpr size_t kMostWords = 64;

// One way of writing a member's name, normalised.
struct NameForm {
  std::string key;                 // CompanyNameKey: equal keys are one name
  std::vector<std::string> words;  // sorted, each once, legal form taken off
  std::vector<std::string>
      numbers;                    // the words that tell siblings apart ("2", "ii" as "2"), sorted
  std::vector<uint64_t> letters;  // LettersOf, by word
  uint64_t key_letters = 0;       // of the key
  std::vector<KeyId> word_keys;   // by word
};

// A street address taken apart as far as comparing needs.
struct StreetForm {
  std::string number;   // the first number in it; empty: none
  std::string key;      // the other words, abbreviations spelled out, joined
  KeyId site = kNoKey;  // where it has a number
};

// A member's features, normalised for comparing. Placeholders and free-mail domains are left out.
struct Profile {
  std::vector<NameForm> names;
  std::array<std::vector<std::string>, kFeatures> values;  // all but names and streets
  std::vector<StreetForm> streets;
  // Set by AssignKeys, by value: of domain, e-mail, phone, tax id and reference; the others have
  // none.
  std::array<std::vector<KeyId>, kFeatures> value_keys;
  std::vector<KeyId> bare_tax_keys;  // of the tax ids without their country
  KeyId self = kNoKey;               // by which references of others find this record

  const std::vector<std::string>& of(Feature feature) const {
    return values[static_cast<size_t>(feature)];
  }
  const std::vector<KeyId>& keys_of(Feature feature) const {
    return value_keys[static_cast<size_t>(feature)];
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

// Gives the number of a key. The text has a mark of its kind in front.
using Intern = std::function<KeyId(Feature feature, const std::string& text)>;

// All keys of a member, sorted, each once; notes in the profile those that scoring asks for.
std::vector<KeyId> AssignKeys(Profile& profile, const Ref& self, const Intern& intern);

}  // namespace trueup::pipeline
