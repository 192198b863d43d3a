#include "pipeline/matching/scoring.h"

#include <algorithm>
#include <cmath>

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

bool Shares(const std::vector<std::string>& a, const std::vector<std::string>& b,
            const std::string** shared) {
  for (const std::string& value : a) {
    const auto found = std::find(b.begin(), b.end(), value);
    if (found == b.end()) continue;
    *shared = &*found;
    return true;
  }
  return false;
}

// Both lists have one tax id, as far as can be told; the form without the country where one of them
// lacks that.
bool SharesTaxId(const std::vector<std::string>& a, const std::vector<std::string>& b,
                 std::string_view* shared) {
  for (const std::string& x : a) {
    for (const std::string& y : b) {
      if (!mappings::MayBeOneTaxId(x, y)) continue;
      *shared = x.size() < y.size() ? x : y;
      return true;
    }
  }
  return false;
}

// The tax ids name one country, so that two different ones speak against a match.
bool OneScheme(std::string_view a, std::string_view b) {
  return mappings::TaxIdWithoutCountry(a) != a && mappings::TaxIdWithoutCountry(b) != b &&
         a.substr(0, 2) == b.substr(0, 2);
}

// Two words are one, if need be with a typing error.
bool AlikeWords(const std::string& a, const std::string& b) {
  return a == b || JaroWinkler(a, b) >= kAlikeWords;
}

// Every word of `a` has a twin in `b`.
bool Covers(const NameForm& a, const NameForm& b) {
  return std::all_of(a.words.begin(), a.words.end(), [&](const std::string& word) {
    return std::any_of(b.words.begin(), b.words.end(),
                       [&](const std::string& other) { return AlikeWords(word, other); });
  });
}

std::string JoinValues(const std::vector<std::string>& values) {
  std::string joined;
  for (const std::string& value : values) joined += (joined.empty() ? "" : ", ") + value;
  return joined;
}

// But for typing errors.
bool IsOneName(const NameForm& a, const NameForm& b) {
  return a.numbers == b.numbers && Covers(a, b) && Covers(b, a);
}

}  // namespace

// Gathers evidence; agreement of one source of evidence is kept back until all of it is known.
struct Scorer::Sum {
  enum Group { kSite, kWeb, kGroups };

  void Add(Feature feature, const char* level, double weight, std::string a, std::string b) {
    total += weight;
    Note(feature, level, weight, std::move(a), std::move(b));
  }
  void AddTo(Group group, Feature feature, const char* level, double weight, std::string a,
             std::string b) {
    if (weight <= 0) return Add(feature, level, weight, std::move(a), std::move(b));
    const double counted = weight > best[group] ? weight - best[group] * kRepeatedEvidence
                                                : weight * kRepeatedEvidence;
    best[group] = std::max(best[group], weight);
    Add(feature, level, counted, std::move(a), std::move(b));
  }
  void Note(Feature feature, const char* level, double weight, std::string a, std::string b) {
    if (evidence == nullptr) return;
    evidence->push_back(
        {std::string(ToString(feature)), level, weight, std::move(a), std::move(b)});
  }

  double total = 0;
  double best[kGroups] = {0, 0};
  std::vector<Evidence>* evidence = nullptr;
};

Scorer::Scorer(const mappings::MatchingConfig& config, const KeyIndex& index)
    : config_(config), index_(index) {}

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
  sum.total = config_.prior;
  const Relation relation = CompareNames(a, b, sum);
  CompareValues(Feature::kTaxId, *a.profile, *b.profile, relation, sum);
  CompareValues(Feature::kDomain, *a.profile, *b.profile, relation, sum);
  CompareValues(Feature::kEmail, *a.profile, *b.profile, relation, sum);
  CompareStreets(*a.profile, *b.profile, relation, sum);
  CompareValues(Feature::kPhone, *a.profile, *b.profile, relation, sum);
  CompareValues(Feature::kPostcode, *a.profile, *b.profile, relation, sum);
  CompareValues(Feature::kCity, *a.profile, *b.profile, relation, sum);
  CompareValues(Feature::kCountry, *a.profile, *b.profile, relation, sum);
  CompareReferences(a, b, sum);
}

double Scorer::WeightOf(Feature feature, const char* level) const {
  const auto levels = config_.weights.find(std::string(ToString(feature)));
  if (levels == config_.weights.end()) return 0;
  const auto weight = levels->second.find(level);
  return weight == levels->second.end() ? 0 : weight->second;
}

double Scorer::WordWeight(const std::string& word) const {
  const KeyFacts facts = index_.FactsOf(WordKey(word));
  return std::max(0.5, kRarestWord - static_cast<double>(facts.band));
}

Scorer::NameAgreement Scorer::Agree(const NameForm& a, const NameForm& b) const {
  NameAgreement agreement;
  double both = 0;
  double weight_a = 0;
  double weight_b = 0;
  for (const std::string& word : a.words) {
    const double weight = WordWeight(word);
    weight_a += weight;
    const bool has_twin =
        std::any_of(b.words.begin(), b.words.end(),
                    [&](const std::string& other) { return AlikeWords(word, other); });
    if (!has_twin) continue;
    both += weight;
    agreement.rarest = std::max(agreement.rarest, weight);
  }
  for (const std::string& word : b.words) weight_b += WordWeight(word);
  agreement.share = both / std::max({weight_a, weight_b, 0.001});
  agreement.contained = both / std::max(std::min(weight_a, weight_b), 0.001);
  return agreement;
}

