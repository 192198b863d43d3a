#pragma once

#include <string_view>

namespace trueup::pipeline {

// Jaro-Winkler similarity of two words, 0 to 1 (Winkler 1990): how alike they are, the first letters counting more.
double JaroWinkler(std::string_view a, std::string_view b);

}  // namespace trueup::pipeline
