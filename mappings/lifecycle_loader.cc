#include "mappings/lifecycle_loader.h"

#include <algorithm>

#include "mappings/section.h"

namespace trueup::mappings {
namespace {

const std::vector<std::string> kSeverities{"low", "medium", "high"};

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

class Loader {
 public:
  Loader(const Glossary& glossary, const std::vector<std::string>& systems, Problems& problems)
      : glossary_(glossary), account_(glossary.account()), systems_(systems), problems_(problems) {}

  Lifecycle Load(const YamlNode& root) {
    Section section(root, "the lifecycle", problems_);
    const YamlNode& stages = section.Required("stages");
    const bool has_stages = !TextsOf(ReadWords(stages, problems_)).empty();
    if (has_stages)
      ReadStages(section.Required("stage_term"), stages);
    else if (section.Has("stage_term"))
      FindTerm(account_, section.Node("stage_term"));
    for (const auto& [key, node] : section.Members("gates")) ReadGate(key, node);
    for (const auto& [key, node] : section.Members("counterparts")) ReadCounterpart(key, node);
    ReadOwners(section);
    for (const auto& [key, node] : section.Members("severities")) {
      CheckWord(key, "kind of finding", FindingKinds());
      CheckWord(node, "severity", kSeverities);
      lifecycle_.severities[key.text] = node.text;
    }
    return std::move(lifecycle_);
  }

