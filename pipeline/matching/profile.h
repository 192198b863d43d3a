#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
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

// A value of any feature but names and streets.
struct FeatureValue {
  std::string text;
  // Set by AssignKeys for domain, e-mail, phone, tax id and reference.
  KeyId key = kNoKey;
  KeyId bare_key = kNoKey;  // of a tax id: without its country
};

// The values of a record by feature, in one piece: a resolver holds millions of these.
class FeatureValues {
 public:
  // Behind what the feature has; a text that it has already changes nothing.
  void Add(Feature feature, std::string text);
  std::span<const FeatureValue> of(Feature feature) const {
    const auto at = static_cast<size_t>(feature);
    return std::span(values_).subspan(Begin(at), ends_[at] - Begin(at));
  }
  std::span<FeatureValue> of(Feature feature) {
    const auto at = static_cast<size_t>(feature);
    return std::span(values_).subspan(Begin(at), ends_[at] - Begin(at));
  }

 private:
  size_t Begin(size_t feature) const { return feature == 0 ? 0 : ends_[feature - 1]; }

  std::vector<FeatureValue> values_;        // in order of feature
  std::array<uint32_t, kFeatures> ends_{};  // where each feature's end
};

// A member's features, normalised for comparing. Placeholders and free-mail domains are left out.
struct Profile {
  std::vector<NameForm> names;
  FeatureValues values;
  std::vector<StreetForm> streets;
  KeyId self = kNoKey;  // by which references of others find this record

  std::span<const FeatureValue> of(Feature feature) const { return values.of(feature); }
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
