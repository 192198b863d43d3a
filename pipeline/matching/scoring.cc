#include "pipeline/matching/scoring.h"

#include <algorithm>
#include <bitset>
#include <span>
#include <string>

#include "mappings/tax_id.h"
#include "pipeline/matching/similarity.h"

namespace trueup::pipeline {
namespace {

// Words this alike are taken for one word with a typing error.
constexpr double kAlikeWords = 0.9;
// Whole names without word breaks this alike are one name written with a slip or run together.
constexpr double kAlikeKeys = 0.95;
// How much of two names' rarity must be shared to be "similar", or at least "weak".
constexpr double kSimilarNames = 0.75;
constexpr double kWeakNames = 0.4;
// Of evidence that comes from one source, what the second and later parts count.
constexpr double kRepeatedEvidence = 0.5;
// Rarity of a word that one name has, in bits; each doubling of the names that have it takes one.
constexpr double kRarestWord = 9;
// From this weight on a word that both names have tells whose they are.
constexpr double kTellingWord = 5;

using Values = std::span<const FeatureValue>;

// The first value of `a` that `b` has as well, by `part` of them; null: none.
template <class T>
const FeatureValue* FindShared(Values a, Values b, T FeatureValue::*part) {
  const auto in_b = [&](const FeatureValue& value) {
    return std::any_of(b.begin(), b.end(),
                       [&](const FeatureValue& other) { return other.*part == value.*part; });
  };
  const auto found = std::find_if(a.begin(), a.end(), in_b);
  return found == a.end() ? nullptr : &*found;
}

// The tax ids name one country, so that two different ones speak against a match.
bool OneScheme(std::string_view a, std::string_view b) {
  return mappings::TaxIdWithoutCountry(a) != a && mappings::TaxIdWithoutCountry(b) != b &&
         a.substr(0, 2) == b.substr(0, 2);
}

// What was compared, as evidence shows it.
std::string TextOf(std::string_view text) { return std::string(text); }
std::string TextOf(const StreetForm& street) { return street.number + " " + street.key; }
std::string TextOf(Values values) {
  std::string joined;
  for (const FeatureValue& value : values) joined += (joined.empty() ? "" : ", ") + value.text;
  return joined;
}

}  // namespace

std::string_view ToString(Level level) {
  static constexpr std::array<std::string_view, kLevels> kNames = {
      "exact", "same_core", "alike", "similar", "contained", "weak", "same", "different"};
  return kNames[static_cast<size_t>(level)];
}

// Gathers evidence, and keeps back what comes from one source of agreement. Texts are made only
// where somebody reads them.
struct Scorer::Sum {
  enum Group { kSite, kWeb, kGroups };

  template <class Text>
  void Add(Feature feature, Level level, double weight, const Text& a, const Text& b) {
    total += weight;
    if (evidence == nullptr) return;
    evidence->push_back({std::string(ToString(feature)), std::string(ToString(level)), weight,
                         TextOf(a), TextOf(b)});
  }
  template <class Text>
  void AddTo(Group group, Feature feature, Level level, double weight, const Text& a,
             const Text& b) {
    if (weight <= 0) return Add(feature, level, weight, a, b);
    const double counted = weight > best[group] ? weight - best[group] * kRepeatedEvidence
                                                : weight * kRepeatedEvidence;
    best[group] = std::max(best[group], weight);
    Add(feature, level, counted, a, b);
  }

