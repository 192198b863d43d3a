#include <algorithm>
#include <filesystem>

#include "base/json.h"
#include "daemon/cli/commands.h"
#include "daemon/kafka.h"
#include "daemon/sources.h"
#include "mappings/mapping_test_file.h"

namespace trueup::daemon {
namespace {

std::vector<std::string> ExampleFiles(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code ignored;  // a folder that cannot be read is a problem of the mappings already
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string path = entry.path().string();
    if (path.ends_with("_test.yaml")) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string ProblemJson(const Problem& problem) {
  JsonWriter json;
  json.BeginObject().Member("file", problem.place.file);
  json.Member("line", int64_t{problem.place.line}).Member("column", int64_t{problem.place.column});
  json.Member("message", problem.message);
  json.TextOrNull("hint", problem.hint).EndObject();
  return json.Take();
}

std::string FineText(const Sources& sources, const config::Config& config, size_t examples) {
  std::string text = config.file + " is fine: ";
  for (const Source& source : sources.list) {
    text += source.system + " with " + std::to_string(source.objects.size()) + " objects, ";
  }
  return text + std::to_string(sources.catalog->glossary().account().terms.size()) +
         " account terms, " + std::to_string(examples) + " examples that hold\n";
}

}  // namespace

Result<Shown> ShowCheck(const std::string& config_file) {
  Problems problems;
  const config::Config config = config::Load(config_file, problems);
  Sources sources;
  size_t examples = 0;
  // Without a folder of mappings there is nothing more to look at.
  if (!config.mappings.empty()) {
    sources = MakeSources(config, std::make_shared<SystemClock>(), problems);
  }
  CheckKafka(config, problems);
  if (sources.catalog) {
    for (const std::string& file : ExampleFiles(config.mappings)) {
      examples += mappings::RunMappingTestFile(file, *sources.catalog, problems);
    }
  }
  Shown shown;
  shown.table.columns = {{"file"}, {"line", true}, {"column", true}, {"message"}, {"hint"}};
  for (const Problem& problem : problems.list()) {
    shown.table.rows.push_back({problem.place.file, std::to_string(problem.place.line),
                                std::to_string(problem.place.column), problem.message,
                                problem.hint});
    shown.items.push_back(ProblemJson(problem));
  }
  shown.exit_code = problems.empty() ? kFine : kUsage;
  shown.text = problems.empty() ? FineText(sources, config, examples) : problems.ToText();
  return shown;
}

}  // namespace trueup::daemon
