#include "tests/layers/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/testing/temporary_folder.h"

namespace trueup::layers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Layers, EveryFolderIncludesOnlyWhatItMay) {
  std::string all;
  for (const std::string& violation : Violations(TRUEUP_SOURCE_DIR)) all += violation + "\n";
  EXPECT_EQ(all, "");
}

// A tree with one file.
std::vector<std::string> ViolationsOf(const std::string& path, const std::string& content) {
  const TemporaryFolder root;
  const std::string file = root / path;
  EXPECT_TRUE(MakeFolder(std::filesystem::path(file).parent_path()).ok());
  EXPECT_TRUE(WriteFileAtomically(file, content).ok());
  return Violations(root.path());
}

TEST(Layers, APlantedFaultIsFoundWithItsPlace) {
  EXPECT_THAT(ViolationsOf("pipeline/stages/map.cc", "\n#include \"connectors/connector.h\"\n"),
              ElementsAre(HasSubstr("pipeline/stages/map.cc:2: includes connectors/connector.h")));
  const struct {
    const char* path;
    const char* line;
  } faults[] = {
      {"base/a.cc", "#include \"config/config.h\""},
      {"connectors/rest/a.cc", "#include \"pipeline/log/log.h\""},
      {"connectors/rest/a.cc", "#include \"connectors/salesforce/soql.h\""},
      {"pipeline/matching/a.cc", "#include \"pipeline/state/store.h\""},
      {"pipeline/accounts/a.h", "#include <rocksdb/db.h>"},
      {"pipeline/runtime/a.cc", "#include <librdkafka/rdkafka.h>"},
      {"reports/a.cc", "#include \"pipeline/stages/map.h\""},
      {"tests/sandbox/a.cc", "#include \"connectors/http/http_client.h\""},
      {"connectors/rest/a.cc", "#include <curl/curl.h>"},
      {"config/a.cc", "#include <yaml-cpp/yaml.h>"},
      {"base/a.cc", "#include <boost/optional.hpp>"},
      {"base/a.cc", "#include <gtest/gtest.h>"},
      {"pipeline/runtime/a.cc", "  const auto now = std::chrono::system_clock::now();"},
      {"connectors/http/a.cc", "std::this_thread::sleep_for(wait);"},
      {"reports/a.cc", "std::cout << 1;"},
      {"daemon/a.cc", "const char* home = std::getenv(\"HOME\");"},
  };
  for (const auto& fault : faults) {
    EXPECT_EQ(ViolationsOf(fault.path, fault.line).size(), 1U) << fault.path << ": " << fault.line;
  }
}

TEST(Layers, WhatIsAllowedIsNotFound) {
  const struct {
    const char* path;
    const char* line;
  } fine[] = {
      {"base/a.cc", "#include <sys/stat.h>"},
      {"base/a_test.cc", "#include <gtest/gtest.h>"},
      {"connectors/rest/a_test.cc", "#include <httplib.h>"},
      {"connectors/rest/a.cc", "#include \"connectors/http/http_client.h\""},
      {"pipeline/state/a.cc", "#include <rocksdb/db.h>"},
      {"base/a.cc", "// system_clock::now is for base/clock.cc"},
      {"daemon/a.cc", "#include \"pipeline/runtime/embedded_runtime.h\""},
  };
  for (const auto& row : fine) EXPECT_THAT(ViolationsOf(row.path, row.line), IsEmpty()) << row.path;
}

}  // namespace
}  // namespace trueup::layers
