#include <string>
#include <unordered_map>

#include "mappings/tables.h"
#include "mappings/text.h"

namespace trueup::mappings {
namespace {

struct Language {
  std::string_view code;
  std::string_view alpha3;  // terminological and bibliographic, separated by a space
  std::string_view names;   // separated by |
};

// ISO 639-1 with English names and the languages' own of CLDR.
constexpr Language kLanguages[] = {
    {"aa", "aar", "Afar"},
    {"ab", "abk", "Abkhazian"},
    {"ae", "ave", "Avestan"},
    {"af", "afr", "Afrikaans"},
    {"ak", "aka", "Akan"},
    {"am", "amh", "Amharic|አማርኛ"},
    {"an", "arg", "Aragonese"},
    {"ar", "ara", "Arabic|العربية"},
    {"as", "asm", "Assamese|অসমীয়া"},
    {"av", "ava", "Avaric"},
    {"ay", "aym", "Aymara"},
    {"az", "aze", "Azerbaijani|azərbaycan"},
    {"ba", "bak", "Bashkir"},
    {"be", "bel", "Belarusian|беларуская"},
    {"bg", "bul", "Bulgarian|български"},
    {"bh", "bih", "Bihari languages"},
    {"bi", "bis", "Bislama"},
    {"bm", "bam", "Bambara|bamanakan"},
    {"bn", "ben", "Bangla|Bengali|বাংলা"},
    {"bo", "bod tib", "Tibetan|བོད་སྐད་"},
    {"br", "bre", "Breton|brezhoneg"},
    {"bs", "bos", "Bosnian|bosanski"},
    {"ca", "cat", "Catalan|Valencian|català"},
    {"ce", "che", "Chechen|нохчийн"},
    {"ch", "cha", "Chamorro"},
    {"co", "cos", "Corsican"},
    {"cr", "cre", "Cree"},
    {"cs", "ces cze", "Czech|čeština"},
    {"cu", "chu", "Church Slavic|Old Slavonic|Church Slavonic|Old Bulgarian|Old Church Slavonic"},
    {"cv", "chv", "Chuvash"},
    {"cy", "cym wel", "Welsh|Cymraeg"},
    {"da", "dan", "Danish|dansk"},
    {"de", "deu ger", "German|Deutsch"},
    {"dv", "div", "Divehi|Dhivehi|Maldivian"},
    {"dz", "dzo", "Dzongkha|རྫོང་ཁ"},
    {"ee", "ewe", "Eʋegbe"},
    {"el", "ell gre", "Greek|Greek, Modern (1453-)|Ελληνικά"},
    {"en", "eng", "English"},
    {"eo", "epo", "Esperanto"},
    {"es", "spa", "Spanish|Castilian|español"},
    {"et", "est", "Estonian|eesti"},
    {"eu", "eus baq", "Basque|euskara"},
    {"fa", "fas per", "Persian|فارسی"},
    {"ff", "ful", "Fulah|Pulaar"},
    {"fi", "fin", "Finnish|suomi"},
    {"fj", "fij", "Fijian"},
    {"fo", "fao", "Faroese|føroyskt"},
    {"fr", "fra fre", "French|français"},
    {"fy", "fry", "Western Frisian|Frysk"},
    {"ga", "gle", "Irish|Gaeilge"},
    {"gd", "gla", "Scottish Gaelic|Gaelic|Gàidhlig"},
    {"gl", "glg", "Galician|galego"},
    {"gn", "grn", "Guarani"},
    {"gu", "guj", "Gujarati|ગુજરાતી"},
    {"gv", "glv", "Manx|Gaelg"},
    {"ha", "hau", "Hausa"},
    {"he", "heb", "Hebrew|עברית"},
    {"hi", "hin", "Hindi|हिन्दी"},
    {"ho", "hmo", "Hiri Motu"},
    {"hr", "hrv", "Croatian|hrvatski"},
    {"ht", "hat", "Haitian Creole|Haitian"},
    {"hu", "hun", "Hungarian|magyar"},
    {"hy", "hye arm", "Armenian|հայերեն"},
    {"hz", "her", "Herero"},
    {"ia", "ina", "Interlingua|Interlingua (International Auxiliary Language Association)"},
    {"id", "ind", "Indonesian|Indonesia"},
    {"ie", "ile", "Interlingue|Occidental"},
    {"ig", "ibo", "Igbo"},
    {"ii", "iii", "Sichuan Yi|Nuosu|ꆈꌠꉙ"},
    {"ik", "ipk", "Inupiaq"},
    {"io", "ido", ""},
    {"is", "isl ice", "Icelandic|íslenska"},
    {"it", "ita", "Italian|italiano"},
    {"iu", "iku", "Inuktitut"},
    {"ja", "jpn", "Japanese|日本語"},
    {"jv", "jav", "Javanese|Jawa"},
    {"ka", "kat geo", "Georgian|ქართული"},
    {"kg", "kon", "Kongo"},
    {"ki", "kik", "Kikuyu|Gikuyu"},
    {"kj", "kua", "Kuanyama|Kwanyama"},
    {"kk", "kaz", "Kazakh|қазақ тілі"},
    {"kl", "kal", "Kalaallisut|Greenlandic"},
    {"km", "khm", "Khmer|Central Khmer|ខ្មែរ"},
    {"kn", "kan", "Kannada|ಕನ್ನಡ"},
    {"ko", "kor", "Korean|한국어"},
    {"kr", "kau", "Kanuri"},
    {"ks", "kas", "Kashmiri|کٲشُر"},
    {"ku", "kur", "Kurdish|kurdî"},
    {"kv", "kom", "Komi"},
    {"kw", "cor", "Cornish|kernewek"},
    {"ky", "kir", "Kyrgyz|Kirghiz|кыргызча"},
    {"la", "lat", "Latin"},
    {"lb", "ltz", "Luxembourgish|Letzeburgesch|Lëtzebuergesch"},
    {"lg", "lug", "Ganda|Luganda"},
    {"li", "lim", "Limburgish|Limburgan|Limburger"},
    {"ln", "lin", "Lingala"},
    {"lo", "lao", "ລາວ"},
    {"lt", "lit", "Lithuanian|lietuvių"},
    {"lu", "lub", "Luba-Katanga|Tshiluba"},
    {"lv", "lav", "Latvian|latviešu"},
    {"mg", "mlg", "Malagasy"},
    {"mh", "mah", "Marshallese"},
    {"mi", "mri mao", "Māori|te reo Māori"},
    {"mk", "mkd mac", "Macedonian|македонски"},
    {"ml", "mal", "Malayalam|മലയാളം"},
    {"mn", "mon", "Mongolian|монгол"},
    {"mr", "mar", "Marathi|मराठी"},
    {"ms", "msa may", "Malay|Melayu"},
    {"mt", "mlt", "Maltese|Malti"},
    {"my", "mya bur", "Burmese|မြန်မာ"},
    {"na", "nau", "Nauru"},
    {"nb", "nob", "Norwegian Bokmål|Bokmål, Norwegian|norsk bokmål"},
    {"nd", "nde", "North Ndebele|Ndebele, North|isiNdebele"},
    {"ne", "nep", "Nepali|नेपाली"},
    {"ng", "ndo", "Ndonga"},
    {"nl", "nld dut", "Dutch|Flemish|Nederlands"},
    {"nn", "nno", "Norwegian Nynorsk|Nynorsk, Norwegian|norsk nynorsk"},
    {"no", "nor", "Norwegian|norsk"},
    {"nr", "nbl", "South Ndebele|Ndebele, South"},
    {"nv", "nav", "Navajo|Navaho"},
    {"ny", "nya", "Nyanja|Chichewa|Chewa"},
    {"oc", "oci", "Occitan|Occitan (post 1500)|Provençal"},
    {"oj", "oji", "Ojibwa"},
    {"om", "orm", "Oromo|Oromoo"},
    {"or", "ori", "Odia|Oriya|ଓଡ଼ିଆ"},
    {"os", "oss", "Ossetic|Ossetian|ирон"},
    {"pa", "pan", "Punjabi|Panjabi|ਪੰਜਾਬੀ"},
    {"pi", "pli", "Pali"},
    {"pl", "pol", "Polish|polski"},
    {"ps", "pus", "Pashto|Pushto|پښتو"},
    {"pt", "por", "Portuguese|português"},
    {"qu", "que", "Quechua|Runasimi"},
    {"rm", "roh", "Romansh|rumantsch"},
    {"rn", "run", "Rundi|Ikirundi"},
    {"ro", "ron rum", "Romanian|Moldavian|Moldovan|română"},
    {"ru", "rus", "Russian|русский"},
    {"rw", "kin", "Kinyarwanda"},
    {"sa", "san", "Sanskrit|संस्कृत भाषा"},
    {"sc", "srd", "Sardinian|sardu"},
    {"sd", "snd", "Sindhi|سنڌي"},
    {"se", "sme", "Northern Sami|davvisámegiella"},
    {"sg", "sag", "Sango"},
    {"si", "sin", "Sinhala|Sinhalese|සිංහල"},
    {"sk", "slk slo", "Slovak|slovenčina"},
    {"sl", "slv", "Slovenian|slovenščina"},
    {"sm", "smo", "Samoan"},
    {"sn", "sna", "Shona|chiShona"},
    {"so", "som", "Somali|Soomaali"},
    {"sq", "sqi alb", "Albanian|shqip"},
    {"sr", "srp", "Serbian|српски"},
    {"ss", "ssw", "Swati"},
    {"st", "sot", "Southern Sotho|Sotho, Southern"},
    {"su", "sun", "Sundanese|Basa Sunda"},
    {"sv", "swe", "Swedish|svenska"},
    {"sw", "swa", "Swahili|Kiswahili"},
    {"ta", "tam", "Tamil|தமிழ்"},
    {"te", "tel", "Telugu|తెలుగు"},
    {"tg", "tgk", "Tajik|тоҷикӣ"},
    {"th", "tha", "Thai|ไทย"},
    {"ti", "tir", "Tigrinya|ትግርኛ"},
    {"tk", "tuk", "Turkmen|türkmen dili"},
    {"tl", "tgl", "Tagalog"},
    {"tn", "tsn", "Tswana"},
    {"to", "ton", "Tongan|Tonga (Tonga Islands)|lea fakatonga"},
    {"tr", "tur", "Turkish|Türkçe"},
    {"ts", "tso", "Tsonga"},
    {"tt", "tat", "Tatar|татар"},
    {"tw", "twi", ""},
    {"ty", "tah", "Tahitian"},
    {"ug", "uig", "Uyghur|Uighur|ئۇيغۇرچە"},
    {"uk", "ukr", "Ukrainian|українська"},
    {"ur", "urd", "Urdu|اردو"},
    {"uz", "uzb", "Uzbek|o‘zbek"},
    {"ve", "ven", "Venda"},
    {"vi", "vie", "Vietnamese|Tiếng Việt"},
    {"vo", "vol", "Volapük"},
    {"wa", "wln", "Walloon"},
    {"wo", "wol", "Wolof"},
    {"xh", "xho", "Xhosa|isiXhosa"},
    {"yi", "yid", "Yiddish|ייִדיש"},
    {"yo", "yor", "Yoruba|Èdè Yorùbá"},
    {"za", "zha", "Zhuang|Chuang"},
    {"zh", "zho chi", "Chinese|中文"},
    {"zu", "zul", "Zulu|isiZulu"},
};

// Codes that were replaced, and the written form that systems mean by a country's language.
constexpr std::pair<std::string_view, std::string_view> kReplaced[] = {
    {"iw", "he"}, {"in", "id"}, {"ji", "yi"}, {"nb", "no"}, {"mo", "ro"}};

void AddWords(std::string_view words, char separator, std::string_view code,
              std::unordered_map<std::string, std::string_view>& index) {
  while (!words.empty()) {
    const size_t end = words.find(separator);
    index.emplace(FoldKey(words.substr(0, end)), code);
    words = end == std::string_view::npos ? std::string_view() : words.substr(end + 1);
  }
}

std::unordered_map<std::string, std::string_view> MakeIndex() {
  std::unordered_map<std::string, std::string_view> index;
  for (const auto& [old, code] : kReplaced) index.emplace(old, code);
  for (const Language& language : kLanguages) index.emplace(language.code, language.code);
  for (const Language& language : kLanguages) {
    const std::string_view code = index.at(std::string(language.code));
    AddWords(language.alpha3, ' ', code, index);
    AddWords(language.names, '|', code, index);
  }
  return index;
}

// The language part of "de_DE", "pt-BR", "zh_Hant_TW"; nothing where the text is no locale code.
std::optional<std::string> LanguageOfLocale(std::string_view text) {
  const size_t end = text.find_first_of("_-");
  if (end != 2 && end != 3) return std::nullopt;
  for (const char c : text) {
    if (!IsAlnum(c) && c != '_' && c != '-') return std::nullopt;
  }
  const size_t region = text.size() - end - 1;
  if (region < 2) return std::nullopt;
  return AsciiLower(text.substr(0, end));
}

}  // namespace

std::optional<std::string_view> FindLanguage(std::string_view text) {
  static const auto index = MakeIndex();
  const auto locale = LanguageOfLocale(text);
  const auto found = index.find(locale ? *locale : FoldKey(text));
  if (found == index.end()) return std::nullopt;
  return found->second;
}

}  // namespace trueup::mappings
