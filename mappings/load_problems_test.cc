// Every kind of mistake that a person can make in a mappings folder: the file with the mistake ->
// the expected problems with their places.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <ostream>

#include "base/file.h"
#include "mappings/catalog.h"

namespace trueup::mappings {
namespace {

const std::string kGlossary =
    "entities:\n"
    "  account:\n"
    "    label: Account\n"
    "    role: account\n"
    "    terms:\n"
    "      name: {label: Name, type: name}\n"
    "      stage: {label: Stage, type: enumeration, choices: {lead: Lead, live: Live}}\n"
    "      since: {label: Since, type: date}\n"
    "      owner: {label: Owner, type: reference, target: user}\n"
    "  task:\n"
    "    label: Task\n"
    "    role: part\n"
    "    parents: [account]\n"
    "    terms:\n"
    "      account: {label: Account, type: reference, target: account}\n"
    "      kind: {label: Kind, type: enumeration, choices: {visit: Visit, call: Call}}\n"
    "  user: {label: User, role: reference, terms: {name: {label: Name, type: name}}}\n";
const std::string kLifecycle = "stage_term: stage\nstages: [lead, live]\n";
const std::string kMatching = "features: {name: [name]}\nweights: {name: {exact: 9}}\n";
const std::string kSystem =
    "system: crm\n"
    "objects:\n"
    "  Account: {entity: account, require: [name], terms: {name: Name}}\n"
    "  User: {entity: user, terms: {name: Name}}\n";

struct Case {
  const char* name;
  const char* file;
  std::string text;
  std::string problems;  // without the folder

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.file << ":\n" << c.text; }
};

// A glossary with one more line in the account's terms: line 10.
std::string WithTerm(const std::string& line) {
  std::string text = kGlossary;
  const std::string marker = "  task:\n";
  return text.insert(text.find(marker), "      " + line + "\n");
}

std::string WithEntity(const std::string& lines) { return kGlossary + lines; }

// A mapping with another line for the account's stage: line 7.
std::string WithMapping(const std::string& line) {
  return "system: crm\n"
         "objects:\n"
         "  User: {entity: user, terms: {name: Name}}\n"
         "  Account:\n"
         "    entity: account\n"
         "    terms:\n"
         "      " +
         line + "\n";
}

std::string WithGate(const std::string& item) {
  return kLifecycle +
         "gates:\n  start:\n    {label: Start, from: lead, owner: AM, items: {one: " + item +
         "}}\n";
}

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {"nothing_wrong", "glossary.yaml", kGlossary, ""},
      // The glossary.
      {"not_yaml", "matching.yaml", "features: {name: [name\n",
       "matching.yaml:2:1: error: not YAML: end of sequence flow not found\n"},
      {"unknown_key", "glossary.yaml", WithTerm("email: {label: E-mail, typ: email, type: email}"),
       "glossary.yaml:10:30: error: term \"email\" has no key \"typ\" (did you mean \"type\"?)\n"},
      {"unknown_type", "glossary.yaml", WithTerm("email: {label: E-mail, type: emial}"),
       "glossary.yaml:10:36: error: \"emial\" is no type (did you mean \"email\"?)\n"},
      {"missing_parts", "glossary.yaml", WithTerm("email: {aliases: [Mail]}"),
       "glossary.yaml:10:14: error: term \"email\" needs \"label\"\n"
       "glossary.yaml:10:14: error: term \"email\" needs \"type\"\n"},
      {"bad_name", "glossary.yaml", WithTerm("E-mail: {label: E-mail, type: email}"),
       "glossary.yaml:10:7: error: \"E-mail\" is no name (lower case letters, digits and _)\n"},
      {"term_twice", "glossary.yaml", WithTerm("name: {label: Name, type: name}"),
       "glossary.yaml:10:7: error: \"name\" is given twice\n"},
      {"no_choices", "glossary.yaml", WithTerm("size: {label: Size, type: enumeration}"),
       "glossary.yaml:10:13: error: term \"size\" needs \"choices\"\n"},
      {"choices_of_text", "glossary.yaml",
       WithTerm("size: {label: Size, type: text, choices: {big: Big}}"),
       "glossary.yaml:10:48: error: only an enumeration has choices\n"},
      {"choice_spelled_like_another", "glossary.yaml",
       WithTerm("size: {label: Size, type: enumeration, choices: {s: Small, m: {label: Medium, "
                "aliases: [small]}}}"),
       "glossary.yaml:10:66: error: \"small\" would mean both \"s\" and \"m\"\n"},
      {"reference_without_target", "glossary.yaml",
       WithTerm("boss: {label: Boss, type: reference}"),
       "glossary.yaml:10:13: error: term \"boss\" needs \"target\"\n"},
      {"unknown_target", "glossary.yaml",
       WithTerm("boss: {label: Boss, type: reference, target: usr}"),
       "glossary.yaml:10:7: error: term \"boss\" refers to an unknown entity \"usr\" (did you mean "
       "\"user\"?)\n"},
      {"unknown_tolerance", "glossary.yaml",
       WithTerm("size: {label: Size, type: text, tolerance: exactly}"),
       "glossary.yaml:10:50: error: \"exactly\" is no tolerance (did you mean \"exact\"?)\n"},
      {"days_of_text", "glossary.yaml",
       WithTerm("size: {label: Size, type: text, tolerance: {days: 1}}"),
       "glossary.yaml:10:57: error: only dates can be days apart\n"},
      {"unknown_rule", "glossary.yaml",
       WithTerm("size: {label: Size, type: text, survivorship: [most_recnt]}"),
       "glossary.yaml:10:54: error: \"most_recnt\" is no survivorship rule (did you mean "
       "\"most_recent\"?)\n"},
      {"unknown_system_in_priority", "glossary.yaml",
       WithTerm("size: {label: Size, type: text, priority: [crn]}"),
       "glossary.yaml:10:50: error: no mapping file has the system \"crn\" (did you mean "
       "\"crm\"?)\n"},
      {"second_account", "glossary.yaml",
       WithEntity(
           "  client: {label: Client, role: account, terms: {name: {label: Name, type: name}}}\n"),
       "glossary.yaml:18:3: error: a second entity with the role account, besides \"account\"\n"},
      {"no_account", "glossary.yaml",
       "entities:\n  user: {label: User, role: reference, terms: {name: {label: Name, type: "
       "name}}}\n",
       "crm.yaml:3:21: error: the glossary has no entity \"account\"\n"
       "glossary.yaml:1:1: error: no entity has the role account\n"},
      {"parent_is_no_reference", "glossary.yaml",
       WithEntity("  site: {label: Site, role: part, parents: [name], terms: {name: {label: Name, "
                  "type: name}}}\n"),
       "glossary.yaml:18:45: error: parent \"name\" is no reference\n"},
      {"no_parents", "glossary.yaml",
       WithEntity("  site: {label: Site, role: part, terms: {name: {label: Name, type: name}}}\n"),
       "glossary.yaml:18:3: error: entity \"site\" needs \"parents\" (the references that lead to "
       "the account)\n"},
      {"parents_form_a_cycle", "glossary.yaml",
       WithEntity("  site: {label: Site, role: part, parents: [unit], terms: {unit: {label: U, "
                  "type: reference, target: unit}}}\n"
                  "  unit: {label: Unit, role: part, parents: [site], terms: {site: {label: S, "
                  "type: reference, target: site}}}\n"),
       "glossary.yaml:18:3: error: the parents of entity \"site\" do not lead to the account\n"
       "glossary.yaml:19:3: error: the parents of entities \"unit\" and \"site\" form a cycle\n"
       "glossary.yaml:19:3: error: the parents of entity \"unit\" do not lead to the account\n"},
      // A mapping.
      {"unknown_entity", "crm.yaml",
       "system: crm\nobjects:\n  Account: {entity: acount, terms: {name: Name}}\n",
       "crm.yaml:3:21: error: the glossary has no entity \"acount\" (did you mean \"account\"?)\n"},
      {"unknown_term", "crm.yaml", WithMapping("nmae: Name"),
       "crm.yaml:7:7: error: entity \"account\" has no term \"nmae\" (did you mean \"name\"?)\n"},
      {"term_mapped_twice", "crm.yaml", WithMapping("{name: Name, stage: Stage, name: Nickname}"),
       "crm.yaml:7:34: error: \"name\" is given twice\n"},
      {"no_source", "crm.yaml", WithMapping("name: {join: \" \"}"),
       "crm.yaml:7:13: error: one of \"field\", \"fields\" and \"const\" must say where the value "
       "comes from\n"
       "crm.yaml:7:20: error: \"join\" needs \"fields\"\n"},
      {"value_map_names_no_choice", "crm.yaml",
       WithMapping("stage: {field: S, values: {1-Lead: laed, 2-Live: live}}"),
       "crm.yaml:7:42: error: term \"stage\" has no choice \"laed\" (did you mean \"lead\"?)\n"},
      {"constant_does_not_fit", "crm.yaml", WithMapping("since: {const: tomorrow}"),
       "crm.yaml:7:22: error: \"tomorrow\" does not fit the term's type: not a date of the form "
       "2026-01-31\n"},
      {"reference_without_object", "crm.yaml", WithMapping("owner: OwnerId"),
       "crm.yaml:7:14: error: term \"owner\" needs \"reference\" ({field: OwnerId, reference: "
       "object})\n"},
      {"reference_to_unmapped_object", "crm.yaml",
       WithMapping("owner: {field: OwnerId, reference: Usr}"),
       "crm.yaml:7:42: error: no mapping has the object \"crm/Usr\" (did you mean "
       "\"crm/User\"?)\n"},
      {"reference_to_another_entity", "crm.yaml",
       WithMapping("owner: {field: OwnerId, reference: Account}"),
       "crm.yaml:7:42: error: \"crm/Account\" is mapped to \"account\", but the term refers to "
       "\"user\"\n"},
      {"reference_form_of_a_name", "crm.yaml", WithMapping("name: {field: Name, reference: User}"),
       "crm.yaml:7:38: error: term \"name\" is no reference\n"},
      {"format_of_a_name", "crm.yaml", WithMapping("name: {field: Name, format: DD.MM.YYYY}"),
       "crm.yaml:7:35: error: only a date has a format\n"},
      {"format_without_year", "crm.yaml", WithMapping("since: {field: Since, format: DD.MM}"),
       "crm.yaml:7:37: error: a format needs year, month and day (DD.MM.YYYY)\n"},
      {"required_but_not_mapped", "crm.yaml",
       "system: crm\nobjects:\n  User: {entity: user, require: [name], terms: {}}\n",
       "crm.yaml:3:34: error: \"name\" is required but not mapped\n"},
      {"no_system", "crm.yaml", "objects: {}\n",
       "crm.yaml:1:1: error: a mapping needs \"system\"\n"},
      {"second_file_of_a_system", "other.yaml", "system: crm\nobjects: {}\n",
       "other.yaml:1:9: error: a second mapping file for the system \"crm\"\n"},
      // The lifecycle.
      {"stage_is_no_choice", "lifecycle.yaml", "stage_term: stage\nstages: [lead, lives, live]\n",
       "lifecycle.yaml:2:16: error: term \"stage\" has no choice \"lives\" (did you mean "
       "\"live\"?)\n"},
      {"choice_is_no_stage", "lifecycle.yaml", "stage_term: stage\nstages: [lead]\n",
       "lifecycle.yaml:2:9: error: choice \"live\" of the stage term is no stage (add it where it "
       "belongs in the order)\n"},
      {"stage_term_is_no_enumeration", "lifecycle.yaml", "stage_term: name\nstages: [lead]\n",
       "lifecycle.yaml:1:13: error: term \"name\" is no enumeration\n"},
      {"gate_at_no_stage", "lifecycle.yaml",
       kLifecycle + "gates: {start: {label: Start, from: led, owner: AM}}\n",
       "lifecycle.yaml:3:37: error: \"led\" is no stage (did you mean \"lead\"?)\n"},
      {"gate_requires_unknown_term", "lifecycle.yaml", WithGate("{label: One, required: [nane]}"),
       "lifecycle.yaml:5:80: error: entity \"account\" has no term \"nane\" (did you mean "
       "\"name\"?)\n"},
      {"item_of_nothing", "lifecycle.yaml", WithGate("{label: One}"),
       "lifecycle.yaml:5:51: error: item \"one\" needs either \"required\" or \"checklist\"\n"},
      {"bad_duration", "lifecycle.yaml", WithGate("{label: One, required: [name], grace: 2 weeks}"),
       "lifecycle.yaml:5:94: error: \"grace\" must be a duration in hours or days (48h or 5d)\n"},
      {"checklist_of_unknown_kind", "lifecycle.yaml",
       WithGate("{label: One, checklist: {entity: task, kind: kind, kinds: [visits]}}"),
       "lifecycle.yaml:5:115: error: term \"kind\" has no choice \"visits\" (did you mean "
       "\"visit\"?)\n"},
      {"checklist_of_no_part", "lifecycle.yaml",
       WithGate("{label: One, checklist: {entity: user, kind: kind, kinds: []}}"),
       "lifecycle.yaml:5:89: error: \"user\" is no entity with the role part\n"},
      {"counterpart_of_unknown_system", "lifecycle.yaml",
       kLifecycle + "counterparts: {crn: {from: lead}}\n",
       "lifecycle.yaml:3:16: error: no mapping file has the system \"crn\" (did you mean "
       "\"crm\"?)\n"},
      {"unknown_finding_and_severity", "lifecycle.yaml", kLifecycle + "severities: {gaps: hihg}\n",
       "lifecycle.yaml:3:14: error: \"gaps\" is no kind of finding (did you mean \"gap\"?)\n"
       "lifecycle.yaml:3:20: error: \"hihg\" is no severity (did you mean \"high\"?)\n"},
      // Matching.
      {"unknown_feature", "matching.yaml", "features: {nam: [name]}\nweights: {}\n",
       "matching.yaml:1:12: error: \"nam\" is no match feature (did you mean \"name\"?)\n"},
      {"feature_of_unknown_term", "matching.yaml", "features: {name: [nam]}\nweights: {}\n",
       "matching.yaml:1:19: error: entity \"account\" has no term \"nam\" (did you mean "
       "\"name\"?)\n"},
      {"unknown_level", "matching.yaml", "features: {name: [name]}\nweights: {name: {exakt: 9}}\n",
       "matching.yaml:2:18: error: the weights of \"name\" has no key \"exakt\" (did you mean "
       "\"exact\"?)\n"},
      {"weight_is_no_number", "matching.yaml",
       "features: {name: [name]}\nweights: {name: {exact: much}}\n",
       "matching.yaml:2:25: error: \"exact\" must be a number\n"},
      {"bands_upside_down", "matching.yaml",
       "features: {name: [name]}\nmatch: 1\npossible: 2\nweights: {}\n",
       "matching.yaml:3:11: error: \"possible\" must not lie above \"match\"\n"},
  };
  return cases;
}

