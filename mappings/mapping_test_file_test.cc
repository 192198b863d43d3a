#include "mappings/mapping_test_file.h"

#include <gtest/gtest.h>

namespace trueup::mappings {
namespace {

const std::string kDefaults = TRUEUP_SOURCE_DIR "/mappings/default";

class MappingTestFile : public testing::Test {
 protected:
  void SetUp() override {
    catalog_ = Catalog::Load(kDefaults, problems_);
    ASSERT_EQ(problems_.ToText(), "");
  }
  // The differences, one a line.
  std::string Run(const std::string& text) {
    Problems found;
    RunMappingTests(text, "t.yaml", *catalog_, found);
    return found.ToText();
  }

  Problems problems_;
  std::shared_ptr<const Catalog> catalog_;
};

TEST_F(MappingTestFile, PassesForEveryDefaultSystem) {
  for (const std::string& system : catalog_->systems()) {
    EXPECT_GE(RunMappingTestFile(kDefaults + "/" + system + "_test.yaml", *catalog_, problems_),
              3u);
  }
  EXPECT_EQ(problems_.ToText(), "");
}

TEST_F(MappingTestFile, ReportsEachDifferenceAtItsExpectation) {
  EXPECT_EQ(
      Run("system: sky\n"
          "tests:\n"
          "  - name: one\n"
          "    object: accounts\n"
          "    record: {name: Acme, phone: call me, language: de}\n"
          "    expect: {name: Bcme, phone: x, language: null, website: acme.com, langage: de}\n"),
      "t.yaml:6:20: error: \"one\": term \"name\" is \"Acme\", not \"Bcme\"\n"
      "t.yaml:6:33: error: \"one\": term \"phone\" is invalid \"call me\" (not a phone number), "
      "not \"x\"\n"
      "t.yaml:6:46: error: \"one\": term \"language\" is \"de\", not empty\n"
      "t.yaml:6:61: error: \"one\": term \"website\" is empty, not \"acme.com\"\n"
      "t.yaml:6:71: error: entity \"account\" has no term \"langage\" (did you mean "
      "\"language\"?)\n");
}

TEST_F(MappingTestFile, ReportsWhatIsQuarantinedOrIsNot) {
  EXPECT_EQ(
      Run("system: sky\n"
          "tests:\n"
          "  - {name: one, object: accounts, record: {phone: \"1\"}}\n"
          "  - {name: two, object: accounts, record: {name: Acme}, quarantined: true}\n"
          "  - {name: three, object: acounts, record: {name: Acme}}\n"),
      "t.yaml:3:5: error: \"one\": the record was quarantined: the row has no name (name)\n"
      "t.yaml:4:5: error: \"two\": the record was mapped, not quarantined\n"
      "t.yaml:5:5: error: \"three\": the record was quarantined: no mapping for sky/acounts\n");
}

TEST_F(MappingTestFile, RefusesAFileWithoutTests) {
  EXPECT_EQ(Run("system: sky\ntests: []\n"), "t.yaml:2:8: error: there is no test\n");
}

}  // namespace
}  // namespace trueup::mappings
