#include "mappings/matching_loader.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "mappings/section.h"
#include "mappings/text.h"

namespace trueup::mappings {
namespace {

struct Feature {
  std::string_view name;
  std::vector<std::string> levels;  // outcomes of its comparison, best first
};

// What pipeline/matching compares, and how each comparison can end.
const std::vector<Feature>& Features() {
  static const std::vector<Feature> features = {
      {"name", {"exact", "same_core", "alike", "similar", "contained", "weak", "different"}},
      {"domain", {"same", "different"}},
      {"email", {"same", "different"}},
      {"phone", {"same", "different"}},
      {"tax_id", {"same", "different"}},
      {"street", {"same", "similar", "different"}},
      {"city", {"same", "different"}},
      {"postcode", {"same", "different"}},
      {"country", {"same", "different"}},
      {"reference", {"same", "different"}}};
  return features;
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

class Loader {
 public:
  Loader(const Glossary& glossary, Problems& problems)
      : account_(glossary.account()), problems_(problems) {}

  MatchingConfig Load(const YamlNode& root) {
    Section section(root, "the matching config", problems_);
    config_.place = root.place;
    section.Required("features");
    for (const auto& [key, node] : section.Members("features")) ReadFeature(key, node);
    config_.prior = section.Number("prior").value_or(config_.prior);
    config_.match = section.Number("match").value_or(config_.match);
    config_.possible = section.Number("possible").value_or(config_.possible);
    if (config_.possible > config_.match) {
      problems_.Add(section.Node("possible").place, "\"possible\" must not lie above \"match\"");
    }
    section.Required("weights");
    for (const auto& [key, node] : section.Members("weights")) ReadWeights(key, node);
    for (const auto& [key, node] : section.Members("generic")) ReadGeneric(key, node);
    for (const auto& [key, node] : section.Members("placeholders")) {
      if (FindFeature(key) == nullptr) continue;
      for (const YamlNode& word : ReadWords(node, problems_)) {
        config_.placeholders[key.text].push_back(AsciiLower(word.text));
      }
    }
    for (const std::string& domain : section.Texts("free_mail")) {
      config_.free_mail.push_back(AsciiLower(domain));
    }
    return std::move(config_);
  }

 private:
  const Feature* FindFeature(const YamlNode& key) {
    std::vector<std::string> names;
    for (const Feature& feature : Features()) {
      if (feature.name == key.text) return &feature;
      names.emplace_back(feature.name);
    }
    problems_.Add(key.place, Quoted(key.text) + " is no match feature",
                  DidYouMean(key.text, names));
    return nullptr;
  }

  void ReadFeature(const YamlNode& key, const YamlNode& node) {
    if (FindFeature(key) == nullptr) return;
    std::vector<std::string> names;
    for (const Term& term : account_.terms) names.push_back(term.name);
    for (const YamlNode& word : ReadWords(node, problems_)) {
      if (const Term* term = account_.Find(word.text)) {
        config_.features[key.text].push_back(term->index);
      } else {
        problems_.Add(word.place,
                      "entity " + Quoted(account_.name) + " has no term " + Quoted(word.text),
                      DidYouMean(word.text, names));
      }
    }
  }

  void ReadWeights(const YamlNode& key, const YamlNode& node) {
    const Feature* feature = FindFeature(key);
    if (feature == nullptr) return;
    Section levels(node, "the weights of " + Quoted(key.text), problems_);
    for (const std::string& level : feature->levels) {
      if (const auto weight = levels.Number(level)) config_.weights[key.text][level] = *weight;
    }
  }

  void ReadGeneric(const YamlNode& key, const YamlNode& node) {
    if (FindFeature(key) == nullptr) return;
    constexpr size_t kMostDigits = 9;
    if (!node.is_scalar() || !IsDigits(node.text) || node.text.size() > kMostDigits ||
        node.text == "0") {
      problems_.Add(node.place, "must be a whole number from 1 on");
      return;
    }
    config_.generic[key.text] = static_cast<uint32_t>(std::atol(node.text.c_str()));
  }

  const Entity& account_;
  Problems& problems_;
  MatchingConfig config_;
};

}  // namespace

MatchingConfig LoadMatching(const YamlNode& root, const Glossary& glossary, Problems& problems) {
  return Loader(glossary, problems).Load(root);
}

}  // namespace trueup::mappings
