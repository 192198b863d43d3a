#include "mappings/glossary_loader.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "mappings/section.h"
#include "mappings/text.h"

namespace trueup::mappings {
namespace {

constexpr std::pair<std::string_view, TermType> kTypes[] = {{"text", TermType::kText},
                                                            {"name", TermType::kName},
                                                            {"code", TermType::kCode},
                                                            {"email", TermType::kEmail},
                                                            {"phone", TermType::kPhone},
                                                            {"domain", TermType::kDomain},
                                                            {"country", TermType::kCountry},
                                                            {"currency", TermType::kCurrency},
                                                            {"money", TermType::kMoney},
                                                            {"number", TermType::kNumber},
                                                            {"boolean", TermType::kBoolean},
                                                            {"date", TermType::kDate},
                                                            {"instant", TermType::kInstant},
                                                            {"timezone", TermType::kTimezone},
                                                            {"language", TermType::kLanguage},
                                                            {"tax_id", TermType::kTaxId},
                                                            {"enumeration", TermType::kEnumeration},
                                                            {"reference", TermType::kReference},
                                                            {"list", TermType::kList}};

constexpr std::pair<std::string_view, EntityRole> kRoles[] = {
    {"account", EntityRole::kAccount},
    {"part", EntityRole::kPart},
    {"fact", EntityRole::kFact},
    {"trace", EntityRole::kTrace},
    {"reference", EntityRole::kReference}};

constexpr std::pair<std::string_view, Tolerance> kTolerances[] = {
    {"not_compared", Tolerance::kNotCompared},
    {"exact", Tolerance::kExact},
    {"name", Tolerance::kName}};

constexpr std::pair<std::string_view, SurvivorshipRule> kRules[] = {
    {"source_priority", SurvivorshipRule::kSourcePriority},
    {"most_recent", SurvivorshipRule::kMostRecent},
    {"most_complete", SurvivorshipRule::kMostComplete}};

bool IsSnakeCase(std::string_view name) {
  return !name.empty() && IsLower(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return IsLower(c) || IsDigit(c) || c == '_'; });
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

class Loader {
 public:
  explicit Loader(Problems& problems) : problems_(problems) {}

  Glossary Load(const YamlNode& root) {
    Glossary glossary;
    Section section(root, "the glossary", problems_);
    for (const std::string& word : section.Texts("empty"))
      glossary.empty_words.push_back(FoldKey(word));
    std::sort(glossary.empty_words.begin(), glossary.empty_words.end());
    if (section.Has("survivorship")) rules_ = Rules(section.Words("survivorship"));
    priority_ = section.Texts("priority");
    section.Required("entities");
    for (const auto& [key, node] : section.Members("entities")) {
      glossary.entities.push_back(ReadEntity(key, node, glossary.entities.size()));
    }
    CheckReferences(glossary);
    CheckAccount(glossary, root.place);
    CheckPaths(glossary);
    return glossary;
  }

 private:
  void CheckName(const YamlNode& key) {
    if (!IsSnakeCase(key.text)) {
      problems_.Add(key.place, Quoted(key.text) + " is no name",
                    "lower case letters, digits and _");
    }
  }

  Entity ReadEntity(const YamlNode& key, const YamlNode& node, size_t index) {
    CheckName(key);
    Entity entity;
    entity.index = static_cast<uint16_t>(index);
    entity.name = key.text;
    entity.place = key.place;
    Section section(node, "entity " + Quoted(key.text), problems_);
    entity.label = section.RequiredText("label");
    entity.definition = section.Text("definition");
    if (const YamlNode& role = section.Required("role"); role.exists()) {
      entity.role = ReadName(role, "role", kRoles, problems_).value_or(EntityRole::kPart);
    }
    section.Required("terms");
    for (const auto& [term_key, term] : section.Members("terms")) {
      entity.terms.push_back(ReadTerm(term_key, term, entity.terms.size()));
    }
    for (const YamlNode& parent : section.Words("parents")) AddParent(parent, entity);
    if (HangsOnAccount(entity.role) && node.is_map() && !section.Has("parents")) {
      problems_.Add(key.place, "entity " + Quoted(key.text) + " needs \"parents\"",
                    "the references that lead to the account");
    }
    return entity;
  }

