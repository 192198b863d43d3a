// Think before you change a table here.
//
// The tables are the shape of the house (docs/architecture.md). A row is easily added and hard to
// take back: whoever needs one usually has code in the wrong folder. If the row is right, the
// architecture page changes with it, and the commit says why.
#include "tests/layers/layers.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>

namespace trueup::layers {
namespace {

using Names = std::vector<std::string>;

// Folder -> the folders that it may include, besides itself. The longest row that fits a file
// counts.
const std::map<std::string, Names> kMayInclude = {
    {"base", {}},
    {"mappings", {"base"}},
    {"config", {"base"}},
    {"connectors", {"mappings", "config", "base"}},
    {"connectors/registry.cc", {"connectors", "mappings", "config", "base"}},
    // A kind of source knows the contract and the shared client, never another kind.
    {"connectors/files", {"connectors/connector.h", "mappings", "config", "base"}},
    {"connectors/http", {"connectors/connector.h", "config", "base"}},
    {"connectors/netsuite",
     {"connectors/connector.h", "connectors/http", "mappings", "config", "base"}},
    {"connectors/rest",
     {"connectors/connector.h", "connectors/http", "mappings", "config", "base"}},
    {"connectors/salesforce",
     {"connectors/connector.h", "connectors/http", "mappings", "config", "base"}},
    {"connectors/singer", {"connectors/connector.h", "mappings", "config", "base"}},
    {"pipeline/log", {"base"}},
    {"pipeline/state", {"base"}},
    {"pipeline/matching", {"pipeline/accounts", "mappings", "base"}},
    {"pipeline/accounts", {"mappings", "base"}},
    {"pipeline/stages",
     {"pipeline/accounts", "pipeline/matching", "pipeline/state", "mappings", "base"}},
    {"pipeline/runtime", {"pipeline", "mappings", "config", "base"}},
    {"reports", {"pipeline/accounts", "pipeline/log", "mappings", "config", "base"}},
    {"daemon", {"reports", "pipeline", "connectors", "mappings", "config", "base"}},
    {"tests", {"daemon", "reports", "pipeline", "connectors", "mappings", "config", "base"}},
    {"tests/sandbox", {"base"}},
};

// Third-party header, by its beginning -> the only files or folders that may include it.
const std::map<std::string, Names> kThirdParty = {
    {"CLI/", {"daemon", "tests"}},
    {"curl/", {"connectors/http"}},
    {"httplib.h", {"daemon", "tests"}},
    {"libpsl.h", {"mappings"}},
    {"librdkafka/", {"pipeline/log/kafka"}},
    // librdkafka tells in OpenSSL's codes what is wrong with a certificate.
    {"openssl/",
     {"base/hash.cc", "connectors/http", "pipeline/log/kafka/client_events.cc", "tests/sandbox"}},
    {"phonenumbers/", {"mappings"}},
    {"rapidjson/", {"base/json.cc", "tests/sandbox"}},
    {"rocksdb/", {"pipeline/state"}},
    {"spdlog/", {"base/logging.cc"}},
    {"sqlite3.h", {"reports"}},
    {"unicode/", {"mappings", "pipeline/matching"}},
    {"xxhash.h", {"base/hash.cc"}},
    {"yaml-cpp/", {"base/yaml.cc"}},
    // Tests only, wherever they stand.
    {"gtest/", {}},
    {"gmock/", {}},
    {"rapidcheck", {}},
    {"benchmark/", {"tests/bench"}},
};

// What a test beside its code may include besides.
const Names kAlsoInTests = {"benchmark/", "gtest/",    "gmock/",
                            "rapidcheck", "httplib.h", "openssl/"};

// Word -> the only files or folders that may hold it. Time and waiting come from base/clock.h, so
// that tests drive them; the sandbox plays machines that are not ours, slow ones too.
const std::map<std::string, Names> kWords = {
    {"system_clock::now", {"base/clock.cc", "tests/sandbox/server"}},
    {"steady_clock::now", {"base/clock.cc", "tests/bench"}},
    {"sleep_for", {"tests/sandbox/server/listener.cc"}},
    {"sleep_until", {}},
    {"usleep(", {}},
    {"getenv",
     {"config/secrets.cc", "pipeline/log/kafka/testing", "tests/kafka",
      "tests/sandbox/world/calendar.cc"}},
    {"std::cout", {"daemon", "tests"}},
};

// Headers of the C library and the kernel have a slash, too.
const Names kSystemHeaders = {"sys/", "netinet/", "arpa/", "linux/", "bits/"};

const Names kSourceFolders = {"base",     "config",   "connectors", "daemon",
                              "mappings", "pipeline", "reports",    "tests"};

// Whether `path` is `name` or stands below it.
bool IsBelow(std::string_view path, std::string_view name) {
  return path.starts_with(name) && (path.size() == name.size() || path[name.size()] == '/');
}

bool IsBelowAny(std::string_view path, const Names& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return IsBelow(path, name); });
}

