// After any history of changes, however it is cut into batches, the resolver must stand where one
// stands that loaded the final features and decisions at once; and what it reported on the way must
// add up to the same.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "pipeline/matching/resolver.h"

namespace trueup::pipeline {
namespace {

using mappings::Catalog;

// The default mappings, with caps so low that a few dozen records reach them.
std::shared_ptr<const Catalog> SmallCaps() {
  const TemporaryFolder temporary;
  const std::filesystem::path folder = temporary / "mappings";
  std::filesystem::copy(TRUEUP_SOURCE_DIR "/mappings/default", folder);
  std::ifstream in(folder / "matching.yaml");
  std::ostringstream text;
  for (std::string line; std::getline(in, line);) {
    const bool caps = line.starts_with("generic:");
    text << (caps ? "generic: {name: 6, domain: 3, email: 3, phone: 3, tax_id: 3, street: 3, "
                    "reference: 3}"
                  : line)
         << '\n';
  }
  in.close();
  std::ofstream(folder / "matching.yaml") << text.str();
  Problems problems;
  return Catalog::Load(folder.string(), problems);
}

using Pair = std::pair<Ref, Ref>;

struct World {
  std::map<Ref, MemberFeatures> members;
  std::map<Pair, PairDecision> decisions;
};

// Invents records that resemble each other, links among them, and decisions on them.
class Inventor {
 public:
  Inventor(const Catalog& catalog, uint32_t seed) : config_(catalog.matching()), random_(seed) {}

  size_t Below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }
  bool OneIn(size_t count) { return Below(count) == 0; }

  ResolveInput Next() {
    const Ref ref = AnyRef();
    if (OneIn(6)) {
      const auto verdict = static_cast<PairDecision::Verdict>(Below(3));
      return {ref, std::nullopt, PairDecision{ref, AnyOther(ref), verdict}};
    }
    if (OneIn(10)) return {ref, std::nullopt, std::nullopt};
    return {ref, Features(ref), std::nullopt};
  }

  template <class T>
  void Shuffle(std::vector<T>& items) {
    std::shuffle(items.begin(), items.end(), random_);
  }

 private:
  Ref AnyRef() {
    static const std::vector<std::pair<std::string, std::string>> kObjects = {
        {"salesforce", "Account"}, {"netsuite", "customer"}, {"sky", "accounts"}};
    const auto& [system, object] = kObjects[Below(kObjects.size())];
    return Ref(system, object, std::to_string(Below(9)));
  }
  Ref AnyOther(const Ref& ref) {
    Ref other = AnyRef();
    while (other == ref) other = AnyRef();
    return other;
  }
  Ref SameSystem(const Ref& ref) {
    return Ref(ref.system(), ref.object(), std::to_string(Below(9)));
  }

  MemberFeatures Features(const Ref& ref) {
    MemberFeatures features;
    features.ref = ref;
    if (!OneIn(4)) features.created = FromMicros(static_cast<int64_t>(Below(5)) * 1000);
    features.ghost = OneIn(5);
    if (features.ghost && OneIn(2)) features.merged_into = SameSystem(ref);
    if (OneIn(3)) features.parent = SameSystem(ref);
    Add("name",
        {"Acme GmbH", "Acme", "Acme Berlin GmbH", "Baltic Shipping Ltd", "Baltic Shiping",
         "Baltic Store 12", "Baltic Store 14", "Kranich Werke", "Acme Kranich Holding"},
        features);
    if (OneIn(2)) Add("domain", {"acme.com", "baltic.io", "kranich.de"}, features);
    if (OneIn(2)) Add("phone", {"+49301234567", "+49307654321", "+15550100200"}, features);
    if (OneIn(3)) Add("tax_id", {"DE136695976", "DE129274202", "ATU13585627"}, features);
    if (OneIn(2))
      Add("street", {"Hauptstr. 12", "Hauptstrasse 12", "Hafenweg 3", "Hafenweg 5"}, features);
    if (OneIn(2)) Add("postcode", {"10115", "20457"}, features);
    if (OneIn(3)) Add("email", {"info@acme.com", "ap@baltic.io"}, features);
    if (OneIn(6)) Add("reference", {AnyOther(ref).text()}, features);
    return features;
  }
  void Add(const std::string& feature, const std::vector<std::string>& pool,
           MemberFeatures& features) {
    features.values.emplace_back(config_.features.at(feature).front(), pool[Below(pool.size())]);
  }