 private:
  void CheckWord(const YamlNode& word, const char* what, const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), word.text) != known.end()) return;
    problems_.Add(word.place, Quoted(word.text) + " is no " + what, DidYouMean(word.text, known));
  }

  void CheckSystem(const YamlNode& word) {
    if (std::find(systems_.begin(), systems_.end(), word.text) != systems_.end()) return;
    problems_.Add(word.place, "no mapping file has the system " + Quoted(word.text),
                  DidYouMean(word.text, systems_));
  }

  const Term* FindTerm(const Entity& entity, const YamlNode& word) {
    const Term* term = entity.Find(word.text);
    if (term == nullptr) {
      std::vector<std::string> names;
      for (const Term& candidate : entity.terms) names.push_back(candidate.name);
      problems_.Add(word.place,
                    "entity " + Quoted(entity.name) + " has no term " + Quoted(word.text),
                    DidYouMean(word.text, names));
    }
    return term;
  }

  // The term, where it is an enumeration; else a problem.
  const Term* FindEnumeration(const Entity& entity, const YamlNode& word) {
    if (!word.exists()) return nullptr;
    const Term* term = FindTerm(entity, word);
    if (term == nullptr || term->type == TermType::kEnumeration) return term;
    problems_.Add(word.place, "term " + Quoted(term->name) + " is no enumeration");
    return nullptr;
  }

  void CheckChoice(const Term& term, const YamlNode& word) {
    if (term.FindChoice(word.text)) return;
    std::vector<std::string> names;
    for (const Choice& choice : term.choices) names.push_back(choice.name);
    problems_.Add(word.place, "term " + Quoted(term.name) + " has no choice " + Quoted(word.text),
                  DidYouMean(word.text, names));
  }

  std::vector<std::string> ReadChoices(const Term* term, const std::vector<YamlNode>& words) {
    for (const YamlNode& word : words) {
      if (term != nullptr) CheckChoice(*term, word);
    }
    return TextsOf(words);
  }

  void ReadStages(const YamlNode& term_name, const YamlNode& stages) {
    const Term* term = FindEnumeration(account_, term_name);
    if (term != nullptr) lifecycle_.stage_term = term->index;
    for (const YamlNode& word : ReadWords(stages, problems_)) {
      if (lifecycle_.FindStage(word.text)) {
        problems_.Add(word.place, "stage " + Quoted(word.text) + " is given twice");
        continue;
      }
      Lifecycle::Stage stage{word.text, word.text};
      if (term != nullptr) {
        CheckChoice(*term, word);
        if (const auto choice = term->FindChoice(word.text))
          stage.label = term->choices[*choice].label;
      }
      lifecycle_.stages.push_back(std::move(stage));
    }
    if (term == nullptr) return;
    for (const Choice& choice : term->choices) {
      if (lifecycle_.FindStage(choice.name)) continue;
      problems_.Add(stages.place,
                    "choice " + Quoted(choice.name) + " of the stage term is no stage",
                    "add it where it belongs in the order");
    }
  }

  size_t ReadStage(const YamlNode& word) {
    if (!word.exists()) return 0;
    if (const auto stage = lifecycle_.FindStage(word.text)) return *stage;
    std::vector<std::string> names;
    for (const auto& stage : lifecycle_.stages) names.push_back(stage.name);
    problems_.Add(word.place, Quoted(word.text) + " is no stage", DidYouMean(word.text, names));
    return 0;
  }

  void ReadGate(const YamlNode& key, const YamlNode& node) {
    Gate gate;
    gate.name = key.text;
    gate.place = key.place;
    Section section(node, "gate " + Quoted(key.text), problems_);
    gate.label = section.RequiredText("label");
    gate.from = ReadStage(section.Required("from"));
    gate.owner = section.RequiredText("owner");
    gate.limit = section.Duration("limit");
    for (const auto& [item_key, item] : section.Members("items")) {
      gate.items.push_back(ReadItem(item_key, item, gate.owner));
    }
    for (const Gate& other : lifecycle_.gates) {
      if (other.from != gate.from || lifecycle_.stages.empty()) continue;
      problems_.Add(key.place, "gates " + Quoted(other.name) + " and " + Quoted(key.text) +
                                   " leave the same stage");
    }
    lifecycle_.gates.push_back(std::move(gate));
  }

  GateItem ReadItem(const YamlNode& key, const YamlNode& node, const std::string& gate_owner) {
    GateItem item;
    item.name = key.text;
    item.place = key.place;
    Section section(node, "item " + Quoted(key.text), problems_);
    item.label = section.RequiredText("label");
    item.owner = section.Has("owner") ? section.Text("owner") : gate_owner;
    item.grace = section.Duration("grace").value_or(std::chrono::hours(0));
    for (const YamlNode& word : section.Words("required")) {
      if (const Term* term = FindTerm(account_, word)) item.required.push_back(term->index);
    }
    if (const YamlNode& checklist = section.Node("checklist"); checklist.exists()) {
      item.checklist = ReadChecklist(checklist);
    }
    if (node.is_map() && section.Has("required") == section.Has("checklist")) {
      problems_.Add(key.place,
                    "item " + Quoted(key.text) + " needs either \"required\" or \"checklist\"");
    }
    return item;
  }

  std::optional<ChecklistRule> ReadChecklist(const YamlNode& node) {
    Section section(node, "the checklist", problems_);
    const YamlNode& name = section.Required("entity");
    const YamlNode& kind = section.Required("kind");
    const auto kinds = section.Words("kinds");
    section.Required("kinds");
    const YamlNode& owner = section.Node("owner");
    const YamlNode& status = section.Node("status");
    const auto done = section.Words("done");
    ChecklistRule rule;
    rule.all_done = section.Flag("all_done", false);
    if (status.exists() == done.empty()) {
      problems_.Add(node.place, "\"status\" and \"done\" belong together",
                    "the term, and its choices that count as settled");
    } else if (rule.all_done && !status.exists()) {
      problems_.Add(node.place, "\"all_done\" needs \"status\" and \"done\"");
    }
    const Entity* entity = FindEntity(name);
    if (entity == nullptr) return std::nullopt;
    rule.entity = entity->index;
    if (const Term* term = FindEnumeration(*entity, kind)) {
      rule.kind_term = term->index;
      rule.kinds = ReadChoices(term, kinds);
    }
    if (owner.exists()) rule.owner_term = ReadOwnerTerm(*entity, owner);
    if (const Term* term = FindEnumeration(*entity, status)) {
      rule.done_term = term->index;
      rule.done = ReadChoices(term, done);
    }
    return rule;
  }

  const Entity* FindEntity(const YamlNode& name) {
    if (!name.exists()) return nullptr;
    const Entity* entity = glossary_.Find(name.text);
    if (entity != nullptr && entity->role == EntityRole::kPart) return entity;
    std::vector<std::string> names;
    for (const Entity& candidate : glossary_.entities) {
      if (candidate.role == EntityRole::kPart) names.push_back(candidate.name);
    }
    problems_.Add(name.place, Quoted(name.text) + " is no entity with the role part",
                  DidYouMean(name.text, names));
    return nullptr;
  }

  std::optional<uint16_t> ReadOwnerTerm(const Entity& entity, const YamlNode& word) {
    const Term* term = FindTerm(entity, word);
    if (term == nullptr) return std::nullopt;
    if (term->type != TermType::kReference) {
      problems_.Add(word.place, "owner " + Quoted(word.text) + " is no reference");
    }
    return term->index;
  }

  void ReadCounterpart(const YamlNode& key, const YamlNode& node) {
    CheckSystem(key);
    Section section(node, "counterpart " + Quoted(key.text), problems_);
    Counterpart counterpart;
    counterpart.system = key.text;
    counterpart.place = key.place;
    counterpart.from = ReadStage(section.Required("from"));
    counterpart.grace = section.Duration("grace").value_or(std::chrono::hours(0));
    counterpart.ancestor_counts = section.Flag("ancestor_counts", true);
    lifecycle_.counterparts.push_back(std::move(counterpart));
  }

  void ReadOwners(Section& section) {
    const YamlNode& node = section.Node("owners");
    if (!node.exists()) return;
    Section owners(node, "owners", problems_);
    for (const auto& [key, team] : owners.Members("systems")) {
      CheckSystem(key);
      lifecycle_.system_owners[key.text] = team.text;
    }
    for (const auto& [key, team] : owners.Members("findings")) {
      CheckWord(key, "kind of finding", FindingKinds());
      lifecycle_.kind_owners[key.text] = team.text;
    }
  }

  const Glossary& glossary_;
  const Entity& account_;
  const std::vector<std::string>& systems_;
  Problems& problems_;
  Lifecycle lifecycle_;
};

}  // namespace

const std::vector<std::string>& FindingKinds() {
  static const std::vector<std::string> kinds{"duplicate",   "possible_duplicate",
                                              "conflict",    "gap",
                                              "invalid",     "missing_counterpart",
                                              "orphan",      "handoff",
                                              "stalled",     "handback",
                                              "label_drift", "hierarchy",
                                              "quarantined", "sync_gap"};
  return kinds;
}

Lifecycle LoadLifecycle(const YamlNode& root, const Glossary& glossary,
                        const std::vector<std::string>& systems, Problems& problems) {
  return Loader(glossary, systems, problems).Load(root);
}

}  // namespace trueup::mappings
