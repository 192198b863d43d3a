#include "pipeline/matching/similarity.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace trueup::pipeline {
namespace {

// Winkler's published examples.
TEST(JaroWinkler, GivesThePublishedValues) {
  EXPECT_NEAR(JaroWinkler("martha", "marhta"), 0.961, 0.001);
  EXPECT_NEAR(JaroWinkler("dixon", "dicksonx"), 0.813, 0.001);
  EXPECT_NEAR(JaroWinkler("jones", "johnson"), 0.832, 0.001);
  EXPECT_EQ(JaroWinkler("abc", "abc"), 1);
  EXPECT_EQ(JaroWinkler("abc", "xyz"), 0);
  EXPECT_EQ(JaroWinkler("", "abc"), 0);
}

// The letters may only spare the comparison, never change its result.
TEST(AreAlike, IsTheSameAsComparing) {
  std::mt19937 random(7);
  const auto word = [&random] {
    std::string text;
    for (size_t left = random() % 9; left > 0; --left) text.push_back("abcde1 \xc3"[random() % 8]);
    return text;
  };
  int alike = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string a = word();
    std::string b = random() % 2 == 0 ? word() : a;
    if (!b.empty() && random() % 2 == 0) b[random() % b.size()] = 'b';
    for (const double least : {0.8, 0.9, 0.95}) {
      const bool expected = JaroWinkler(a, b) >= least;
      ASSERT_EQ(AreAlike(a, LettersOf(a), b, LettersOf(b), least), expected || a == b)
          << a << " " << b;
      alike += expected ? 1 : 0;
    }
  }
  EXPECT_GT(alike, 10'000) << "hardly any pair was alike: the test proves less than it says";
}

}  // namespace
}  // namespace trueup::pipeline
