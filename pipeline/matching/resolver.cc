#include "pipeline/matching/resolver.h"

#include <algorithm>
#include <utility>

#include "pipeline/matching/engine.h"

namespace trueup::pipeline {

Engine::Engine(std::shared_ptr<const mappings::Catalog> made_from, int worker_threads)
    : catalog(std::move(made_from)),
      config(catalog->matching()),
      threads(worker_threads),
      profiler(config),
      index(config),
      scorer(config, index) {}

ResolveOutput Engine::Apply(std::vector<ResolveInput> inputs, bool report) {
  Batch batch;
  ResolveOutput output;
  Take(std::move(inputs), batch);
  Relink(batch);
  Recluster(batch);
  Retarget(batch);
  NameAccounts(batch);
  const std::set<ClusterId> placed = WithDescendants(batch);
  PlaceInTree(placed, batch);
  std::set<MemberId> concerned = batch.touched;
  for (const ClusterId id : batch.dirty) {
    concerned.insert(clusters[id].members.begin(), clusters[id].members.end());
  }
  FindPossible(concerned, batch);
  if (report) {
    ReportPossible(batch, output);
    Report(batch, placed, output);
  }
  return output;
}

std::map<KeyId, std::string> Engine::KeyTexts(MemberId id) const {
  std::map<KeyId, std::string> texts;
  Profile profile = members[id].profile;
  AssignKeys(profile, members.ref(id), [&](Feature, const std::string& text) {
    const KeyId key = index.Find(text);
    texts[key] = text;
    return key;
  });
  return texts;
}

struct Resolver::State {
  State(std::shared_ptr<const mappings::Catalog> catalog, int threads)
      : engine(std::move(catalog), threads) {}
  Engine engine;
};

Resolver::Resolver(std::shared_ptr<const mappings::Catalog> catalog, int threads)
    : state_(std::make_unique<State>(std::move(catalog), threads)) {}

Resolver::~Resolver() = default;

ResolveOutput Resolver::Apply(std::vector<ResolveInput> inputs) {
  return state_->engine.Apply(std::move(inputs), true);
}

void Resolver::Load(std::vector<ResolveInput> inputs) {
  state_->engine.Apply(std::move(inputs), false);
}

std::optional<Roster> Resolver::RosterOf(const std::string& account) const {
  const auto cluster = state_->engine.accounts.find(account);
  if (cluster == state_->engine.accounts.end()) return std::nullopt;
  return state_->engine.clusters.at(cluster->second).roster;
}

std::optional<std::string> Resolver::AccountOf(const Ref& member) const {
  const auto id = state_->engine.members.Find(member);
  if (!id || state_->engine.members[*id].account.empty()) return std::nullopt;
  return state_->engine.members[*id].account;
}

std::vector<Roster> Resolver::Rosters() const {
  std::vector<Roster> rosters;
  for (const auto& [account, cluster] : state_->engine.accounts) {
    rosters.push_back(state_->engine.clusters.at(cluster).roster);
  }
  return rosters;
}

std::vector<Condition> Resolver::Conditions() const { return state_->engine.AllPossible(); }

std::optional<Resolver::Explanation> Resolver::Explain(const Ref& a, const Ref& b) const {
  const Engine& engine = state_->engine;
  const auto first = engine.members.Find(a);
  const auto second = engine.members.Find(b);
  if (!first || !second || !engine.members[*first].known || !engine.members[*second].known) {
    return std::nullopt;
  }
  Explanation explanation;
  explanation.score =
      engine.scorer.Explain(engine.ComparandOf(*first), engine.ComparandOf(*second));
  const auto& others = engine.members[*second].keys;
  for (const auto& [key, text] : engine.KeyTexts(*first)) {
    if (!std::binary_search(others.begin(), others.end(), key)) continue;
    if (!engine.index.FactsOf(key).retrieves) {
      explanation.notes.push_back("both have " + text + ", but too many do");
    } else {
      explanation.candidates = true;
    }
  }
  if (!explanation.candidates)
    explanation.notes.emplace_back("they share no key, so they are never compared");
  if (const auto decided = engine.DecisionOn(*first, *second)) {
    explanation.notes.emplace_back(*decided == PairDecision::Verdict::kSame
                                       ? "a person decided that they are the same"
                                       : "a person decided that they are different");
  }
  if (engine.Apart(*first, *second))
    explanation.notes.emplace_back("one is the other's parent, or they were set apart");
  const double score = explanation.score.score;
  explanation.verdict = score >= engine.config.match      ? "match"
                        : score >= engine.config.possible ? "possible"
                                                          : "no match";
  return explanation;
}

Resolver::Figures Resolver::figures() const {
  const Engine& engine = state_->engine;
  Figures figures;
  figures.members = engine.members.size();
  figures.keys = engine.index.keys();
  figures.generic_keys = engine.index.generic_keys();
  figures.pairs_scored = engine.pairs_scored;
  figures.links = engine.links / 2;
  return figures;
}

}  // namespace trueup::pipeline
