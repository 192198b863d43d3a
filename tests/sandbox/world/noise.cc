#include "tests/sandbox/world/noise.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace trueup::sandbox {
namespace {

struct Mark {
  std::string_view letter;
  std::string_view plain;
  std::string_view written_out;
};

constexpr Mark kMarks[] = {
    {"ä", "a", "ae"}, {"ö", "o", "oe"},  {"ü", "u", "ue"},  {"Ä", "A", "Ae"}, {"Ö", "O", "Oe"},
    {"Ü", "U", "Ue"}, {"ß", "ss", "ss"}, {"å", "a", "aa"},  {"Å", "A", "Aa"}, {"ø", "o", "oe"},
    {"Ø", "O", "Oe"}, {"æ", "ae", "ae"}, {"Æ", "Ae", "Ae"}, {"é", "e", "e"},  {"è", "e", "e"},
    {"ê", "e", "e"},  {"ë", "e", "e"},   {"É", "E", "E"},   {"È", "E", "E"},  {"à", "a", "a"},
    {"á", "a", "a"},  {"â", "a", "a"},   {"ã", "a", "a"},   {"Á", "A", "A"},  {"ç", "c", "c"},
    {"Ç", "C", "C"},  {"í", "i", "i"},   {"î", "i", "i"},   {"ï", "i", "i"},  {"ì", "i", "i"},
    {"ó", "o", "o"},  {"ô", "o", "o"},   {"õ", "o", "o"},   {"ò", "o", "o"},  {"ú", "u", "u"},
    {"ù", "u", "u"},  {"û", "u", "u"},   {"ñ", "n", "n"},   {"Ñ", "N", "N"},  {"ł", "l", "l"},
    {"Ł", "L", "L"},  {"ś", "s", "s"},   {"Ś", "S", "S"},   {"ź", "z", "z"},  {"ż", "z", "z"},
    {"ą", "a", "a"},  {"ę", "e", "e"},   {"ć", "c", "c"},   {"ń", "n", "n"},  {"č", "c", "c"},
    {"Č", "C", "C"},  {"š", "s", "s"},   {"Š", "S", "S"},   {"ž", "z", "z"},  {"Ž", "Z", "Z"},
    {"ř", "r", "r"},  {"ý", "y", "y"},   {"ě", "e", "e"},   {"ů", "u", "u"},  {"ť", "t", "t"},
};

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 128; });
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string Upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

void ReplaceAll(std::string* text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text->find(from, at)) != std::string::npos; at += to.size()) {
    text->replace(at, from.size(), to);
  }
}

// Case, "&", hyphens and marks: what no comparison of names may care for.
std::string Dress(std::string name, Random* random) {
  if (random->Chance(0.3)) name = Asciify(name, random->Chance(0.5));
  if (random->Chance(0.15)) ReplaceAll(&name, " & ", " and ");
  if (random->Chance(0.1)) ReplaceAll(&name, "-", " ");
  if (random->Chance(0.08) && IsAscii(name)) name = Upper(name);
  if (random->Chance(0.04)) name = AsciiLower(name);
  return name;
}

// Elsewhere 00 begins no international number, and nobody writes it.
bool DialsAbroadBy00(const Country& country) {
  static constexpr std::string_view kOthers[] = {"AU", "BR", "CA", "JP", "US"};
  return std::find(std::begin(kOthers), std::end(kOthers), country.iso2) == std::end(kOthers);
}

std::string Grouped(std::string_view digits, std::string_view separator, size_t first) {
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i >= first && (i - first) % 3 == 0 && digits.size() - i >= 2) out += separator;
    out.push_back(digits[i]);
  }
  return out;
}

}  // namespace

std::string AsciiLower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string Asciify(std::string_view text, bool transliterate) {
  if (IsAscii(text)) return std::string(text);
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const auto mark = std::find_if(std::begin(kMarks), std::end(kMarks), [&](const Mark& m) {
      return text.substr(i, m.letter.size()) == m.letter;
    });
    if (mark == std::end(kMarks)) {
      out.push_back(text[i++]);
    } else {
      out += transliterate ? mark->written_out : mark->plain;
      i += mark->letter.size();
    }
  }
  return out;
}