const char* Scorer::NameLevel(const NameForm& a, const NameForm& b,
                              const NameAgreement& agreement) {
  if (a.key == b.key) return "exact";
  if (a.words == b.words) return "same_core";
  if (IsOneName(a, b)) return "alike";
  // "Fund 2" and "Fund 3", "Store 12" and "Store 14" are siblings.
  if (a.numbers != b.numbers) return agreement.share >= kWeakNames ? "weak" : "different";
  if (agreement.share >= kSimilarNames || JaroWinkler(a.key, b.key) >= kAlikeKeys) return "similar";
  if (agreement.contained >= 0.95 && agreement.rarest >= kTellingWord) return "contained";
  return agreement.share >= kWeakNames ? "weak" : "different";
}

Scorer::Relation Scorer::CompareNames(const Comparand& first, const Comparand& second,
                                      Sum& sum) const {
  const Profile& a = *first.profile;
  const Profile& b = *second.profile;
  Relation relation;
  relation.same_tree = first.root == second.root;
  if (a.names.empty() || b.names.empty()) return relation;
  double best = -100;
  const char* best_level = "different";
  const NameForm* best_a = &a.names[0];
  const NameForm* best_b = &b.names[0];
  for (const NameForm& x : a.names) {
    for (const NameForm& y : b.names) {
      const NameAgreement agreement = Agree(x, y);
      const char* level = NameLevel(x, y, agreement);
      double weight = WeightOf(Feature::kName, level);
      // A name of common words says less, also where it agrees to the letter.
      if (weight > 0) weight *= std::min(1.0, 0.4 + 0.1 * agreement.rarest);
      if (weight <= best) continue;
      best = weight;
      best_level = level;
      best_a = &x;
      best_b = &y;
    }
  }
  sum.Add(Feature::kName, best_level, best, best_a->key, best_b->key);
  relation.names_agree = best > 0 && best_level != std::string_view("weak");
  relation.one_name = IsOneName(*best_a, *best_b);
  return relation;
}

double Scorer::Agreement(double weight, const std::string& key, const Relation& relation) const {
  const KeyFacts facts = index_.FactsOf(key);
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

void Scorer::CompareValues(Feature feature, const Profile& a, const Profile& b,
                           const Relation& relation, Sum& sum) const {
  const auto& x = a.of(feature);
  const auto& y = b.of(feature);
  if (x.empty() || y.empty()) return;
  if (feature == Feature::kTaxId) return CompareTaxIds(x, y, relation, sum);
  const bool place =
      feature == Feature::kCity || feature == Feature::kPostcode || feature == Feature::kCountry;
  const auto group = place || feature == Feature::kPhone ? Sum::kSite : Sum::kWeb;
  const std::string* shared = nullptr;
  if (!Shares(x, y, &shared)) {
    return sum.Add(feature, "different", WeightOf(feature, "different"), JoinValues(x),
                   JoinValues(y));
  }
  double weight = WeightOf(feature, "same");
  if (!place) {
    weight = Agreement(weight, ValueKey(feature, *shared), relation);
  } else if (relation.same_tree && !relation.one_name) {
    weight = 0;
  }
  sum.AddTo(group, feature, "same", weight, *shared, *shared);
}

void Scorer::CompareTaxIds(const std::vector<std::string>& a, const std::vector<std::string>& b,
                           const Relation& relation, Sum& sum) const {
  std::string_view shared;
  if (SharesTaxId(a, b, &shared)) {
    const double weight =
        Agreement(WeightOf(Feature::kTaxId, "same"), ValueKey(Feature::kTaxId, shared), relation);
    sum.Add(Feature::kTaxId, "same", weight, std::string(shared), std::string(shared));
  } else if (OneScheme(a[0], b[0])) {
    sum.Add(Feature::kTaxId, "different", WeightOf(Feature::kTaxId, "different"), JoinValues(a),
            JoinValues(b));
  }
}

void Scorer::CompareStreets(const Profile& a, const Profile& b, const Relation& relation,
                            Sum& sum) const {
  if (a.streets.empty() || b.streets.empty()) return;
  const char* level = "different";
  double weight = WeightOf(Feature::kStreet, "different");
  const StreetForm& x = a.streets[0];
  const StreetForm& y = b.streets[0];
  if (x.number == y.number && x.key == y.key) {
    level = "same";
  } else if ((x.number == y.number || x.number.empty() || y.number.empty()) &&
             JaroWinkler(x.key, y.key) >= kAlikeWords) {
    level = "similar";
  }
  if (level != std::string_view("different")) {
    weight = Agreement(WeightOf(Feature::kStreet, level), SiteKey(x), relation);
  }
  sum.AddTo(Sum::kSite, Feature::kStreet, level, weight, x.number + " " + x.key,
            y.number + " " + y.key);
}

void Scorer::CompareReferences(const Comparand& a, const Comparand& b, Sum& sum) const {
  const auto& x = a.profile->of(Feature::kReference);
  const auto& y = b.profile->of(Feature::kReference);
  const auto names = [](const std::vector<std::string>& references, const Ref& ref) {
    return std::find(references.begin(), references.end(), ref.text()) != references.end();
  };
  const std::string* shared = nullptr;
  if (names(x, *b.ref) || names(y, *a.ref)) {
    sum.Add(Feature::kReference, "same", WeightOf(Feature::kReference, "same"), JoinValues(x),
            JoinValues(y));
  } else if (Shares(x, y, &shared)) {
    sum.Add(Feature::kReference, "same",
            Agreement(WeightOf(Feature::kReference, "same"), ValueKey(Feature::kReference, *shared),
                      {false, true, true}),
            *shared, *shared);
  }
}

}  // namespace trueup::pipeline
