#include "pipeline/accounts/company_name.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

namespace trueup::pipeline {
namespace {

// Base letters of U+00C0 to U+017F; '*' is written out in Special(), ' ' separates words.
constexpr std::string_view kLatin =
    "aaaaaa*ceeeeiiiidnooooo ouuuuy**"
    "aaaaaa*ceeeeiiiidnooooo ouuuuy*y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkkkllllllllll"
    "nnnnnnnnnoooooo**rrrrrrsssssssstttttt"
    "uuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(kLatin.size() == 0x180 - 0xc0);

std::string_view Special(char32_t letter) {
  switch (letter) {
    case 0xc6:
    case 0xe6: return "ae";
    case 0xde:
    case 0xfe: return "th";
    case 0xdf: return "ss";
    case 0x132:
    case 0x133: return "ij";
    default: return "oe";
  }
}

// Takes one code point off the front; a byte that is not UTF-8 counts as a separator.
char32_t TakeCodePoint(std::string_view& text) {
  const auto lead = static_cast<uint8_t>(text.front());
  const size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || size > text.size()) {
    text.remove_prefix(1);
    return ' ';
  }
  char32_t point = size == 1 ? lead : lead & (0x7fU >> size);
  for (size_t i = 1; i < size; ++i) point = point << 6 | (static_cast<uint8_t>(text[i]) & 0x3f);
  text.remove_prefix(size);
  return point;
}

bool IsSeparator(char32_t point) {
  return (point < 0x80) || (point >= 0xa0 && point < 0xc0) || (point >= 0x2000 && point < 0x2070) ||
         (point >= 0x3000 && point < 0x3040) || (point >= 0xff00 && point < 0xff10);
}

// Greek and Cyrillic capitals have their small letters at a fixed distance.
char32_t Lower(char32_t point) {
  if ((point >= 0x391 && point <= 0x3a9) || (point >= 0x410 && point <= 0x42f)) return point + 0x20;
  if (point >= 0x400 && point <= 0x40f) return point + 0x50;
  return point;
}

// Words in small letters without marks; "ae", "oe", "ue" and "aa" become one letter, because people
// write them for a letter with a mark.
}  // namespace

