#include "mappings/mapping_test_file.h"

#include "base/decimal.h"
#include "base/json.h"
#include "base/yaml.h"
#include "mappings/section.h"

namespace trueup::mappings {
namespace {

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

void AppendJson(const YamlNode& node, JsonWriter& writer) {
  if (node.is_list()) {
    writer.BeginArray();
    for (const YamlNode& item : node.items) AppendJson(item, writer);
    writer.EndArray();
  } else if (node.is_map()) {
    writer.BeginObject();
    for (const auto& [key, value] : node.members) {
      writer.Key(key.text);
      AppendJson(value, writer);
    }
    writer.EndObject();
  } else {
    writer.String(node.text);
  }
}

// Adds the fields of a record as a connector would: plain true, false and numbers as such, nested
// maps by their path.
void AddFields(const YamlNode& node, const std::string& path, Row& row) {
  for (const auto& [key, value] : node.members) {
    const std::string name = path.empty() ? key.text : path + "." + key.text;
    if (value.is_map()) {
      AddFields(value, name, row);
    } else if (value.is_list()) {
      JsonWriter writer;
      AppendJson(value, writer);
      row.Add(name, FieldKind::kJson, writer.text());
    } else if (value.is_null()) {
      row.Add(name, FieldKind::kNull);
    } else if (!value.quoted && (value.text == "true" || value.text == "false")) {
      row.Add(name, value.text == "true" ? FieldKind::kTrue : FieldKind::kFalse);
    } else {
      const bool is_number = !value.quoted && Decimal::Parse(value.text).ok();
      row.Add(name, is_number ? FieldKind::kNumber : FieldKind::kText, value.text);
    }
  }
}

std::string Shown(const MappedTerm* term) {
  if (term == nullptr || term->value.is_empty()) return "empty";
  const std::string text = Quoted(term->value.ToText());
  return term->valid() ? text : "invalid " + text + " (" + term->invalid + ")";
}

class Runner {
 public:
  Runner(const Catalog& catalog, Problems& problems) : catalog_(catalog), problems_(problems) {}

  size_t Run(const YamlNode& root) {
    Section section(root, "a file of mapping tests", problems_);
    system_ = section.RequiredText("system");
    const YamlNode& tests = section.Required("tests");
    if (tests.exists() && !tests.is_list()) problems_.Add(tests.place, "\"tests\" must be a list");
    if (tests.is_list() && tests.items.empty()) problems_.Add(tests.place, "there is no test");
    for (const YamlNode& test : tests.items) RunTest(test);
    return tests.items.size();
  }

 private:
  void RunTest(const YamlNode& node) {
    Section section(node, "a mapping test", problems_);
    const std::string name = section.RequiredText("name");
    const std::string object = section.RequiredText("object");
    const YamlNode& record = section.Required("record");
    const YamlNode& expect = section.Node("expect");
    const bool quarantined = section.Flag("quarantined", false);
    std::string id = section.Text("id");
    if (id.empty()) id = "1";
    if (object.empty() || system_.empty()) return;

    ChangeEvent event;
    event.ref = Ref(system_, object, id);
    event.deleted = section.Flag("deleted", false);
    AddFields(record, "", event.row);
    std::string why;
    const auto row = catalog_.Map(event, why);
    if (row.has_value() == quarantined) {
      problems_.Add(node.place, quarantined
                                    ? Quoted(name) + ": the record was mapped, not quarantined"
                                    : Quoted(name) + ": the record was quarantined: " + why);
    }
    if (row && !quarantined) Compare(name, *row, expect);
  }

  void Compare(const std::string& name, const MappedRow& row, const YamlNode& expect) {
    const Entity& entity = catalog_.glossary().entities[row.entity];
    std::vector<std::string> names;
    for (const Term& term : entity.terms) names.push_back(term.name);
    for (const auto& [key, value] : expect.members) {
      const Term* term = entity.Find(key.text);
      if (term == nullptr) {
        problems_.Add(key.place,
                      "entity " + Quoted(entity.name) + " has no term " + Quoted(key.text),
                      DidYouMean(key.text, names));
        continue;
      }
      CompareTerm(name, *term, row.Find(term->index), value);
    }
  }

  void CompareTerm(const std::string& name, const Term& term, const MappedTerm* found,
                   const YamlNode& expected) {
    const bool is_empty = found == nullptr || found->value.is_empty();
    bool same = false;
    std::string wanted;
    if (expected.is_map()) {
      Section section(expected, "an expected value", problems_);
      const std::string text = section.RequiredText("invalid");
      same = !is_empty && !found->valid() && found->value.ToText() == text;
      wanted = "invalid " + Quoted(text);
    } else if (expected.is_null()) {
      same = is_empty;
      wanted = "empty";
    } else {
      same = !is_empty && found->valid() && found->value.ToText() == expected.text;
      wanted = Quoted(expected.text);
    }
    if (same) return;
    problems_.Add(expected.place, Quoted(name) + ": term " + Quoted(term.name) + " is " +
                                      Shown(found) + ", not " + wanted);
  }

  const Catalog& catalog_;
  Problems& problems_;
  std::string system_;
};

}  // namespace

size_t RunMappingTestFile(const std::string& path, const Catalog& catalog, Problems& problems) {
  const YamlNode root = LoadYaml(path, problems);
  return root.exists() ? Runner(catalog, problems).Run(root) : 0;
}

size_t RunMappingTests(std::string_view text, const std::string& file, const Catalog& catalog,
                       Problems& problems) {
  const YamlNode root = ParseYaml(text, file, problems);
  return root.exists() ? Runner(catalog, problems).Run(root) : 0;
}

}  // namespace trueup::mappings
