#include "mappings/catalog.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/hash.h"
#include "base/yaml.h"
#include "mappings/glossary_loader.h"
#include "mappings/lifecycle_loader.h"
#include "mappings/mapping_loader.h"
#include "mappings/matching_loader.h"

namespace trueup::mappings {
namespace {

// Raise it when the same files would map a record differently: a type that reads more, a table that
// grew.
constexpr std::string_view kCodeVersion = "1";

constexpr std::string_view kGlossary = "glossary.yaml";
constexpr std::string_view kLifecycle = "lifecycle.yaml";
constexpr std::string_view kMatching = "matching.yaml";
constexpr std::string_view kTestEnding = "_test.yaml";

// The names of the folder's mapping files, sorted.
std::vector<std::string> MappingFiles(const std::string& folder, Problems& problems) {
  std::vector<std::string> names;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    const std::string name = entry.path().filename().string();
    const bool is_mapping = name.ends_with(".yaml") && !name.ends_with(kTestEnding) &&
                            !name.starts_with('.') && name != kGlossary && name != kLifecycle &&
                            name != kMatching;
    if (is_mapping) names.push_back(name);
  }
  if (failure)
    problems.Add({folder, 0, 0}, "cannot read the mappings folder: " + failure.message());
  std::sort(names.begin(), names.end());
  return names;
}

// What a node says, without where and how it is written.
void AppendCanonical(const YamlNode& node, std::string& out) {
  out.push_back(static_cast<char>('0' + static_cast<int>(node.kind)));
  out += std::to_string(node.text.size()) + ":" + node.text;
  out += std::to_string(node.items.size()) + "," + std::to_string(node.members.size()) + ";";
  for (const YamlNode& item : node.items) AppendCanonical(item, out);
  for (const auto& [key, value] : node.members) {
    AppendCanonical(key, out);
    AppendCanonical(value, out);
  }
}

bool HasAccount(const Glossary& glossary) {
  return std::any_of(glossary.entities.begin(), glossary.entities.end(),
                     [](const Entity& entity) { return entity.role == EntityRole::kAccount; });
}

void CheckSystems(const std::vector<SystemMapping>& mappings, const YamlNode& glossary_root,
                  Problems& problems) {
  std::vector<std::string> names;
  for (const SystemMapping& mapping : mappings) {
    if (std::find(names.begin(), names.end(), mapping.system) != names.end()) {
      problems.Add(mapping.place,
                   "a second mapping file for the system \"" + mapping.system + "\"");
    }
    names.push_back(mapping.system);
  }
  for (const YamlNode& system : SystemsNamedBy(glossary_root)) {
    if (std::find(names.begin(), names.end(), system.text) != names.end()) continue;
    problems.Add(system.place, "no mapping file has the system \"" + system.text + "\"",
                 DidYouMean(system.text, names));
  }
}

// The "system/object" in front of a ref's id.
std::string_view ObjectKey(const Ref& ref) {
  return std::string_view(ref.text()).substr(0, ref.system().size() + 1 + ref.object().size());
}

}  // namespace

struct Catalog::Parts {
  Glossary glossary;
  Lifecycle lifecycle;
  MatchingConfig matching;
  std::string version;
  std::map<std::string, SystemMapping> systems;
  std::unordered_map<std::string_view, const MappingPlan*> plans;  // by "system/object"
  std::vector<std::string> plan_keys;                              // what the views look at

  const MappingPlan* Find(std::string_view key) const {
    const auto plan = plans.find(key);
    return plan == plans.end() ? nullptr : plan->second;
  }

  void IndexPlans() {
    for (const auto& [system, mapping] : systems) {
      for (const auto& [object, plan] : mapping.plans) plan_keys.push_back(system + "/" + object);
    }
    auto key = plan_keys.begin();
    for (const auto& [system, mapping] : systems) {
      for (const auto& [object, plan] : mapping.plans) plans.emplace(*key++, &plan);
    }
  }
};

