#include "tests/sandbox/world/names.h"

#include <algorithm>
#include <array>
#include <map>

#include "tests/sandbox/world/countries.h"
#include "tests/sandbox/world/noise.h"

namespace trueup::sandbox {
namespace {

constexpr std::array<std::string_view, 60> kHeads = {
    "Nor", "Vel",  "Kor",  "Bram", "Sol", "Tri", "Lum",  "Arca", "Del", "Ever", "Fal",  "Gran",
    "Hal", "Inno", "Jura", "Kal",  "Lin", "Mar", "Nova", "Ori",  "Pal", "Quan", "Ros",  "Sten",
    "Tor", "Uni",  "Vas",  "Wes",  "Xan", "Yor", "Zen",  "Alt",  "Bel", "Cor",  "Dor",  "Elb",
    "Fen", "Gal",  "Hem",  "Isar", "Kra", "Lor", "Mon",  "Nep",  "Ost", "Per",  "Rhen", "Sig",
    "Tal", "Ulm",  "Ver",  "Wal",  "Aer", "Bor", "Cal",  "Dun",  "Erl", "Fir",  "Gor",  "Hus"};
constexpr std::array<std::string_view, 50> kTails = {
    "vex",   "tec",   "dan",  "mark", "wick", "ström", "gard", "ton",  "berg",  "field",
    "nix",   "cor",   "via",  "lux",  "max",  "tis",   "ford", "holm", "dale",  "mont",
    "stein", "brook", "ley",  "rion", "zar",  "quist", "mer",  "lund", "haven", "crest",
    "ria",   "dex",   "sys",  "phon", "gen",  "bury",  "wald", "hof",  "nova",  "tron",
    "line",  "mill",  "port", "nor",  "sand", "well",  "wood", "gate", "rock",  "land"};
constexpr std::array<std::string_view, 80> kTrades = {
    "Logistics",  "Energy",      "Foods",       "Pharma",       "Systems",      "Networks",
    "Media",      "Textiles",    "Motors",      "Robotics",     "Analytics",    "Capital",
    "Insurance",  "Biotech",     "Chemicals",   "Plastics",     "Steel",        "Timber",
    "Marine",     "Aviation",    "Railways",    "Security",     "Consulting",   "Software",
    "Hardware",   "Instruments", "Optics",      "Lighting",     "Furniture",    "Ceramics",
    "Glass",      "Paper",       "Packaging",   "Printing",     "Publishing",   "Education",
    "Health",     "Dental",      "Diagnostics", "Laboratories", "Agriculture",  "Seeds",
    "Dairy",      "Beverages",   "Brewery",     "Bakery",       "Coffee",       "Hotels",
    "Travel",     "Leisure",     "Sports",      "Fashion",      "Footwear",     "Jewellery",
    "Cosmetics",  "Retail",      "Wholesale",   "Trading",      "Construction", "Engineering",
    "Architects", "Properties",  "Facilities",  "Cleaning",     "Waste",        "Water",
    "Solar",      "Wind",        "Mining",      "Drilling",     "Pipelines",    "Storage",
    "Couriers",   "Shipping",    "Payments",    "Leasing",      "Staffing",     "Telecom",
    "Cloud",      "Gaming"};

// Ends of listings that are no part of the company's name.
constexpr std::array<std::string_view, 12> kListingEnds = {
    " Class A",      " Class B",         " Class C",       " Depositary receipts",
    " Common Stock", " Ordinary Shares", " ADR",           " Series A",
    " Units",        " Warrants",        " Sponsored ADR", " Registered Shares"};

std::string StripListing(std::string name) {
  for (std::string_view end : kListingEnds) {
    const size_t at = name.find(end);
    if (at != std::string::npos && at > 2) name.resize(at);
  }
  if (const size_t at = name.find(" ("); at != std::string::npos && at > 2) name.resize(at);
  if (name.starts_with("The ") && name.size() > 8) name.erase(0, 4);
  return name;
}

std::string Trim(std::string text) {
  const auto junk = [](char c) {
    return c == ' ' || c == ',' || c == '\n' || c == '\r' || c == '\t';
  };
  while (!text.empty() && junk(text.back())) text.pop_back();
  while (!text.empty() && junk(text.front())) text.erase(0, 1);
  return text;
}

// "Acme Co." is Acme: whether the Co. belongs to the legal form is anybody's guess.
std::string WithoutCo(std::string text) {
  for (std::string_view end : {" Co.", " Co", " CO.", " CO", " Company"}) {
    if (text.size() > end.size() + 2 && text.ends_with(end))
      return Trim(text.substr(0, text.size() - end.size()));
  }
  return text;
}

}  // namespace

std::string NameKey(std::string_view name) {
  std::string key;
  for (char c : Asciify(name, false)) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) key.push_back(c);
  }
  return key;
}

