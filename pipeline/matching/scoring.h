#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "mappings/matching_config.h"
#include "pipeline/matching/key_index.h"
#include "pipeline/matching/profile.h"
#include "pipeline/matching/resolver.h"

namespace trueup::pipeline {

// One side of a comparison.
struct Comparand {
  const Ref* ref = nullptr;
  const Profile* profile = nullptr;
  uint32_t root = 0;  // of its tree
};

// How far two values agree; the first six are for names, best first.
enum class Level : uint8_t {
  kExact,
  kSameCore,   // but for the legal form
  kAlike,      // every word of each is in the other, but for typing errors
  kSimilar,    // most words, weighed by rarity
  kContained,  // all words of the shorter, a telling one among them
  kWeak,
  kSame,
  kDifferent,
};
inline constexpr size_t kLevels = 8;
std::string_view ToString(Level level);

// Scores pairs after Fellegi and Sunter (1969): the prior plus a weight per feature for the level
// of agreement it reaches. What is missing on one side weighs nothing. A weight for agreement
// shrinks with the number of distinct names that share the value; a generic value weighs nothing.
// What comes from one source of agreement (an address and its phone; a domain and mail at it) is
// not several proofs: the best counts in full, the others by half. Symmetric, pure, safe from any
// thread.
class Scorer {
 public:
  Scorer(const mappings::MatchingConfig& config, const KeyIndex& index);

  double Score(const Comparand& a, const Comparand& b) const;
  PairScore Explain(const Comparand& a, const Comparand& b) const;

 private:
  struct Sum;
  // What names and trees of two records say about the worth of everything else that they share.
  struct Relation {
    bool same_tree = false;
    bool names_agree = false;  // at least in part
    bool one_name = false;     // but for typing errors
  };
  // How much of two names agrees, by the rarity of their words.
  struct NameAgreement {
    double share = 0;       // of the heavier name's weight
    double contained = 0;   // of the lighter name's
    double rarest = 0;      // weight of the rarest word that both have
    bool one_name = false;  // every word of each is in the other
  };

  void Compare(const Comparand& a, const Comparand& b, Sum& sum) const;
  Relation CompareNames(const Comparand& a, const Comparand& b, Sum& sum) const;
  NameAgreement Agree(const NameForm& a, const NameForm& b) const;
  static Level NameLevel(const NameForm& a, const NameForm& b, const NameAgreement& agreement);
  void CompareValues(Feature feature, const Profile& a, const Profile& b, const Relation& relation,
                     Sum& sum) const;
  void ComparePlaces(Feature feature, const Profile& a, const Profile& b, const Relation& relation,
                     Sum& sum) const;
  void CompareTaxIds(const Profile& a, const Profile& b, const Relation& relation, Sum& sum) const;
  void CompareStreets(const Profile& a, const Profile& b, const Relation& relation, Sum& sum) const;
  void CompareReferences(const Profile& a, const Profile& b, Sum& sum) const;

  double WeightOf(Feature feature, Level level) const {
    return weights_[static_cast<size_t>(feature)][static_cast<size_t>(level)];
  }
  double WordWeight(KeyId word) const;
  // A weight for agreement after what the key's population takes off it.
  double Agreement(double weight, KeyId key, const Relation& relation) const;

  const double prior_;
  const KeyIndex& index_;
  std::array<std::array<double, kLevels>, kFeatures> weights_{};
};

}  // namespace trueup::pipeline