  void AddParent(const YamlNode& parent, Entity& entity) {
    const Term* term = entity.Find(parent.text);
    if (term == nullptr) {
      UnknownTerm(parent, entity);
    } else if (term->type != TermType::kReference) {
      problems_.Add(parent.place, "parent " + Quoted(parent.text) + " is no reference");
    } else {
      entity.parents.push_back(term->index);
    }
  }

  void UnknownTerm(const YamlNode& word, const Entity& entity) {
    std::vector<std::string> names;
    for (const Term& term : entity.terms) names.push_back(term.name);
    problems_.Add(word.place, "entity " + Quoted(entity.name) + " has no term " + Quoted(word.text),
                  DidYouMean(word.text, names));
  }

  Term ReadTerm(const YamlNode& key, const YamlNode& node, size_t index) {
    CheckName(key);
    Term term;
    term.index = static_cast<uint16_t>(index);
    term.name = key.text;
    term.place = key.place;
    Section section(node, "term " + Quoted(key.text), problems_);
    term.label = section.RequiredText("label");
    term.definition = section.Text("definition");
    if (const YamlNode& type = section.Required("type"); type.exists()) {
      term.type = ReadName(type, "type", kTypes, problems_).value_or(TermType::kText);
    }
    term.owner = section.Text("owner");
    term.aliases = section.Texts("aliases");
    ReadChoices(section, term);
    term.target = section.Text("target");
    if (term.type == TermType::kReference && term.target.empty()) section.Required("target");
    if (term.type != TermType::kReference && section.Has("target")) {
      problems_.Add(section.Node("target").place, "only a reference has a target");
    }
    term.history = section.Flag("history", false);
    ReadTolerance(section.Node("tolerance"), term);
    const auto words = section.Words("survivorship");
    term.survivorship = words.empty() ? rules_ : Rules(words);
    term.priority = section.Has("priority") ? section.Texts("priority") : priority_;
    return term;
  }

  void ReadChoices(Section& section, Term& term) {
    const auto& members = section.Members("choices");
    if (term.type == TermType::kEnumeration && members.empty()) section.Required("choices");
    if (term.type != TermType::kEnumeration && !members.empty()) {
      problems_.Add(section.Node("choices").place, "only an enumeration has choices");
    }
    std::map<std::string, std::string> spellings;  // folded -> choice
    for (const auto& [key, node] : members) {
      CheckName(key);
      Choice choice{key.text, {}, {}};
      if (node.is_scalar()) {
        choice.label = node.text;
      } else {
        Section fields(node, "choice " + Quoted(key.text), problems_);
        choice.label = fields.RequiredText("label");
        choice.aliases = fields.Texts("aliases");
      }
      std::vector<std::string> words = choice.aliases;
      words.insert(words.end(), {choice.name, choice.label});
      for (const std::string& word : words) {
        const auto known = spellings.emplace(FoldKey(word), choice.name).first;
        if (known->second != choice.name) {
          problems_.Add(key.place, Quoted(word) + " would mean both " + Quoted(known->second) +
                                       " and " + Quoted(choice.name));
        }
      }
      term.choices.push_back(std::move(choice));
    }
  }

  void ReadTolerance(const YamlNode& node, Term& term) {
    if (!node.exists()) return;
    if (!node.is_map()) {
      term.tolerance = ReadName(node, "tolerance", kTolerances, problems_).value_or(term.tolerance);
      return;
    }
    Section section(node, "tolerance", problems_);
    const bool has_days = section.Has("days");
    const bool has_amount = section.Has("amount");
    if (has_days == has_amount) {
      problems_.Add(node.place, "a tolerance is either in days or an amount");
      return;
    }
    ReadMeasure(section, has_days, term);
  }

  void ReadMeasure(Section& section, bool has_days, Term& term) {
    const auto wrong = [&](std::string_view key, const char* message) {
      problems_.Add(section.Node(key).place, message);
    };
    if (has_days) {
      const double days = section.Number("days").value_or(0);
      constexpr double kMost = 36500;
      if (days < 0 || days > kMost) wrong("days", "a tolerance must be a number of days from 0 on");
      if (term.type != TermType::kDate && term.type != TermType::kInstant) {
        wrong("days", "only dates can be days apart");
      }
      term.tolerance = Tolerance::kDays;
      term.tolerance_days = days >= 0 && days <= kMost ? static_cast<int>(days) : 0;
      return;
    }
    const auto amount = Decimal::Parse(section.Text("amount"));
    if (!amount.ok() || *amount < Decimal())
      wrong("amount", "a tolerance must be a number from 0 on");
    if (term.type != TermType::kMoney && term.type != TermType::kNumber) {
      wrong("amount", "only numbers can be an amount apart");
    }
    term.tolerance = Tolerance::kAmount;
    if (amount.ok()) term.tolerance_amount = *amount;
  }

