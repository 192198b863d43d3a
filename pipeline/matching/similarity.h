#pragma once

#include <cstdint>
#include <string_view>

namespace trueup::pipeline {

// Jaro-Winkler similarity of two words, 0 to 1 (Winkler 1990): how alike they are, the first
// letters counting more.
double JaroWinkler(std::string_view a, std::string_view b);

// Which letters and digits a word has, one bit each (other bytes share the highest).
uint64_t LettersOf(std::string_view word);

// The same as `JaroWinkler(a, b) >= least`, where the letters of both are known already: most pairs
// of words are told apart by them alone.
bool AreAlike(std::string_view a, uint64_t letters_a, std::string_view b, uint64_t letters_b,
              double least);

}  // namespace trueup::pipeline
