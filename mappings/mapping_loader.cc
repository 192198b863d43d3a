#include "mappings/mapping_loader.h"

#include <algorithm>

#include "mappings/section.h"
#include "mappings/text.h"

namespace trueup::mappings {
namespace {

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string Listed(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(between)) + word;
  return text;
}

// Compiles one object of a mapping file.
class ObjectLoader {
 public:
  ObjectLoader(const Entity& entity, const Glossary& glossary, SystemMapping& mapping,
               Problems& problems)
      : entity_(entity), glossary_(glossary), mapping_(mapping), problems_(problems) {}

  MappingPlan Load(Section& section) {
    section.Required("terms");
    for (const auto& [key, node] : section.Members("terms")) {
      if (const Term* term = FindTerm(key)) plans_.push_back(ReadTerm(*term, node));
    }
    std::sort(plans_.begin(), plans_.end(),
              [](const TermPlan& a, const TermPlan& b) { return a.term < b.term; });
    std::vector<size_t> required;
    for (const YamlNode& word : section.Words("require")) {
      const Term* term = FindTerm(word);
      if (term == nullptr) continue;
      const auto plan = std::find_if(plans_.begin(), plans_.end(), [&](const TermPlan& candidate) {
        return candidate.term == term->index;
      });
      if (plan == plans_.end()) {
        problems_.Add(word.place, Quoted(word.text) + " is required but not mapped");
      } else {
        required.push_back(static_cast<size_t>(plan - plans_.begin()));
      }
    }
    return {entity_, std::move(fields_), std::move(plans_), std::move(required),
            glossary_.empty_words};
  }

 private:
  const Term* FindTerm(const YamlNode& word) {
    const Term* term = entity_.Find(word.text);
    if (term != nullptr) return term;
    std::vector<std::string> names;
    for (const Term& candidate : entity_.terms) names.push_back(candidate.name);
    problems_.Add(word.place,
                  "entity " + Quoted(entity_.name) + " has no term " + Quoted(word.text),
                  DidYouMean(word.text, names));
    return nullptr;
  }

  uint16_t SlotOf(const std::string& field) {
    const auto known = std::find(fields_.begin(), fields_.end(), field);
    if (known != fields_.end()) return static_cast<uint16_t>(known - fields_.begin());
    fields_.push_back(field);
    return static_cast<uint16_t>(fields_.size() - 1);
  }

  TermPlan ReadTerm(const Term& term, const YamlNode& node) {
    TermPlan plan;
    plan.term = term.index;
    plan.type = term.type;
    plan.place = node.place;
    for (const Choice& choice : term.choices) AddChoice(choice, plan);
    if (node.is_scalar()) {
      SetFields({node.text}, plan);
      if (term.type == TermType::kReference) {
        problems_.Add(node.place, "term " + Quoted(term.name) + " needs \"reference\"",
                      "{field: " + node.text + ", reference: object}");
      }
      return plan;
    }
    Section section(node, "the mapping of term " + Quoted(term.name), problems_);
    ReadWordsOf(section, term, plan);
    ReadForm(section, term, plan);
    ReadReference(section, term, plan);
    ReadSource(section, plan);
    return plan;
  }

  static void AddChoice(const Choice& choice, TermPlan& plan) {
    plan.words.emplace(FoldKey(choice.name), Value(choice.name));
    plan.words.emplace(FoldKey(choice.label), Value(choice.name));
    for (const std::string& alias : choice.aliases)
      plan.words.emplace(FoldKey(alias), Value(choice.name));
  }

  void SetFields(const std::vector<std::string>& fields, TermPlan& plan) {
    for (const std::string& field : fields) plan.slots.push_back(SlotOf(field));
    plan.field = Listed(fields, plan.join ? " + " : ", else ");
  }

  // Where the value comes from: field, fields or const, exactly one.
  void ReadSource(Section& section, TermPlan& plan) {
    const bool field = section.Has("field");
    const bool fields = section.Has("fields");
    const bool constant = section.Has("const");
    if (section.Has("join")) {
      if (!fields) problems_.Add(section.Node("join").place, "\"join\" needs \"fields\"");
      plan.join = section.Text("join");
    }
    if (static_cast<int>(field) + static_cast<int>(fields) + static_cast<int>(constant) != 1) {
      problems_.Add(
          section.place(),
          "one of \"field\", \"fields\" and \"const\" must say where the value comes from");
      return;
    }
    if (field) SetFields({section.Text("field")}, plan);
    if (fields) SetFields(section.Texts("fields"), plan);
    if (constant) {
      const std::string text = section.Text("const");
      plan.constant = ReadWord(plan, section.Node("const"), text);
      plan.field = "constant " + Quoted(text);
    }
  }

  // A canonical value as a person wrote it; a problem where it does not fit the type.
  TypedValue ReadWord(const TermPlan& plan, const YamlNode& node, std::string_view text) {
    text = Trim(text);
    if (text.empty()) {
      problems_.Add(node.place, "a value must not be empty");
      return {Value(Null{}), {}};
    }
    const auto word = plan.words.find(FoldKey(text));
    if (word != plan.words.end()) return {word->second, {}};
    TypedValue value = ReadAsType(plan, text, FieldKind::kText, {});
    if (!value.valid())
      problems_.Add(node.place, Quoted(text) + " does not fit the term's type: " + value.invalid);
    return value;
  }

  void ReadWordsOf(Section& section, const Term& term, TermPlan& plan) {
    std::unordered_map<std::string, Value> words;
    for (const auto& [key, node] : section.Members("values")) {
      if (term.type == TermType::kReference || term.type == TermType::kList) {
        problems_.Add(key.place, "a reference or list has no value map");
        break;
      }
      Value value;
      if (term.type == TermType::kEnumeration) {
        CheckChoice(term, node);
        value = Value(node.text);
      } else {
        value = ReadWord(plan, node, node.text).value;
      }
      const auto known = words.emplace(FoldKey(key.text), value).first;
      if (!(known->second == value)) {
        problems_.Add(key.place, Quoted(key.text) + " is given two meanings");
      }
    }
    for (auto& [word, value] : words) plan.words.insert_or_assign(word, std::move(value));
  }