Catalog::Catalog(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Catalog::~Catalog() = default;

std::shared_ptr<const Catalog> Catalog::Load(const std::string& folder, Problems& problems) {
  if (!std::filesystem::is_directory(folder)) {
    problems.Add({folder, 0, 0}, "there is no such folder of mappings");
    return nullptr;
  }
  Problems found;
  std::string canonical(kCodeVersion);
  const auto load = [&](std::string_view name) {
    YamlNode root = LoadYaml(folder + "/" + std::string(name), found);
    AppendCanonical(root, canonical);
    return root;
  };
  auto parts = std::make_unique<Parts>();
  const YamlNode glossary_root = load(kGlossary);
  const YamlNode lifecycle_root = load(kLifecycle);
  const YamlNode matching_root = load(kMatching);
  std::vector<SystemMapping> mappings;
  if (glossary_root.exists()) parts->glossary = LoadGlossary(glossary_root, found);
  for (const std::string& name : MappingFiles(folder, found)) {
    const YamlNode root = load(name);
    if (root.exists() && glossary_root.exists())
      mappings.push_back(LoadMapping(root, parts->glossary, found));
  }
  if (HasAccount(parts->glossary)) {
    CheckSystems(mappings, glossary_root, found);
    CheckPromises(mappings, parts->glossary, found);
    std::vector<std::string> systems;
    for (const SystemMapping& mapping : mappings) systems.push_back(mapping.system);
    if (lifecycle_root.exists())
      parts->lifecycle = LoadLifecycle(lifecycle_root, parts->glossary, systems, found);
    if (matching_root.exists())
      parts->matching = LoadMatching(matching_root, parts->glossary, found);
  }
  for (const Problem& problem : found.list())
    problems.Add(problem.place, problem.message, problem.hint);
  if (!found.empty()) return nullptr;
  for (SystemMapping& mapping : mappings)
    parts->systems.emplace(mapping.system, std::move(mapping));
  parts->IndexPlans();
  parts->version = HashBytes(canonical).ToHex();
  return std::shared_ptr<const Catalog>(new Catalog(std::move(parts)));
}

const Glossary& Catalog::glossary() const { return parts_->glossary; }
const Lifecycle& Catalog::lifecycle() const { return parts_->lifecycle; }
const MatchingConfig& Catalog::matching() const { return parts_->matching; }
const std::string& Catalog::version() const { return parts_->version; }

std::vector<std::string> Catalog::systems() const {
  std::vector<std::string> names;
  for (const auto& [name, mapping] : parts_->systems) names.push_back(name);
  return names;
}

std::vector<std::string> Catalog::objects(std::string_view system) const {
  std::vector<std::string> names;
  const auto mapping = parts_->systems.find(std::string(system));
  if (mapping == parts_->systems.end()) return names;
  for (const auto& [name, plan] : mapping->second.plans) names.push_back(name);
  return names;
}

std::optional<uint16_t> Catalog::EntityOf(std::string_view system, std::string_view object) const {
  const MappingPlan* plan = parts_->Find(std::string(system) + "/" + std::string(object));
  return plan == nullptr ? std::nullopt : std::optional<uint16_t>(plan->entity());
}

bool Catalog::Holds(std::string_view system, uint16_t entity) const {
  const auto mapping = parts_->systems.find(std::string(system));
  if (mapping == parts_->systems.end()) return false;
  const auto& plans = mapping->second.plans;
  return std::any_of(plans.begin(), plans.end(),
                     [entity](const auto& named) { return named.second.entity() == entity; });
}

std::optional<MappedRow> Catalog::Map(const ChangeEvent& event, std::string& quarantine) const {
  const MappingPlan* plan = parts_->Find(ObjectKey(event.ref));
  if (plan == nullptr) {
    quarantine = "no mapping for " + std::string(ObjectKey(event.ref));
    return std::nullopt;
  }
  return plan->Run(event, quarantine);
}

std::optional<TermSource> Catalog::SourceOf(std::string_view system, std::string_view object,
                                            uint16_t term) const {
  const MappingPlan* plan = parts_->Find(std::string(system) + "/" + std::string(object));
  const TermPlan* source = plan == nullptr ? nullptr : plan->Find(term);
  if (source == nullptr) return std::nullopt;
  return TermSource{source->field, source->place};
}

std::vector<std::string> Catalog::FieldsOf(std::string_view system, std::string_view object) const {
  const MappingPlan* plan = parts_->Find(std::string(system) + "/" + std::string(object));
  return plan == nullptr ? std::vector<std::string>() : plan->fields();
}

}  // namespace trueup::mappings