  std::vector<SurvivorshipRule> Rules(const std::vector<YamlNode>& words) {
    std::vector<SurvivorshipRule> rules;
    for (const YamlNode& word : words) {
      if (const auto rule = ReadName(word, "survivorship rule", kRules, problems_))
        rules.push_back(*rule);
    }
    return rules;
  }

  void CheckReferences(const Glossary& glossary) {
    std::vector<std::string> names;
    for (const Entity& entity : glossary.entities) names.push_back(entity.name);
    for (const Entity& entity : glossary.entities) {
      for (const Term& term : entity.terms) {
        if (term.type != TermType::kReference || term.target.empty()) continue;
        if (glossary.Find(term.target) != nullptr) continue;
        problems_.Add(
            term.place,
            "term " + Quoted(term.name) + " refers to an unknown entity " + Quoted(term.target),
            DidYouMean(term.target, names));
      }
    }
  }

  void CheckAccount(const Glossary& glossary, const Place& place) {
    const Entity* first = nullptr;
    for (const Entity& entity : glossary.entities) {
      if (entity.role != EntityRole::kAccount) continue;
      if (first != nullptr) {
        problems_.Add(entity.place,
                      "a second entity with the role account, besides " + Quoted(first->name));
      } else {
        first = &entity;
      }
    }
    if (first == nullptr) problems_.Add(place, "no entity has the role account");
  }

  // Rows are forwarded from parent to parent, so each path must end at the account. A site may hang
  // on another site, but two entities on one another would never end.
  void CheckPaths(const Glossary& glossary) {
    std::vector<int> state(glossary.entities.size(),
                           0);  // 1: on the path, 2: leads to the account, 3: does not
    for (const Entity& entity : glossary.entities) {
      if (!HangsOnAccount(entity.role) || entity.parents.empty()) continue;
      if (!LeadsToAccount(glossary, entity, state)) {
        problems_.Add(entity.place, "the parents of entity " + Quoted(entity.name) +
                                        " do not lead to the account");
      }
    }
  }

  bool LeadsToAccount(const Glossary& glossary, const Entity& entity, std::vector<int>& state) {
    if (entity.role == EntityRole::kAccount) return true;
    int& mine = state[entity.index];
    if (mine != 0) return mine == 2;
    mine = 1;
    bool leads = false;
    for (const uint16_t parent : entity.parents) {
      const Entity* target = glossary.Find(entity.terms[parent].target);
      if (target == nullptr || target == &entity) continue;
      if (state[target->index] == 1 && target->role != EntityRole::kAccount) {
        problems_.Add(entity.place, "the parents of entities " + Quoted(entity.name) + " and " +
                                        Quoted(target->name) + " form a cycle");
      }
      leads = LeadsToAccount(glossary, *target, state) || leads;
    }
    state[entity.index] = leads ? 2 : 3;
    return leads;
  }

  Problems& problems_;
  std::vector<SurvivorshipRule> rules_{SurvivorshipRule::kSourcePriority,
                                       SurvivorshipRule::kMostRecent};
  std::vector<std::string> priority_;
};

}  // namespace

Glossary LoadGlossary(const YamlNode& root, Problems& problems) {
  return Loader(problems).Load(root);
}

std::vector<YamlNode> SystemsNamedBy(const YamlNode& glossary_root) {
  std::vector<YamlNode> systems;
  const auto add = [&](const YamlNode& priority) {
    const auto items = priority.is_scalar() ? std::vector<YamlNode>{priority} : priority.items;
    systems.insert(systems.end(), items.begin(), items.end());
  };
  add(glossary_root["priority"]);
  for (const auto& [entity_name, entity] : glossary_root["entities"].members) {
    for (const auto& [term_name, term] : entity["terms"].members) add(term["priority"]);
  }
  return systems;
}

}  // namespace trueup::mappings
