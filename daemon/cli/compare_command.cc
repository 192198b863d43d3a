#include <cstdio>

#include "base/json.h"
#include "daemon/cli/commands.h"
#include "daemon/folders.h"
#include "daemon/sources.h"
#include "pipeline/stages/resolve_stage.h"

namespace trueup::daemon {
namespace {

using Explanation = pipeline::Resolver::Explanation;

std::string Number(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", number);
  return text;
}

// The resolver as the live state has it.
Result<std::unique_ptr<pipeline::ResolveStage>> LoadResolver(const config::Config& config) {
  TRUEUP_ASSIGN(const auto catalog, LoadCatalog(config));
  TRUEUP_ASSIGN(const auto store, OpenLiveState(config));
  TRUEUP_ASSIGN(const bool readable, IsBuiltBy(*catalog, *store));
  if (!readable) {
    return Error(ErrorKind::kInvalid,
                 "the mappings changed since the last run; run \"trueup rebuild\" first");
  }
  auto stage = std::make_unique<pipeline::ResolveStage>(catalog, 1);
  TRUEUP_RETURN_IF_ERROR(stage->Load(*store));
  return stage;
}

reports::Table EvidenceTable(const Explanation& explanation) {
  reports::Table table{{{"feature"}, {"level"}, {"weight", true}, {"a"}, {"b"}}, {}};
  for (const auto& evidence : explanation.score.evidence) {
    table.rows.push_back(
        {evidence.feature, evidence.level, Number(evidence.weight), evidence.a, evidence.b});
  }
  return table;
}

std::string ComparisonJson(const Ref& a, const Ref& b, bool together,
                           const Explanation& explanation) {
  JsonWriter json;
  json.BeginObject().Member("a", a.text()).Member("b", b.text()).Key("together").Bool(together);
  json.Member("verdict", explanation.verdict).Key("score").Digits(Number(explanation.score.score));
  json.Key("evidence").BeginArray();
  for (const auto& evidence : explanation.score.evidence) {
    json.BeginObject().Member("feature", evidence.feature).Member("level", evidence.level);
    json.Key("weight").Digits(Number(evidence.weight));
    json.Member("a", evidence.a).Member("b", evidence.b).EndObject();
  }
  json.EndArray().Key("notes").BeginArray();
  for (const std::string& note : explanation.notes) json.String(note);
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace

Result<Shown> ShowComparison(const config::Config& config, const std::string& first,
                             const std::string& second) {
  TRUEUP_ASSIGN(const Ref a, Ref::Parse(first));
  TRUEUP_ASSIGN(const Ref b, Ref::Parse(second));
  TRUEUP_ASSIGN(const auto stage, LoadResolver(config));
  const pipeline::Resolver& resolver = stage->resolver();
  for (const Ref& ref : {a, b}) {
    if (!resolver.Explain(ref, ref)) {
      return Error(ErrorKind::kRejected, "no account record " + ref.text() + " is held");
    }
  }
  const auto explanation = resolver.Explain(a, b);
  const auto account = resolver.AccountOf(a);
  const bool together = account && account == resolver.AccountOf(b);
  Shown shown;
  shown.table = EvidenceTable(*explanation);
  shown.json = ComparisonJson(a, b, together, *explanation);
  shown.items = {shown.json};
  shown.text = first + " and " + second + " are " + (together ? "" : "not ") +
               "in one account; by themselves: " + explanation->verdict + ", score " +
               Number(explanation->score.score) + "\n";
  for (const std::string& note : explanation->notes) shown.text += "  " + note + "\n";
  AppendSection(shown.text, "Evidence (log2 odds; the sum with the prior is the score)",
                shown.table, 0);
  return shown;
}

}  // namespace trueup::daemon
