#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trueup::pipeline {

// What is left of a company's name when case, accents, punctuation, word breaks, "and" and the
// legal form at either end are taken away: names with equal keys are one name written in two ways
// ("Müller & Söhne G.m.b.H." and "MUELLER UND SOEHNE"). Latin letters are folded; other scripts are
// compared as they are. A name that is nothing but a legal form keeps it.
std::string CompanyNameKey(std::string_view name);

// The words of that key, in their order.
std::vector<std::string> CompanyNameWords(std::string_view name);

// Any text's words, folded in the same way.
std::vector<std::string> FoldedWords(std::string_view text);

}  // namespace trueup::pipeline
