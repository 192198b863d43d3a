#include "pipeline/matching/profile.h"

#include <gtest/gtest.h>

namespace trueup::pipeline {
namespace {

// Number and words of a street, as they are compared.
std::string Street(const std::string& text) {
  mappings::MatchingConfig config;
  config.features["street"] = {0};
  MemberFeatures features;
  features.values = {{0, text}};
  const Profile profile = Profiler(config).Make(features);
  return profile.streets.empty() ? "" : profile.streets[0].number + "|" + profile.streets[0].key;
}

TEST(Profile, TakesStreetsApart) {
  const struct {
    const char* text;
    const char* wanted;
  } kCases[] = {
      {"Hauptstr. 12", "12|haupt"},
      {"Hauptstraße 12", "12|haupt"},
      {"10 Downing Street, Suite 4", "10|downing"},
      // Fillers are met as folding left them: "avenu", "ru", "alle".
      {"7 N Homan Ave", "7|homan"},
      {"7 North Homan Avenue", "7|homan"},
      {"12, rue Verte", "12|verte"},
      // A number with an ending is a street, unless it is a floor.
      {"3215 W 63rd St", "3215|63rd"},
      {"3215 W. 71ST Street", "3215|71st"},
      {"3001 West 59th Street 1st Floor", "3001|59th"},
      {"14th Fl., 125 South Wacker Drive", "125|wacker"},
      {"12th Street", "|12th"},
      {"4753-59 W Washington", "4753|washington"},
      {"12b High Road", "12b|high"},
      {"Suite 1500", "1500|"},
      {"Street", ""},
  };
  for (const auto& street : kCases) EXPECT_EQ(Street(street.text), street.wanted) << street.text;
}

}  // namespace
}  // namespace trueup::pipeline