class LoadProblems : public testing::TestWithParam<Case> {};

TEST_P(LoadProblems, AreAllReportedWithTheirPlace) {
  std::string pattern = testing::TempDir() + "mappings-XXXXXX";
  const std::string folder = mkdtemp(pattern.data());
  std::map<std::string, std::string> files = {{"glossary.yaml", kGlossary},
                                              {"lifecycle.yaml", kLifecycle},
                                              {"matching.yaml", kMatching},
                                              {"crm.yaml", kSystem}};
  files[GetParam().file] = GetParam().text;
  for (const auto& [name, text] : files)
    ASSERT_TRUE(WriteFileAtomically(folder + "/" + name, text).ok());
  Problems problems;
  const auto catalog = Catalog::Load(folder, problems);
  std::filesystem::remove_all(folder);

  std::string text = problems.ToText();
  for (size_t at = 0; (at = text.find(folder + "/")) != std::string::npos;)
    text.erase(at, folder.size() + 1);
  EXPECT_EQ(text, GetParam().problems);
  EXPECT_EQ(catalog == nullptr, !GetParam().problems.empty());
}

INSTANTIATE_TEST_SUITE_P(Files, LoadProblems, testing::ValuesIn(Cases()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(LoadingMappings, NamesAFolderThatIsNotThere) {
  Problems problems;
  EXPECT_EQ(Catalog::Load("/no/such/folder", problems), nullptr);
  ASSERT_EQ(problems.list().size(), 1U) << problems.ToText();
  EXPECT_NE(problems.ToText().find("/no/such/folder"), std::string::npos) << problems.ToText();
}

}  // namespace
}  // namespace trueup::mappings
