#include "pipeline/matching/profile.h"

#include <algorithm>
#include <cctype>
#include <unordered_map>
#include <unordered_set>

#include "mappings/tax_id.h"
#include "pipeline/accounts/company_name.h"
#include "pipeline/matching/similarity.h"

namespace trueup::pipeline {
namespace {

using mappings::MatchingConfig;

void SortUnique(std::vector<std::string>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

bool IsDigits(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

// "ii" is 2: numbers in names are written either way.
std::string_view RomanAsDigits(std::string_view word) {
  static const std::unordered_map<std::string_view, std::string_view> kRoman = {
      {"ii", "2"},  {"iii", "3"},  {"iv", "4"}, {"vi", "6"},
      {"vii", "7"}, {"viii", "8"}, {"ix", "9"}};
  const auto found = kRoman.find(word);
  return found == kRoman.end() ? word : found->second;
}

NameForm MakeName(const std::string& name) {
  NameForm form;
  form.key = CompanyNameKey(name);
  form.key_letters = LettersOf(form.key);
  for (const std::string& word : CompanyNameWords(name)) {
    const std::string_view plain = RomanAsDigits(word);
    form.words.emplace_back(plain);
    if (IsDigits(plain)) form.numbers.emplace_back(plain);
  }
  SortUnique(form.words);
  if (form.words.size() > kMostWords) form.words.resize(kMostWords);
  SortUnique(form.numbers);
  for (const std::string& word : form.words) form.letters.push_back(LettersOf(word));
  return form;
}

// Street words that are written in many ways or left out; they tell nothing. `word` is folded, and
// so are they: "avenue" is "avenu" by then.
bool IsStreetFiller(const std::string& word) {
  static const std::unordered_set<std::string> fillers = [] {
    constexpr std::array kWords = {
        "street", "st",    "str",   "strasse", "straat", "rue",       "road",   "rd",    "avenue",
        "ave",    "av",    "via",   "calle",   "c",      "ul",        "ulica",  "gata",  "gatan",
        "gt",     "vej",   "veien", "vei",     "katu",   "boulevard", "blvd",   "bd",    "lane",
        "ln",     "drive", "dr",    "place",   "pl",     "platz",     "square", "sq",    "piazza",
        "plaza",  "rua",   "allee", "weg",     "way",    "court",     "ct",     "suite", "ste",
        "floor",  "fl",    "unit",  "apt",     "no",     "nr",        "de",     "la",    "du",
        "des",    "der",   "am",    "north",   "n",      "south",     "s",      "east",  "e",
        "west",   "w"};
    std::unordered_set<std::string> folded;
    for (const std::string_view filler : kWords) folded.insert(FoldedWords(filler).front());
    return folded;
  }();
  return fillers.contains(word);
}

bool IsFloor(std::string_view word) { return word == "floor" || word == "fl"; }

// "63rd" names a street, or a floor; it is no house number.
bool IsOrdinal(std::string_view word) {
  constexpr size_t kEnding = 2;
  if (word.size() <= kEnding || !IsDigits(word.substr(0, word.size() - kEnding))) return false;
  const std::string_view ending = word.substr(word.size() - kEnding);
  return ending == "st" || ending == "nd" || ending == "rd" || ending == "th";
}

// The word for street, in which German and Nordic streets end, taken off.
void StripStreetEnding(std::string& word) {
  for (const std::string_view ending : {"strasse", "straat", "str", "gatan", "gade", "vej"}) {
    if (word.size() <= ending.size() + 2 || !word.ends_with(ending)) continue;
    word.resize(word.size() - ending.size());
    return;
  }
}

StreetForm MakeStreet(const std::string& street) {
  StreetForm form;
  std::vector<std::string> kept;
  const std::vector<std::string> words = FoldedWords(street);
  for (size_t i = 0; i < words.size(); ++i) {
    std::string word = words[i];
    const bool ordinal = IsOrdinal(word);
    if (ordinal && i + 1 < words.size() && IsFloor(words[i + 1])) continue;
    if (!ordinal && std::isdigit(static_cast<unsigned char>(word.front())) != 0) {
      if (form.number.empty()) form.number = std::move(word);
      continue;
    }
    StripStreetEnding(word);
    if (!IsStreetFiller(word)) kept.push_back(std::move(word));
  }
  SortUnique(kept);
  for (const std::string& word : kept) form.key += word;
  return form;
}

// Letters and digits only, lower case.
std::string Compact(std::string_view text) {
  std::string compact;
  for (const unsigned char c : text) {
    if (std::isalnum(c) != 0) compact.push_back(static_cast<char>(std::tolower(c)));
  }
  return compact;
}

bool Contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

}  // namespace

std::string_view ToString(Feature feature) {
  static constexpr std::array<std::string_view, kFeatures> kNames = {
      "name",   "domain",   "email", "phone",   "tax_id",
      "street", "postcode", "city",  "country", "reference"};
  return kNames[static_cast<size_t>(feature)];
}

void FeatureValues::Add(Feature feature, std::string text) {
  const auto at = static_cast<size_t>(feature);
  for (const FeatureValue& known : of(feature)) {
    if (known.text == text) return;
  }
  values_.insert(values_.begin() + ends_[at], FeatureValue{std::move(text), kNoKey, kNoKey});
  for (size_t i = at; i < kFeatures; ++i) ++ends_[i];
}

Profiler::Profiler(const MatchingConfig& config) : config_(config) {
  for (size_t i = 0; i < kFeatures; ++i) {
    const auto feature = static_cast<Feature>(i);
    const auto terms = config.features.find(std::string(ToString(feature)));
    if (terms == config.features.end()) continue;
    for (const uint16_t term : terms->second) {
      if (term >= features_of_.size()) features_of_.resize(term + size_t{1});
      features_of_[term].push_back(feature);
    }
  }
}

Profile Profiler::Make(const MemberFeatures& features) const {
  Profile profile;
  for (const auto& [term, value] : features.values) {
    if (term >= features_of_.size()) continue;
    for (const Feature feature : features_of_[term]) Add(feature, value, profile);
  }
  return profile;
}

void Profiler::Add(Feature feature, const std::string& value, Profile& profile) const {
  const auto placeholders = config_.placeholders.find(std::string(ToString(feature)));
  if (placeholders != config_.placeholders.end() &&
      (Contains(placeholders->second, Lower(value)) || Contains(placeholders->second, value))) {
    return;
  }
  if (feature == Feature::kName) {
    NameForm form = MakeName(value);
    const bool known = std::any_of(profile.names.begin(), profile.names.end(),
                                   [&](const NameForm& name) { return name.key == form.key; });
    if (!known && !form.words.empty()) profile.names.push_back(std::move(form));
    return;
  }
  if (feature == Feature::kStreet) {
    StreetForm form = MakeStreet(value);
    if (!form.key.empty() || !form.number.empty()) profile.streets.push_back(std::move(form));
    return;
  }
  std::string normal = value;
  if (feature == Feature::kPostcode) normal = Compact(value);
  if (feature == Feature::kCity) normal = CompanyNameKey(value);
  if (feature == Feature::kDomain && Contains(config_.free_mail, value)) return;
  if (!normal.empty()) profile.values.Add(feature, std::move(normal));
  if (feature != Feature::kEmail) return;
  // The domain of an address is evidence of its own, unless everybody may have one there.
  const std::string domain = value.substr(value.find('@') + 1);
  if (!Contains(config_.free_mail, domain)) Add(Feature::kDomain, domain, profile);
}

namespace {

std::string ValueKey(Feature feature, std::string_view value) {
  return std::string(ToString(feature)) + ":" + std::string(value);
}

// Gathers the keys of one member.
class KeyMaker {
 public:
  KeyMaker(Profile& profile, const Intern& intern) : profile_(profile), intern_(intern) {}

  std::vector<KeyId> Make(const Ref& self) {
    for (NameForm& name : profile_.names) AddName(name);
    for (const Feature feature : {Feature::kDomain, Feature::kEmail, Feature::kPhone,
                                  Feature::kTaxId, Feature::kReference}) {
      AddValues(feature);
    }
    // A record without a country has the same tax id without its prefix.
    for (FeatureValue& id : profile_.values.of(Feature::kTaxId)) {
      id.bare_key =
          Add(Feature::kTaxId, ValueKey(Feature::kTaxId, mappings::TaxIdWithoutCountry(id.text)));
    }
    for (StreetForm& street : profile_.streets) AddStreet(street);
    // A reference finds the record that it names, and records that name the same one find each
    // other.
    profile_.self = Add(Feature::kReference, ValueKey(Feature::kReference, self.text()));
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
    return std::move(keys_);
  }

 private:
  KeyId Add(Feature feature, const std::string& text) {
    keys_.push_back(intern_(feature, text));
    return keys_.back();
  }

  void AddName(NameForm& name) {
    Add(Feature::kName, "n:" + name.key);
    name.word_keys.clear();
    for (const std::string& word : name.words) {
      name.word_keys.push_back(Add(Feature::kName, "w:" + word));
    }
    for (const FeatureValue& postcode : profile_.of(Feature::kPostcode)) {
      Add(Feature::kName, "p:" + name.key.substr(0, 4) + "|" + postcode.text);
    }
  }

  void AddValues(Feature feature) {
    for (FeatureValue& value : profile_.values.of(feature)) {
      value.key = Add(feature, ValueKey(feature, value.text));
    }
  }

  void AddStreet(StreetForm& street) {
    if (street.number.empty()) return;
    street.site = Add(Feature::kStreet, "s:" + street.number + "|" + street.key);
    for (const FeatureValue& postcode : profile_.of(Feature::kPostcode)) {
      Add(Feature::kStreet, "z:" + street.number + "|" + postcode.text);
    }
  }

  Profile& profile_;
  const Intern& intern_;
  std::vector<KeyId> keys_;
};

}  // namespace

std::vector<KeyId> AssignKeys(Profile& profile, const Ref& self, const Intern& intern) {
  return KeyMaker(profile, intern).Make(self);
}

}  // namespace trueup::pipeline