std::string Typo(std::string_view text, Random* random) {
  std::vector<size_t> places;  // inside words: letters with two letters before and one behind
  for (size_t i = 2; i + 2 < text.size(); ++i) {
    if (IsLetter(text[i - 2]) && IsLetter(text[i - 1]) && IsLetter(text[i]) &&
        IsLetter(text[i + 1])) {
      places.push_back(i);
    }
  }
  std::string out(text);
  if (places.empty()) return out;
  const size_t at = random->Pick(places);
  switch (random->Below(3)) {
    case 0: std::swap(out[at], out[at + 1]); break;
    case 1: out.erase(at, 1); break;
    default: out.insert(at, 1, out[at]); break;
  }
  return out;
}

std::string ShowName(std::string_view core, int form, Random* random) {
  if (form < 0 || random->Chance(0.25)) return Dress(std::string(core), random);
  return ShowLegalName(core, form, random);
}

std::string ShowLegalName(std::string_view core, int form, Random* random) {
  std::string name = Dress(std::string(core), random);
  if (form < 0) return name;
  const auto& spellings = LegalForms()[static_cast<size_t>(form)].spellings;
  name += random->Chance(0.1) ? ", " : " ";
  name += random->Chance(0.6) ? spellings.front() : random->Pick(spellings);
  return name;
}

std::string ShowPhone(const Country& country, std::string_view national, Random* random) {
  const std::string international = std::string("+").append(country.calling_code);
  const std::string trunk = country.trunk_zero ? "0" : "";
  switch (random->Below(6)) {
    case 0: return international + " " + Grouped(national, " ", 3);
    case 1: return international + " (" + Grouped(national, "", 3).insert(2, ") ");
    case 2:
      return (DialsAbroadBy00(country) ? "00" + std::string(country.calling_code) : international) +
             " " + std::string(national);
    case 3: return trunk + Grouped(national, "-", 3);
    case 4: return international + "-" + Grouped(national, "-", 3);
    default: return international + std::string(national);
  }
}

std::string ShowWebsite(std::string_view domain, Random* random) {
  const std::string host(domain);
  switch (random->Below(6)) {
    case 0: return "https://www." + host;
    case 1: return "http://" + host + "/";
    case 2: return "www." + host;
    case 3: return "https://" + host + "/en/contact";
    case 4: return "HTTPS://WWW." + Upper(host);
    default: return host;
  }
}

std::string ShowTaxId(const Country& country, std::string_view plain, Random* random) {
  std::string shown(plain);
  if (country.iso2 == "US" || country.iso2 == "IN") return shown;
  const size_t letters = static_cast<size_t>(
      std::find_if(shown.begin(), shown.end(), [](char c) { return !IsLetter(c); }) -
      shown.begin());
  switch (random->Below(6)) {
    case 0: return Grouped(shown, " ", letters >= 2 ? letters : 3);
    case 1: return Grouped(shown, ".", letters >= 2 ? letters : 3);
    case 2: return country.iso2 == "NO" ? shown + " MVA" : shown;
    case 3: return AsciiLower(shown);
    default: return shown;
  }
}

std::string ShowCountry(const Country& country, Random* random) {
  switch (random->Below(4)) {
    case 0: return std::string(country.iso2);
    case 1: return std::string(country.iso3);
    default: return std::string(country.name);
  }
}

std::string ShowStreet(std::string_view street, Random* random) {
  static constexpr std::pair<std::string_view, std::string_view> kShort[] = {
      {"straße", "str."},    {" Street", " St"},      {" Road", " Rd"},  {" Avenue", " Ave"},
      {" Drive", " Dr"},     {" Boulevard", " Blvd"}, {" Lane", " Ln"},  {"avenue ", "av. "},
      {"boulevard ", "bd "}, {"Avenida ", "Av. "},    {"Calle ", "C/ "}, {"Rua ", "R. "},
      {"straat", "str."},    {"Via ", "V. "}};
  std::string out(street);
  if (random->Chance(0.4)) {
    for (const auto& [from, to] : kShort) ReplaceAll(&out, from, to);
  }
  if (random->Chance(0.25)) out = Asciify(out, random->Chance(0.5));
  if (random->Chance(0.04)) out = Typo(out, random);
  return out;
}

std::string ShowPostcode(std::string_view postcode, Random* random) {
  std::string out(postcode);
  if (random->Chance(0.2)) std::erase(out, ' ');
  if (random->Chance(0.1)) out = AsciiLower(out);
  return out;
}

}  // namespace trueup::sandbox
