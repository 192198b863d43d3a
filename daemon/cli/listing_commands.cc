#include <algorithm>
#include <set>

#include "daemon/cli/commands.h"
#include "daemon/sources.h"
#include "reports/documents.h"
#include "reports/read_model.h"

namespace trueup::daemon {
namespace {

// A filter that names nothing that there is would show an empty list, which reads like good news.
Status CheckWord(const std::string& what, const std::string& word,
                 const std::vector<std::string>& known) {
  if (word.empty() || std::find(known.begin(), known.end(), word) != known.end()) return {};
  std::string message = "there is no " + what + " \"" + word + "\"";
  const std::string hint = DidYouMean(word, known);
  message += hint.empty() ? "; there are " + reports::Join(known, ", ") : "; " + hint;
  return Error(ErrorKind::kInvalid, message);
}

// Every team that the glossary or the lifecycle names.
std::vector<std::string> TeamsOf(const mappings::Catalog& catalog) {
  const mappings::Lifecycle& lifecycle = catalog.lifecycle();
  std::set<std::string> teams;
  for (const mappings::Entity& entity : catalog.glossary().entities) {
    for (const mappings::Term& term : entity.terms) teams.insert(term.owner);
  }
  for (const mappings::Gate& gate : lifecycle.gates) {
    teams.insert(gate.owner);
    for (const mappings::GateItem& item : gate.items) teams.insert(item.owner);
  }
  for (const auto& [system, team] : lifecycle.system_owners) teams.insert(team);
  for (const auto& [kind, team] : lifecycle.kind_owners) teams.insert(team);
  teams.erase("");
  return {teams.begin(), teams.end()};
}

}  // namespace

Result<Shown> ShowFindings(const config::Config& config, reports::FindingFilter filter,
                           const reports::Page& page, Instant now, size_t width) {
  TRUEUP_RETURN_IF_ERROR(CheckWord("kind of finding", filter.kind, mappings::FindingKinds()));
  TRUEUP_ASSIGN(const auto database, reports::OpenForReading(config.data_dir));
  if (!filter.account.empty()) {
    TRUEUP_ASSIGN(const auto account, reports::FindAccount(database, filter.account));
    if (!account) {
      return Error(ErrorKind::kRejected,
                   "there is no account and no account record " + filter.account);
    }
    filter.account = *account;
  }
  TRUEUP_ASSIGN(const auto findings, reports::ListFindings(database, filter, now, page));
  if (findings.empty() && !filter.owner.empty()) {
    TRUEUP_ASSIGN(const auto catalog, LoadCatalog(config));
    TRUEUP_RETURN_IF_ERROR(CheckWord("team", filter.owner, TeamsOf(*catalog)));
  }
  Shown shown;
  shown.table = reports::FindingRecords(findings);
  shown.text = findings.empty() ? "no findings\n" : reports::FindingText(findings, now, width);
  for (const reports::Finding& finding : findings) {
    JsonWriter json;
    reports::WriteFinding(json, finding);
    shown.items.push_back(json.Take());
  }
  return shown;
}

Result<Shown> ShowAccounts(const config::Config& config, const reports::AccountFilter& filter,
                           const reports::Page& page, Instant now, size_t width) {
  if (!filter.stage.empty()) {
    TRUEUP_ASSIGN(const auto catalog, LoadCatalog(config));
    std::vector<std::string> stages;
    for (const auto& stage : catalog->lifecycle().stages) stages.push_back(stage.name);
    TRUEUP_RETURN_IF_ERROR(CheckWord("stage", filter.stage, stages));
  }
  TRUEUP_ASSIGN(const auto database, reports::OpenForReading(config.data_dir));
  TRUEUP_ASSIGN(const auto accounts, reports::ListAccounts(database, filter, now, page));
  Shown shown;
  shown.table = reports::AccountRecords(accounts);
  shown.text =
      accounts.empty() ? "no accounts\n" : reports::ToText(reports::AccountTable(accounts), width);
  for (const reports::AccountRow& account : accounts) {
    JsonWriter json;
    reports::WriteAccount(json, account);
    shown.items.push_back(json.Take());
  }
  return shown;
}

}  // namespace trueup::daemon