std::string Slug(std::string_view name) {
  std::string slug;
  for (char c : Asciify(name, true)) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      slug.push_back(c);
    } else if (!slug.empty() && slug.back() != '-') {
      slug.push_back('-');
    }
  }
  slug.resize(std::min<size_t>(slug.size(), 40));
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

std::string HostOf(std::string_view website) {
  if (const size_t at = website.find("://"); at != std::string_view::npos)
    website.remove_prefix(at + 3);
  website = website.substr(0, website.find_first_of("/?#: ,;\n"));
  std::string host;
  for (char c : website)
    host.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  if (host.starts_with("www.")) host.erase(0, 4);
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
  return plain && host.find('.') != std::string::npos ? host : std::string();
}

std::pair<std::string, int> SplitLegalForm(std::string_view name, int country) {
  std::string text = Trim(std::string(name));
  const auto forms = LegalForms();
  const auto& own = Countries()[static_cast<size_t>(country)].legal_forms;
  std::vector<int> order(own.begin(), own.end());
  for (int i = 0; i < static_cast<int>(forms.size()); ++i) order.push_back(i);
  const std::string folded = AsciiLower(text);
  for (int form : order) {
    for (std::string_view spelling : forms[static_cast<size_t>(form)].spellings) {
      const std::string end = " " + AsciiLower(spelling);
      if (folded.size() > end.size() + 2 && folded.ends_with(end)) {
        return {WithoutCo(Trim(text.substr(0, text.size() - end.size()))), form};
      }
    }
  }
  return {WithoutCo(std::move(text)), -1};
}

std::vector<std::vector<std::string>> ParseCsv(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row(1);
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        row.back().push_back(c);
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        row.back().push_back(text[++i]);
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      row.emplace_back();
    } else if (c == '\n') {
      rows.push_back(std::move(row));
      row.assign(1, {});
    } else if (c != '\r') {
      row.back().push_back(c);
    }
  }
  if (row.size() > 1 || !row.front().empty()) rows.push_back(std::move(row));
  return rows;
}

CompanySource::CompanySource(uint64_t seed, std::string_view csv) : random_(seed, "companies") {
  const auto rows = ParseCsv(csv);
  if (rows.empty()) return;
  std::map<std::string, size_t> column;
  for (size_t i = 0; i < rows[0].size(); ++i) column[rows[0][i]] = i;
  const auto cell = [&](const std::vector<std::string>& row, const char* name) {
    const auto it = column.find(name);
    return it == column.end() || it->second >= row.size() ? std::string() : Trim(row[it->second]);
  };
  for (size_t i = 1; i < rows.size(); ++i) {
    Company company;
    company.country = FindCountry(cell(rows[i], "country"));
    if (company.country < 0) continue;
    std::tie(company.core, company.form) =
        SplitLegalForm(StripListing(cell(rows[i], "name")), company.country);
    company.domain = HostOf(cell(rows[i], "website"));
    const std::string key = NameKey(company.core);
    if (key.size() < 3 || names_.count(key) != 0 || domains_.count(company.domain) != 0) continue;
    names_.insert(key);
    if (!company.domain.empty()) domains_.insert(company.domain);
    company.city = cell(rows[i], "city");
    company.region = cell(rows[i], "state");
    company.postcode = cell(rows[i], "zipcode");
    listed_.push_back(std::move(company));
  }
  for (size_t i = listed_.size(); i > 1; --i) std::swap(listed_[i - 1], listed_[random_.Below(i)]);
}

Company CompanySource::Next() { return next_ < listed_.size() ? listed_[next_++] : Invent(); }

Company CompanySource::Invent() {
  for (;;) {
    Company company;
    company.core = std::string(random_.Pick(kHeads)).append(random_.Pick(kTails));
    company.core.append(" ").append(random_.Pick(kTrades));
    if (!names_.insert(NameKey(company.core)).second) continue;
    company.country = static_cast<int>(random_.Below(Countries().size()));
    const Country& country = Countries()[static_cast<size_t>(company.country)];
    company.form = random_.Pick(country.legal_forms);
    company.domain = Slug(company.core).append(".").append(country.tld);
    domains_.insert(company.domain);
    return company;
  }
}

}  // namespace trueup::sandbox
