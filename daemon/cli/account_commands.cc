#include "base/json.h"
#include "daemon/cli/commands.h"
#include "daemon/sources.h"
#include "reports/documents.h"
#include "reports/read_model.h"

namespace trueup::daemon {
namespace {

using reports::CellOf;

// An account as it was published.
struct Found {
  std::string id;
  JsonDocument document;
};

Result<Found> Find(const reports::Database& database, const std::string& id_or_ref) {
  TRUEUP_ASSIGN(const auto id, reports::FindAccount(database, id_or_ref));
  std::optional<std::string> text;
  if (id) {
    TRUEUP_ASSIGN(text, reports::AccountDocument(database, *id));
  }
  if (!text)
    return Error(ErrorKind::kRejected, "there is no account and no account record " + id_or_ref);
  auto document = JsonDocument::Parse(*std::move(text));
  if (!document.ok()) return std::move(document).error().In("account " + *id);
  return Found{*id, *std::move(document)};
}

std::string TextsOf(const JsonValue& list) {
  std::vector<std::string> texts;
  for (const JsonValue& item : list) texts.emplace_back(item.text());
  return reports::Join(texts, ", ");
}

std::string ValueOf(const JsonValue& term) {
  const std::string invalid = CellOf(term["invalid"]);
  return CellOf(term["value"]) + (invalid.empty() ? "" : " (invalid: " + invalid + ")");
}

void AppendLine(std::string& text, const std::string& name, const std::string& value) {
  if (value.empty()) return;
  text += "  " + name + std::string(name.size() < 10 ? 10 - name.size() : 1, ' ') + value + "\n";
}

reports::Table TermTable(const JsonValue& account) {
  reports::Table table{{{"term"},
                        {"value"},
                        {"from", false, true},
                        {"field"},
                        {"since"},
                        {"rule"},
                        {"other values"}},
                       {}};
  for (const JsonValue& term : account["terms"]) {
    std::vector<std::string> others;
    for (const JsonValue& other : term["others"]) {
      if (CellOf(other["value"]) == CellOf(term["value"])) continue;
      others.push_back(ValueOf(other) + " (" + CellOf(other["ref"]) + ")");
    }
    const JsonValue provenance = term["provenance"];
    table.rows.push_back({std::string(term.key()), ValueOf(term), CellOf(provenance["ref"]),
                          CellOf(provenance["field"]), CellOf(provenance["since"]),
                          CellOf(provenance["rule"]), reports::Join(others, "; ")});
  }
  return table;
}

reports::Table TreeTable(const std::vector<reports::TreeNode>& tree, const std::string& id) {
  reports::Table table{{{"account"}, {"stage"}, {"id", false, true}}, {}};
  if (tree.size() < 2) return table;
  for (const reports::TreeNode& node : tree) {
    const std::string indent(static_cast<size_t>(node.depth) * 2, ' ');
    table.rows.push_back({indent + node.name + (node.id == id ? "  <" : ""), node.stage, node.id});
  }
  return table;
}

// Adds the account's open findings; with a term only those of that term.
Status AppendFindings(std::string& text, const reports::Database& database,
                      const std::string& account, const std::string& term, Instant now,
                      size_t width) {
  reports::FindingFilter filter;
  filter.account = account;
  TRUEUP_ASSIGN(auto findings, reports::ListFindings(database, filter, now, {}));
  if (!term.empty()) {
    std::erase_if(findings, [&](const reports::Finding& finding) { return finding.term != term; });
  }
  if (findings.empty()) return {};
  text += "\nOpen findings\n\n" + reports::FindingText(findings, now, width);
  return {};
}

std::vector<std::string> ValueRow(const JsonValue& value, const JsonValue& source) {
  return {ValueOf(value), CellOf(source["ref"]), CellOf(source["since"]), CellOf(source["offset"])};
}

// What the records of the account say, in order of preference.
reports::Table OthersTable(const JsonValue& term) {
  reports::Table table{{{"value"}, {"record", false, true}, {"since"}, {"log offset", true}}, {}};
  for (const JsonValue& other : term["others"]) table.rows.push_back(ValueRow(other, other));
  return table;
}

// The systems whose mappings give a term, as "salesforce/Account: Payment_Terms__c".
std::string SourcesOf(const mappings::Catalog& catalog, uint16_t term) {
  std::vector<std::string> sources;
  for (const std::string& system : catalog.systems()) {
    for (const std::string& object : catalog.objects(system)) {
      if (catalog.EntityOf(system, object) != catalog.glossary().account().index) continue;
      const auto source = catalog.SourceOf(system, object, term);
      if (source) sources.push_back(system + "/" + object + ": " + source->field);
    }
  }
  return sources.empty() ? "no mapping gives this term" : reports::Join(sources, ", ");
}

void AppendWinner(std::string& text, const JsonValue& value, const mappings::Catalog& catalog,
                  const mappings::Term& term) {
  if (!value.exists()) {
    text += "  no record of the account has a value\n";
    AppendLine(text, "sources", SourcesOf(catalog, term.index));
    return;
  }
  const JsonValue provenance = value["provenance"];
  AppendLine(text, "value", ValueOf(value));
  AppendLine(text, "record", CellOf(provenance["ref"]));
  AppendLine(text, "field", CellOf(provenance["field"]));
  AppendLine(text, "mapping", CellOf(provenance["mapping"]));
  AppendLine(text, "rule", CellOf(provenance["rule"]));
  AppendLine(text, "since", CellOf(provenance["since"]));
  AppendLine(text, "log",
             "source." + CellOf(provenance["system"]) + ", offset " + CellOf(provenance["offset"]));
  AppendLine(text, "conflict", CellOf(value["conflict"]));
}

std::string ExplanationJson(const std::string& account, const mappings::Term& term,
                            const JsonValue& value) {
  JsonWriter json;
  json.BeginObject()
      .Member("account", account)
      .Member("term", term.name)
      .Member("label", term.label);
  json.TextOrNull("definition", term.definition).TextOrNull("owner", term.owner);
  if (!value.exists()) {
    json.Key("value").Null().Key("provenance").Null().Key("others").BeginArray().EndArray();
  }
  for (const JsonValue& member : value) json.Key(member.key()).Raw(member.ToJson());
  json.EndObject();
  return json.Take();
}

Result<const mappings::Term*> FindTerm(const mappings::Catalog& catalog, const std::string& name) {
  const mappings::Entity& entity = catalog.glossary().account();
  if (const mappings::Term* term = entity.Find(name)) return term;
  std::vector<std::string> names;
  for (const mappings::Term& term : entity.terms) names.push_back(term.name);
  const std::string hint = DidYouMean(name, names);
  return Error(ErrorKind::kInvalid,
               "the glossary's account has no term \"" + name + "\"; " +
                   (hint.empty() ? "it has " + reports::Join(names, ", ") : hint));
}

}  // namespace

Result<Shown> ShowAccount(const config::Config& config, const std::string& id_or_ref, Instant now,
                          size_t width) {
  TRUEUP_ASSIGN(const auto database, reports::OpenForReading(config.data_dir));
  TRUEUP_ASSIGN(const Found found, Find(database, id_or_ref));
  const JsonValue account = found.document.root();
  TRUEUP_ASSIGN(const auto tree, reports::TreeOf(database, found.id));
  Shown shown;
  shown.table = TermTable(account);
  shown.json = account.ToJson();
  shown.items = {shown.json};
  shown.text = CellOf(account["terms"]["name"]["value"]) + "  " + found.id + "\n";
  const std::string since = CellOf(account["stage_since"]);
  AppendLine(shown.text, "stage",
             CellOf(account["stage"]) + (since.empty() ? "" : " since " + since));
  AppendLine(shown.text, "records", TextsOf(account["members"]));
  AppendLine(shown.text, "former", TextsOf(account["ghosts"]));
  AppendLine(shown.text, "parent", CellOf(account["parent"]));
  // `explain` has the rest of the provenance.
  const reports::Table terms = reports::Without(shown.table, {"field", "since"});
  AppendSection(shown.text, "Terms", terms, width);
  AppendSection(shown.text, "Tree", TreeTable(tree, found.id), width);
  TRUEUP_RETURN_IF_ERROR(AppendFindings(shown.text, database, found.id, "", now, width));
  return shown;
}

Result<Shown> ShowExplanation(const config::Config& config, const std::string& id_or_ref,
                              const std::string& name, Instant now, size_t width) {
  TRUEUP_ASSIGN(const auto catalog, LoadCatalog(config));
  TRUEUP_ASSIGN(const mappings::Term* term, FindTerm(*catalog, name));
  TRUEUP_ASSIGN(const auto database, reports::OpenForReading(config.data_dir));
  TRUEUP_ASSIGN(const Found found, Find(database, id_or_ref));
  const JsonValue account = found.document.root();
  const JsonValue value = account["terms"][name];
  Shown shown;
  const reports::Table others = OthersTable(value);
  shown.table = others;
  if (value.exists()) {
    shown.table.rows.insert(shown.table.rows.begin(), ValueRow(value, value["provenance"]));
  }
  shown.json = ExplanationJson(found.id, *term, value);
  shown.items = {shown.json};
  shown.text = term->label + " (" + term->name + ") of " +
               CellOf(account["terms"]["name"]["value"]) + ", " + found.id + "\n";
  AppendWinner(shown.text, value, *catalog, *term);
  AppendLine(shown.text, "means", term->definition);
  AppendLine(shown.text, "owner", term->owner);
  AppendSection(shown.text, "What the other records say", others, width);
  TRUEUP_RETURN_IF_ERROR(AppendFindings(shown.text, database, found.id, name, now, width));
  return shown;
}

}  // namespace trueup::daemon