std::vector<std::string> FoldedWords(std::string_view name) {
  std::vector<std::string> words(1);
  const auto add = [&words](char letter) {
    std::string& word = words.back();
    const char last = word.empty() ? ' ' : word.back();
    const bool second = (letter == 'e' && (last == 'a' || last == 'o' || last == 'u')) ||
                        (letter == 'a' && last == 'a');
    if (!second) word.push_back(letter);
  };
  while (!name.empty()) {
    const std::string_view start = name;
    const char32_t point = TakeCodePoint(name);
    const std::string_view bytes = start.substr(0, start.size() - name.size());
    const char ascii = point < 0x80 ? static_cast<char>(point) : ' ';
    if (ascii >= 'A' && ascii <= 'Z') {
      add(static_cast<char>(ascii - 'A' + 'a'));
    } else if ((ascii >= 'a' && ascii <= 'z') || (ascii >= '0' && ascii <= '9')) {
      add(ascii);
    } else if (point >= 0xc0 && point < 0x180 && kLatin[point - 0xc0] == '*') {
      for (const char letter : Special(point)) add(letter);
    } else if (point >= 0xc0 && point < 0x180 && kLatin[point - 0xc0] != ' ') {
      add(kLatin[point - 0xc0]);
    } else if (ascii == '\'' || point == 0x2019 || (point >= 0x300 && point < 0x370)) {
      continue;  // an apostrophe or a combining mark stands within a word
    } else if (IsSeparator(point) || point == 0xd7 || point == 0xf7) {
      if (!words.back().empty()) words.emplace_back();
    } else if (Lower(point) != point) {
      const char32_t small = Lower(point);
      words.back().push_back(static_cast<char>(0xc0 | small >> 6));
      words.back().push_back(static_cast<char>(0x80 | (small & 0x3f)));
    } else {
      words.back().append(bytes);
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

namespace {

std::string Join(const std::vector<std::string>& words, size_t from, size_t to) {
  std::string joined;
  for (size_t i = from; i < to; ++i) joined.append(words[i]);
  return joined;
}

// Words of the longest form below: "spolka z ograniczona odpowiedzialnoscia", "gesellschaft mit
// ...".
constexpr size_t kMaxFormWords = 6;

// Legal forms by their folded letters without word breaks, so that "S.à r.l." and "SARL" are one.
const std::unordered_set<std::string>& LegalForms() {
  static const std::unordered_set<std::string> forms = [] {
    constexpr std::array kForms = {"Inc",
                                   "Incorporated",
                                   "Corp",
                                   "Corporation",
                                   "Co",
                                   "Company",
                                   "LLC",
                                   "LC",
                                   "LLP",
                                   "LP",
                                   "Ltd",
                                   "Limited",
                                   "Limited Liability Company",
                                   "Limited Liability Partnership",
                                   "PLC",
                                   "Public Limited Company",
                                   "PLLC",
                                   "PC",
                                   "Pty",
                                   "Pty Ltd",
                                   "Pty Limited",
                                   "Proprietary Limited",
                                   "Proprietary",
                                   "Pvt",
                                   "Pvt Ltd",
                                   "Private Limited",
                                   "Private",
                                   "Pte",
                                   "Pte Ltd",
                                   "Unlimited",
                                   "DAC",
                                   "CLG",
                                   "CIC",
                                   "GmbH",
                                   "Gesellschaft mit beschränkter Haftung",
                                   "gGmbH",
                                   "mbH",
                                   "AG",
                                   "Aktiengesellschaft",
                                   "KG",
                                   "Kommanditgesellschaft",
                                   "KGaA",
                                   "OHG",
                                   "GbR",
                                   "UG",
                                   "UG haftungsbeschränkt",
                                   "eK",
                                   "eV",
                                   "eG",
                                   "GmbH & Co KG",
                                   "SE",
                                   "Societas Europaea",
                                   "SA",
                                   "Société anonyme",
                                   "Sociedad Anónima",
                                   "Sociedade Anónima",
                                   "SAS",
                                   "SASU",
                                   "Société par actions simplifiée",
                                   "SARL",
                                   "Société à responsabilité limitée",
                                   "EURL",
                                   "SCI",
                                   "SNC",
                                   "SCA",
                                   "SC",
                                   "SRL",
                                   "Società a responsabilità limitata",
                                   "SpA",
                                   "Società per Azioni",
                                   "SAPA",
                                   "Sociedad de Responsabilidad Limitada",
                                   "SL",
                                   "Sociedad Limitada",
                                   "SLU",
                                   "SAU",
                                   "SA de CV",
                                   "S de RL de CV",
                                   "Lda",
                                   "Limitada",
                                   "Ltda",
                                   "EIRELI",
                                   "ME",
                                   "EPP",
                                   "NV",
                                   "Naamloze Vennootschap",
                                   "BV",
                                   "Besloten Vennootschap",
                                   "BVBA",
                                   "SPRL",
                                   "CV",
                                   "VOF",
                                   "AB",
                                   "Aktiebolag",
                                   "HB",
                                   "KB",
                                   "AS",
                                   "ASA",
                                   "ANS",
                                   "Aksjeselskap",
                                   "Allmennaksjeselskap",
                                   "A/S",
                                   "Aktieselskab",
                                   "ApS",
                                   "Anpartsselskab",
                                   "IVS",
                                   "IS",
                                   "Oy",
                                   "Osakeyhtiö",
                                   "Oyj",
                                   "Ky",
                                   "Ab Oy",
                                   "Julkinen osakeyhtiö",
                                   "OÜ",
                                   "Sp zoo",
                                   "Spółka z ograniczoną odpowiedzialnością",
                                   "Spółka akcyjna",
                                   "sro",
                                   "společnost s ručením omezeným",
                                   "spol sro",
                                   "akciová společnost",
                                   "doo",
                                   "dd",
                                   "Kft",
                                   "Zrt",
                                   "Nyrt",
                                   "Bt",
                                   "EOOD",
                                   "OOD",
                                   "OOO",
                                   "ООО",
                                   "ОАО",
                                   "ЗАО",
                                   "ПАО",
                                   "KK",
                                   "Kabushiki Kaisha",
                                   "GK",
                                   "Godo Kaisha",
                                   "Co Ltd",
                                   "Sdn Bhd",
                                   "Bhd",
                                   "PT",
                                   "Tbk",
                                   "株式会社",
                                   "有限公司"};
    std::unordered_set<std::string> folded;
    for (const std::string_view form : kForms) {
      const auto words = FoldedWords(form);
      folded.insert(Join(words, 0, words.size()));
    }
    return folded;
  }();
  return forms;
}

bool IsAnd(const std::string& word) {
  return word == "and" || word == "und" || word == "et" || word == "y" || word == "og" ||
         word == "och";
}

// Takes the longest legal form off one end of words [from, to); false where there is none, or
// nothing would be left.
bool StripForm(const std::vector<std::string>& words, size_t& from, size_t& to, bool at_end) {
  for (size_t count = std::min(kMaxFormWords, to - from - 1); count > 0; --count) {
    const size_t start = at_end ? to - count : from;
    if (!LegalForms().contains(Join(words, start, start + count))) continue;
    (at_end ? to : from) = at_end ? start : start + count;
    return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> CompanyNameWords(std::string_view name) {
  std::vector<std::string> words = FoldedWords(name);
  if (words.empty()) return {std::string(name)};
  if (words.size() > 1) std::erase_if(words, IsAnd);
  size_t from = 0;
  size_t to = words.size();
  while (to - from > 1 && StripForm(words, from, to, true)) continue;
  while (to - from > 1 && StripForm(words, from, to, false)) continue;
  words.erase(words.begin() + static_cast<ptrdiff_t>(to), words.end());
  words.erase(words.begin(), words.begin() + static_cast<ptrdiff_t>(from));
  return words;
}

std::string CompanyNameKey(std::string_view name) {
  const std::vector<std::string> words = CompanyNameWords(name);
  return Join(words, 0, words.size());
}

}  // namespace trueup::pipeline