  double total = 0;
  double best[kGroups] = {0, 0};
  std::vector<Evidence>* evidence = nullptr;
};

Scorer::Scorer(const mappings::MatchingConfig& config, const KeyIndex& index)
    : prior_(config.prior), index_(index) {
  for (size_t feature = 0; feature < kFeatures; ++feature) {
    const auto levels = config.weights.find(std::string(ToString(static_cast<Feature>(feature))));
    if (levels == config.weights.end()) continue;
    for (size_t level = 0; level < kLevels; ++level) {
      const auto weight = levels->second.find(std::string(ToString(static_cast<Level>(level))));
      if (weight != levels->second.end()) weights_[feature][level] = weight->second;
    }
  }
}

double Scorer::Score(const Comparand& a, const Comparand& b) const {
  Sum sum;
  Compare(a, b, sum);
  return sum.total;
}

PairScore Scorer::Explain(const Comparand& a, const Comparand& b) const {
  PairScore score;
  Sum sum;
  sum.evidence = &score.evidence;
  Compare(a, b, sum);
  score.score = sum.total;
  return score;
}

void Scorer::Compare(const Comparand& first, const Comparand& second, Sum& sum) const {
  // One order of the two, so that rounding cannot make the score depend on who asks.
  const bool ordered = *first.ref < *second.ref;
  const Comparand& a = ordered ? first : second;
  const Comparand& b = ordered ? second : first;
  sum.total = prior_;
  const Relation relation = CompareNames(a, b, sum);
  CompareTaxIds(*a.profile, *b.profile, relation, sum);
  CompareValues(Feature::kDomain, *a.profile, *b.profile, relation, sum);
  CompareValues(Feature::kEmail, *a.profile, *b.profile, relation, sum);
  CompareStreets(*a.profile, *b.profile, relation, sum);
  CompareValues(Feature::kPhone, *a.profile, *b.profile, relation, sum);
  ComparePlaces(Feature::kPostcode, *a.profile, *b.profile, relation, sum);
  ComparePlaces(Feature::kCity, *a.profile, *b.profile, relation, sum);
  ComparePlaces(Feature::kCountry, *a.profile, *b.profile, relation, sum);
  CompareReferences(*a.profile, *b.profile, sum);
}

double Scorer::WordWeight(KeyId word) const {
  return std::max(0.5, kRarestWord - static_cast<double>(index_.FactsOf(word).band));
}

Scorer::NameAgreement Scorer::Agree(const NameForm& a, const NameForm& b) const {
  NameAgreement agreement;
  double both = 0;
  double weight_a = 0;
  double weight_b = 0;
  size_t twins = 0;
  std::bitset<kMostWords> is_twin;
  for (size_t i = 0; i < a.words.size(); ++i) {
    const double weight = WordWeight(a.word_keys[i]);
    weight_a += weight;
    bool has_twin = false;
    for (size_t j = 0; j < b.words.size(); ++j) {
      const bool alike = a.word_keys[i] == b.word_keys[j] ||
                         AreAlike(a.words[i], a.letters[i], b.words[j], b.letters[j], kAlikeWords);
      if (!alike) continue;
      has_twin = is_twin[j] = true;
    }
    if (!has_twin) continue;
    ++twins;
    both += weight;
    agreement.rarest = std::max(agreement.rarest, weight);
  }
  for (const KeyId word : b.word_keys) weight_b += WordWeight(word);
  agreement.share = both / std::max({weight_a, weight_b, 0.001});
  agreement.contained = both / std::max(std::min(weight_a, weight_b), 0.001);
  agreement.one_name =
      twins == a.words.size() && a.numbers == b.numbers && is_twin.count() == b.words.size();
  return agreement;
}

Level Scorer::NameLevel(const NameForm& a, const NameForm& b, const NameAgreement& agreement) {
  if (a.key == b.key) return Level::kExact;
  if (a.words == b.words) return Level::kSameCore;
  if (agreement.one_name) return Level::kAlike;
  const Level weak = agreement.share >= kWeakNames ? Level::kWeak : Level::kDifferent;
  // "Fund 2" and "Fund 3", "Store 12" and "Store 14" are siblings.
  if (a.numbers != b.numbers) return weak;
  if (agreement.share >= kSimilarNames ||
      AreAlike(a.key, a.key_letters, b.key, b.key_letters, kAlikeKeys)) {
    return Level::kSimilar;
  }
  if (agreement.contained >= 0.95 && agreement.rarest >= kTellingWord) return Level::kContained;
  return weak;
}

Scorer::Relation Scorer::CompareNames(const Comparand& first, const Comparand& second,
                                      Sum& sum) const {
  const Profile& a = *first.profile;
  const Profile& b = *second.profile;
  Relation relation;
  relation.same_tree = first.root == second.root;
  if (a.names.empty() || b.names.empty()) return relation;
  double best = -100;
  Level best_level = Level::kDifferent;
  const NameForm* best_a = &a.names[0];
  const NameForm* best_b = &b.names[0];
  for (const NameForm& x : a.names) {
    for (const NameForm& y : b.names) {
      const NameAgreement agreement = Agree(x, y);
      const Level level = NameLevel(x, y, agreement);
      double weight = WeightOf(Feature::kName, level);
      // A name of common words says less, also where it agrees to the letter.
      if (weight > 0) weight *= std::min(1.0, 0.4 + 0.1 * agreement.rarest);
      if (weight <= best) continue;
      best = weight;
      best_level = level;
      best_a = &x;
      best_b = &y;
      relation.one_name = agreement.one_name;
    }
  }
  sum.Add(Feature::kName, best_level, best, best_a->key, best_b->key);
  relation.names_agree = best > 0 && best_level != Level::kWeak;
  return relation;
}

double Scorer::Agreement(double weight, KeyId key, const Relation& relation) const {
  // A street without a number has no key; nothing is known of who else has it.
  const KeyFacts facts = key == kNoKey ? KeyFacts() : index_.FactsOf(key);
  if (facts.generic) return 0;
  const double counted = std::max(0.0, weight - std::max(0, facts.band - 1));
  // What siblings share says nothing about two of them; only a record entered twice has its twin's
  // name as well.
  if (relation.same_tree) {
    if (!relation.one_name) return 0;
    return facts.in_tree ? counted * kRepeatedEvidence : counted;
  }
  // What a whole tree shares tells its members apart from others, not from each other.
  return facts.in_tree && !relation.names_agree ? 0 : counted;
}

// Values that are keys: domain, e-mail, phone.
void Scorer::CompareValues(Feature feature, const Profile& a, const Profile& b,
                           const Relation& relation, Sum& sum) const {
  const Values x = a.of(feature);
  const Values y = b.of(feature);
  if (x.empty() || y.empty()) return;
  const auto group = feature == Feature::kPhone ? Sum::kSite : Sum::kWeb;
  const FeatureValue* shared = FindShared(x, y, &FeatureValue::key);
  if (shared == nullptr) {
    return sum.Add(feature, Level::kDifferent, WeightOf(feature, Level::kDifferent), x, y);
  }
  sum.AddTo(group, feature, Level::kSame,
            Agreement(WeightOf(feature, Level::kSame), shared->key, relation), shared->text,
            shared->text);
}

// Values that many share: postcode, city, country.
void Scorer::ComparePlaces(Feature feature, const Profile& a, const Profile& b,
                           const Relation& relation, Sum& sum) const {
  const Values x = a.of(feature);
  const Values y = b.of(feature);
  if (x.empty() || y.empty()) return;
  const FeatureValue* shared = FindShared(x, y, &FeatureValue::text);
  if (shared == nullptr) {
    return sum.Add(feature, Level::kDifferent, WeightOf(feature, Level::kDifferent), x, y);
  }
  const bool counts = !relation.same_tree || relation.one_name;
  sum.AddTo(Sum::kSite, feature, Level::kSame, counts ? WeightOf(feature, Level::kSame) : 0,
            shared->text, shared->text);
}

void Scorer::CompareTaxIds(const Profile& a, const Profile& b, const Relation& relation,
                           Sum& sum) const {
  const Values x = a.of(Feature::kTaxId);
  const Values y = b.of(Feature::kTaxId);
  if (x.empty() || y.empty()) return;
  for (const FeatureValue& one : x) {
    for (const FeatureValue& other : y) {
      if (!mappings::MayBeOneTaxId(one.text, other.text)) continue;
      const KeyId key = one.text == other.text ? one.key : one.bare_key;
      return sum.Add(Feature::kTaxId, Level::kSame,
                     Agreement(WeightOf(Feature::kTaxId, Level::kSame), key, relation), one.text,
                     other.text);
    }
  }
  if (!OneScheme(x[0].text, y[0].text)) return;
  sum.Add(Feature::kTaxId, Level::kDifferent, WeightOf(Feature::kTaxId, Level::kDifferent), x, y);
}

void Scorer::CompareStreets(const Profile& a, const Profile& b, const Relation& relation,
                            Sum& sum) const {
  if (a.streets.empty() || b.streets.empty()) return;
  const StreetForm& x = a.streets[0];
  const StreetForm& y = b.streets[0];
  Level level = Level::kDifferent;
  if (x.number == y.number && x.key == y.key) {
    level = Level::kSame;
  } else if ((x.number == y.number || x.number.empty() || y.number.empty()) &&
             JaroWinkler(x.key, y.key) >= kAlikeWords) {
    level = Level::kSimilar;
  }
  double weight = WeightOf(Feature::kStreet, level);
  if (level != Level::kDifferent) weight = Agreement(weight, x.site, relation);
  sum.AddTo(Sum::kSite, Feature::kStreet, level, weight, x, y);
}

void Scorer::CompareReferences(const Profile& a, const Profile& b, Sum& sum) const {
  const Values x = a.of(Feature::kReference);
  const Values y = b.of(Feature::kReference);
  const auto names = [](Values references, KeyId record) {
    return std::any_of(references.begin(), references.end(),
                       [&](const FeatureValue& reference) { return reference.key == record; });
  };
  double weight = WeightOf(Feature::kReference, Level::kSame);
  if (!names(x, b.self) && !names(y, a.self)) {
    const FeatureValue* shared = FindShared(x, y, &FeatureValue::key);
    if (shared == nullptr) return;
    weight = Agreement(weight, shared->key, {false, true, true});
  }
  sum.Add(Feature::kReference, Level::kSame, weight, x, y);
}

}  // namespace trueup::pipeline
