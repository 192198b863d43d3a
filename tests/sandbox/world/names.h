#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "tests/sandbox/world/random.h"

namespace trueup::sandbox {

// What a company list says of one company; empty where it says nothing.
struct Company {
  std::string core;  // the name without its legal form
  int form = -1;     // index into LegalForms(), -1: none known
  int country = 0;   // index into Countries()
  std::string city;
  std::string region;
  std::string postcode;
  std::string domain;
};

// Lower case letters and digits only; two names of one company have the same key.
std::string NameKey(std::string_view name);
// "https://www.Example.com/path" -> "example.com"; empty where there is no host in it.
std::string HostOf(std::string_view website);
// A name as part of a host: "Müller & Söhne" -> "mueller-soehne".
std::string Slug(std::string_view name);
// Takes the legal form off the end of a name: {"Acme Logistics", index} or {name, -1}.
std::pair<std::string, int> SplitLegalForm(std::string_view name, int country);

// Hands out companies that differ from each other in name and in domain: first those of the list
// in a random order (two listings of one company are one), then invented ones, without end.
class CompanySource {
 public:
  // REQUIRES: `csv` is the text of a CSV file with a header row that has the columns name, country,
  // state, city, zipcode and website, or is empty.
  CompanySource(uint64_t seed, std::string_view csv);

  Company Next();
  // The number of usable companies of the list.
  size_t listed() const { return listed_.size(); }

 private:
  Company Invent();

  Random random_;
  std::vector<Company> listed_;
  size_t next_ = 0;
  std::unordered_set<std::string> names_;
  std::unordered_set<std::string> domains_;
};

// Rows of a CSV text, header included: quotes, doubled quotes and line breaks inside quotes.
std::vector<std::vector<std::string>> ParseCsv(std::string_view text);

}  // namespace trueup::sandbox
