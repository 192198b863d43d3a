#pragma once

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
  void Compare(const Comparand& a, const Comparand& b, Sum& sum) const;
  // How much of two names agrees, by the rarity of their words.
  struct NameAgreement {
    double share = 0;      // of the heavier name's weight
    double contained = 0;  // of the lighter name's
    double rarest = 0;     // weight of the rarest word that both have
  };
  NameAgreement Agree(const NameForm& a, const NameForm& b) const;
  static const char* NameLevel(const NameForm& a, const NameForm& b,
                               const NameAgreement& agreement);
  // What names and trees of two records say about the worth of everything else that they share.
  struct Relation {
    bool same_tree = false;
    bool names_agree = false;  // at least in part
    bool one_name = false;     // but for typing errors: every word of each is in the other
  };
  Relation CompareNames(const Comparand& a, const Comparand& b, Sum& sum) const;
  double WordWeight(const std::string& word) const;
  void CompareValues(Feature feature, const Profile& a, const Profile& b, const Relation& relation,
                     Sum& sum) const;
  void CompareTaxIds(const std::vector<std::string>& a, const std::vector<std::string>& b,
                     const Relation& relation, Sum& sum) const;
  void CompareStreets(const Profile& a, const Profile& b, const Relation& relation, Sum& sum) const;
  void CompareReferences(const Comparand& a, const Comparand& b, Sum& sum) const;
  double WeightOf(Feature feature, const char* level) const;
  // A weight for agreement after what the key's population takes off it.
  double Agreement(double weight, const std::string& key, const Relation& relation) const;

  const mappings::MatchingConfig& config_;
  const KeyIndex& index_;
};

}  // namespace trueup::pipeline