  void CheckChoice(const Term& term, const YamlNode& word) {
    if (term.FindChoice(word.text)) return;
    std::vector<std::string> names;
    for (const Choice& choice : term.choices) names.push_back(choice.name);
    problems_.Add(word.place, "term " + Quoted(term.name) + " has no choice " + Quoted(word.text),
                  DidYouMean(word.text, names));
  }

  void ReadForm(Section& section, const Term& term, TermPlan& plan) {
    if (section.Has("format")) {
      plan.format = section.Text("format");
      const YamlNode& node = section.Node("format");
      if (term.type != TermType::kDate) problems_.Add(node.place, "only a date has a format");
      for (const char part : {'Y', 'M', 'D'}) {
        if (plan.format.find(part) != std::string::npos) continue;
        problems_.Add(node.place, "a format needs year, month and day", "DD.MM.YYYY");
        break;
      }
    }
    if (section.Has("separator")) {
      plan.separator = section.Text("separator");
      const YamlNode& node = section.Node("separator");
      if (term.type != TermType::kList) problems_.Add(node.place, "only a list has a separator");
      if (plan.separator.empty()) problems_.Add(node.place, "a separator must not be empty");
    }
  }

  void ReadReference(Section& section, const Term& term, TermPlan& plan) {
    const YamlNode& reference = section.Node("reference");
    const YamlNode& form = section.Node("id_form");
    const YamlNode& prefix = section.Node("id_prefix");
    if (term.type != TermType::kReference) {
      if (reference.exists())
        problems_.Add(reference.place, "term " + Quoted(term.name) + " is no reference");
      for (const YamlNode* of_references : {&form, &prefix}) {
        if (!of_references->exists()) continue;
        problems_.Add(of_references->place, "term " + Quoted(term.name) + " is no reference");
      }
      return;
    }
    if (section.RequiredText("reference").empty()) return;
    const size_t slash = reference.text.find('/');
    const bool elsewhere = slash != std::string::npos;
    const std::string system = elsewhere ? reference.text.substr(0, slash) : mapping_.system;
    const std::string object = elsewhere ? reference.text.substr(slash + 1) : reference.text;
    if (object.empty() || system.empty() || object.find('/') != std::string::npos) {
      problems_.Add(reference.place,
                    Quoted(reference.text) + " is neither an object nor system/object");
      return;
    }
    plan.reference = system + "/" + object + "/";
    mapping_.promises.push_back({system, object, term.target, reference.place});
    if (prefix.exists()) plan.id_prefix = section.Text("id_prefix");
    if (!form.exists()) return;
    plan.salesforce_id = form.text == "salesforce18";
    if (!plan.salesforce_id) {
      problems_.Add(form.place, Quoted(form.text) + " is no form of ids",
                    DidYouMean(form.text, {"salesforce18"}));
    }
  }

  const Entity& entity_;
  const Glossary& glossary_;
  SystemMapping& mapping_;
  Problems& problems_;
  std::vector<std::string> fields_;
  std::vector<TermPlan> plans_;
};

}  // namespace

SystemMapping LoadMapping(const YamlNode& root, const Glossary& glossary, Problems& problems) {
  SystemMapping mapping;
  Section section(root, "a mapping", problems);
  mapping.system = section.RequiredText("system");
  mapping.place = section.Node("system").exists() ? section.Node("system").place : root.place;
  if (mapping.system.find('/') != std::string::npos) {
    problems.Add(mapping.place, "a system's name holds no /");
  }
  std::vector<std::string> entities;
  for (const Entity& entity : glossary.entities) entities.push_back(entity.name);
  section.Required("objects");
  for (const auto& [key, node] : section.Members("objects")) {
    Section object(node, "object " + Quoted(key.text), problems);
    const YamlNode& name = object.Required("entity");
    const Entity* entity = glossary.Find(name.text);
    if (entity == nullptr) {
      object.Node("terms");
      object.Node("require");
      if (name.exists()) {
        problems.Add(name.place, "the glossary has no entity " + Quoted(name.text),
                     DidYouMean(name.text, entities));
      }
      continue;
    }
    mapping.plans.emplace(key.text,
                          ObjectLoader(*entity, glossary, mapping, problems).Load(object));
  }
  return mapping;
}

void CheckPromises(const std::vector<SystemMapping>& mappings, const Glossary& glossary,
                   Problems& problems) {
  std::map<std::string, const MappingPlan*> plans;  // by system/object
  std::vector<std::string> names;
  for (const SystemMapping& mapping : mappings) {
    for (const auto& [object, plan] : mapping.plans) {
      names.push_back(mapping.system + "/" + object);
      plans[names.back()] = &plan;
    }
  }
  for (const SystemMapping& mapping : mappings) {
    for (const auto& promise : mapping.promises) {
      const std::string name = promise.system + "/" + promise.object;
      const auto plan = plans.find(name);
      if (plan == plans.end()) {
        problems.Add(promise.place, "no mapping has the object " + Quoted(name),
                     DidYouMean(name, names));
        continue;
      }
      const Entity& entity = glossary.entities[plan->second->entity()];
      if (promise.target.empty() || entity.name == promise.target) continue;
      problems.Add(promise.place, Quoted(name) + " is mapped to " + Quoted(entity.name) +
                                      ", but the term refers to " + Quoted(promise.target));
    }
  }
}

}  // namespace trueup::mappings