bool StartsWithAny(std::string_view text, const Names& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const std::string& beginning) { return text.starts_with(beginning); });
}

// A test beside its code, or what such tests share.
bool IsTest(std::string_view path) {
  return path.starts_with("tests/") || path.ends_with("_test.cc") || path.ends_with("_bench.cc") ||
         path.ends_with("_contract.h") || path.find("/testing/") != path.npos ||
         path.find("/fault_") != path.npos || path.find("/test_") != path.npos;
}

// The row of the longest folder that holds `path`.
const std::pair<const std::string, Names>* RowOf(std::string_view path) {
  const std::pair<const std::string, Names>* longest = nullptr;
  for (const auto& row : kMayInclude) {
    if (IsBelow(path, row.first) &&
        (longest == nullptr || row.first.size() > longest->first.size())) {
      longest = &row;
    }
  }
  return longest;
}

std::string Joined(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "nothing" : text;
}

// What is wrong with this #include, or nothing.
std::optional<std::string> CheckOwn(const std::string& path, const std::string& header) {
  const auto* row = RowOf(path);
  if (row == nullptr) return "its folder has no row in tests/layers/layers.cc";
  const auto* target = RowOf(header);
  if (target != nullptr && target->first == row->first) return {};
  if (IsBelowAny(header, row->second)) return {};
  if (IsTest(path) && (header.starts_with("tests/") || header.find("/testing/") != header.npos))
    return {};
  return "includes " + header + ", but " + row->first + " may include only: " + Joined(row->second);
}

std::optional<std::string> CheckThirdParty(const std::string& path, const std::string& header) {
  for (const auto& [beginning, folders] : kThirdParty) {
    if (!header.starts_with(beginning)) continue;
    if (IsBelowAny(path, folders)) return {};
    if (IsTest(path) && StartsWithAny(header, kAlsoInTests)) return {};
    return "includes <" + header + ">, which belongs in: " + Joined(folders);
  }
  if (header.find('/') == header.npos || StartsWithAny(header, kSystemHeaders)) return {};
  return "includes <" + header + ">, a library without a row in tests/layers/layers.cc";
}

std::optional<std::string> CheckWords(const std::string& path, std::string_view line) {
  line = line.substr(0, line.find("//"));
  for (const auto& [word, files] : kWords) {
    if (line.find(word) != line.npos && !IsBelowAny(path, files)) {
      return "holds " + word + ", which belongs in: " + Joined(files);
    }
  }
  return {};
}

// The header of an #include line and whether it is in quotes.
struct Include {
  std::string header;
  bool quoted = false;
};

std::optional<Include> ParseInclude(std::string_view line) {
  constexpr std::string_view kDirective = "#include ";
  if (!line.starts_with(kDirective)) return {};
  line.remove_prefix(kDirective.size());
  if (line.empty() || (line.front() != '"' && line.front() != '<')) return {};
  const size_t end = line.find(line.front() == '"' ? '"' : '>', 1);
  if (end == line.npos) return {};
  return Include{std::string(line.substr(1, end - 1)), line.front() == '"'};
}

std::optional<std::string> CheckLine(const std::string& path, const std::string& line) {
  if (const std::optional<Include> include = ParseInclude(line)) {
    return include->quoted ? CheckOwn(path, include->header)
                           : CheckThirdParty(path, include->header);
  }
  return CheckWords(path, line);
}

void CheckFile(const std::string& root, const std::string& path,
               std::vector<std::string>& violations) {
  std::ifstream file(root + "/" + path);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (const std::optional<std::string> wrong = CheckLine(path, line)) {
      violations.push_back(path + ":" + std::to_string(number) + ": " + *wrong);
    }
  }
}

}  // namespace

std::vector<std::string> Violations(const std::string& root) {
  std::vector<std::string> paths;
  for (const std::string& folder : kSourceFolders) {
    if (!std::filesystem::exists(root + "/" + folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root + "/" + folder)) {
      const std::filesystem::path& file = entry.path();
      if (file.extension() != ".h" && file.extension() != ".cc") continue;
      // This folder spells out what it looks for.
      const std::string path = std::filesystem::relative(file, root).string();
      if (!path.starts_with("tests/layers/")) paths.push_back(path);
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> violations;
  for (const std::string& path : paths) CheckFile(root, path, violations);
  if (paths.empty()) violations.push_back("there are no source files below " + root);
  return violations;
}

}  // namespace trueup::layers