  const mappings::MatchingConfig& config_;
  std::mt19937 random_;
};

void Remember(const ResolveInput& input, World& world) {
  if (input.decision) {
    const PairDecision& decision = *input.decision;
    const Pair pair = std::minmax(decision.a, decision.b);
    if (decision.verdict == PairDecision::Verdict::kNone) {
      world.decisions.erase(pair);
    } else {
      world.decisions[pair] = decision;
    }
  } else if (input.features) {
    world.members[input.ref] = *input.features;
  } else {
    world.members.erase(input.ref);
  }
}

std::string TextOf(const Roster& roster) {
  std::ostringstream text;
  text << roster.account << " founder " << roster.founder.text() << " members";
  for (const Ref& ref : roster.members) text << ' ' << ref.text();
  text << " ghosts";
  for (const Ref& ref : roster.ghosts) text << ' ' << ref.text();
  text << " parent " << roster.parent << " ancestors";
  for (const std::string& id : roster.ancestors) text << ' ' << id;
  text << " systems";
  for (const std::string& system : roster.ancestor_systems) text << ' ' << system;
  for (const auto& claim : roster.claims) {
    text << " claim " << claim.member.text() << "->" << claim.target.text() << '=' << claim.account;
  }
  text << (roster.cycle ? " cycle" : "");
  return text.str();
}

std::string TextOf(const Condition& condition) {
  std::ostringstream text;
  text << condition.id << ' ' << condition.account << ' ' << condition.value << ' '
       << condition.reason;
  for (const Ref& ref : condition.refs) text << ' ' << ref.text();
  return text.str();
}

// All that a resolver says, or that the outputs of its batches add up to, as sortable text by key.
using Picture = std::map<std::string, std::string>;

Picture PictureOf(const Resolver& resolver, const World& world) {
  Picture picture;
  for (const Roster& roster : resolver.Rosters()) picture[roster.account] = TextOf(roster);
  for (const Condition& condition : resolver.Conditions())
    picture[condition.id] = TextOf(condition);
  for (const auto& [ref, features] : world.members) {
    if (const auto account = resolver.AccountOf(ref)) picture[ref.text()] = *account;
  }
  return picture;
}

void Follow(const ResolveOutput& output, Picture& picture) {
  const auto put = [&](const std::string& key, bool present, const std::string& text) {
    if (present) {
      picture[key] = text;
    } else {
      picture.erase(key);
    }
  };
  for (const auto& membership : output.memberships) {
    put(membership.member.text(), !membership.account.empty(), membership.account);
  }
  for (const Roster& roster : output.rosters) {
    put(roster.account, !roster.members.empty(), TextOf(roster));
  }
  for (const std::string& id : output.withdrawn) put(id, false, "");
  for (const Condition& condition : output.conditions) put(condition.id, true, TextOf(condition));
}

Picture Loaded(const std::shared_ptr<const Catalog>& catalog, const World& world,
               Inventor& inventor) {
  std::vector<ResolveInput> inputs;
  for (const auto& [ref, features] : world.members) inputs.push_back({ref, features, std::nullopt});
  for (const auto& [pair, decision] : world.decisions) {
    inputs.push_back({decision.a, std::nullopt, decision});
  }
  inventor.Shuffle(inputs);
  Resolver resolver(catalog, 2);
  resolver.Load(std::move(inputs));
  return PictureOf(resolver, world);
}

void CheckHistory(const std::shared_ptr<const Catalog>& catalog, uint32_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Inventor inventor(*catalog, seed);
  World world;
  Picture followed;
  Resolver resolver(catalog, 2);
  for (int step = 0; step < 40; ++step) {
    std::vector<ResolveInput> batch;
    for (size_t left = 1 + inventor.Below(inventor.OneIn(4) ? 25 : 3); left > 0; --left) {
      batch.push_back(inventor.Next());
      Remember(batch.back(), world);
    }
    Follow(resolver.Apply(batch), followed);
    const Picture now = PictureOf(resolver, world);
    ASSERT_EQ(now, Loaded(catalog, world, inventor)) << "step " << step;
    ASSERT_EQ(now, followed) << "what the batches reported, step " << step;
  }
}

TEST(ResolverProperty, AnyHistoryEndsWhereLoadingItsEndDoes) {
  const auto catalog = SmallCaps();
  ASSERT_TRUE(catalog);
  for (uint32_t seed = 1; seed <= 60 && !testing::Test::HasFatalFailure(); ++seed) {
    CheckHistory(catalog, seed);
  }
}

// Every live record is in exactly one account, and nobody shares one with whom a person or its
// parent says no.
TEST(ResolverProperty, NoAccountBreaksARule) {
  const auto catalog = SmallCaps();
  ASSERT_TRUE(catalog);
  for (uint32_t seed = 1000; seed < 1100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Inventor inventor(*catalog, seed);
    World world;
    Resolver resolver(catalog, 1);
    std::vector<ResolveInput> batch;
    for (int i = 0; i < 50; ++i) {
      batch.push_back(inventor.Next());
      Remember(batch.back(), world);
    }
    resolver.Apply(batch);
    std::map<Ref, std::string> accounts;
    for (const Roster& roster : resolver.Rosters()) {
      for (const Ref& member : roster.members) {
        ASSERT_TRUE(accounts.emplace(member, roster.account).second) << member.text();
      }
    }
    for (const auto& [ref, features] : world.members) {
      ASSERT_EQ(accounts.contains(ref), !features.ghost) << ref.text();
      if (features.ghost || features.parent.empty() || features.parent == ref) continue;
      const auto parent = accounts.find(features.parent);
      if (parent != accounts.end()) {
        EXPECT_NE(parent->second, accounts[ref]) << ref.text();
      }
    }
    for (const auto& [pair, decision] : world.decisions) {
      if (decision.verdict != PairDecision::Verdict::kDifferent) continue;
      if (!accounts.contains(pair.first) || !accounts.contains(pair.second)) continue;
      EXPECT_NE(accounts[pair.first], accounts[pair.second]);
    }
  }
}

}  // namespace
}  // namespace trueup::pipeline
