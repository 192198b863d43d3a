#include "tests/sandbox/world/languages.h"

namespace trueup::sandbox {
namespace {

std::vector<Language> MakeLanguages() {
  return {
      {"en",
       "English",
       "en_US",
       {"High Street", "Station Road", "King Street", "Market Street", "Victoria Road",
        "Park Avenue", "Church Road", "Mill Lane", "Harbour Drive", "Queen Street", "Bridge Street",
        "Maple Avenue", "Industrial Boulevard", "Commerce Drive", "Lake Road", "Oak Street"},
       true},
      {"de",
       "German",
       "de_DE",
       {"Hauptstraße", "Bahnhofstraße", "Gartenstraße", "Industriestraße", "Lindenstraße",
        "Schillerstraße", "Goethestraße", "Am Markt", "Mühlenweg", "Ringstraße", "Hafenstraße",
        "Königsallee", "Schützenstraße", "Kirchplatz"},
       false},
      {"fr",
       "French",
       "fr_FR",
       {"rue de la Gare", "avenue de la République", "rue Victor Hugo", "boulevard Saint-Germain",
        "rue du Moulin", "avenue Jean Jaurès", "rue de l'Église", "place du Marché", "rue Pasteur",
        "quai des Chartrons"},
       true},
      {"nl",
       "Dutch",
       "nl_NL",
       {"Kerkstraat", "Stationsweg", "Dorpsstraat", "Molenweg", "Havenstraat", "Industrieweg",
        "Marktplein", "Nieuwstraat", "Schoolstraat", "Beatrixlaan"},
       false},
      {"it",
       "Italian",
       "it_IT",
       {"Via Roma", "Via Garibaldi", "Corso Italia", "Via Dante", "Viale Europa", "Via Mazzini",
        "Piazza della Libertà", "Via Verdi", "Via Marconi"},
       false},
      {"es",
       "Spanish",
       "es_ES",
       {"Calle Mayor", "Avenida de la Constitución", "Calle Real", "Paseo del Prado",
        "Calle de Alcalá", "Avenida Diagonal", "Calle Nueva", "Plaza de España"},
       false},
      {"pt",
       "Portuguese",
       "pt_BR",
       {"Rua das Flores", "Avenida da Liberdade", "Rua Augusta", "Avenida Paulista",
        "Rua do Comércio", "Rua São José", "Praça da República"},
       false},
      {"pl",
       "Polish",
       "pl_PL",
       {"ul. Długa", "ul. Polna", "ul. Leśna", "al. Jerozolimskie", "ul. Ogrodowa", "ul. Krótka"},
       false},
      {"cs",
       "Czech",
       "cs_CZ",
       {"Hlavní", "Nádražní", "Školní", "Zahradní", "Husova", "Palackého"},
       false},
      {"sv",
       "Swedish",
       "sv_SE",
       {"Storgatan", "Drottninggatan", "Kungsgatan", "Järnvägsgatan", "Hamngatan", "Sveavägen"},
       false},
      {"da",
       "Danish",
       "da_DK",
       {"Hovedgaden", "Vestergade", "Østergade", "Nørregade", "Industrivej", "Skolegade"},
       false},
      {"fi",
       "Finnish",
       "fi_FI",
       {"Mannerheimintie", "Hämeenkatu", "Asemakatu", "Satamakatu", "Teollisuuskatu"},
       false},
      {"no",
       "Norwegian",
       "no_NO",
       {"Storgata", "Kirkegata", "Havnegata", "Karl Johans gate", "Industriveien", "Skolegata"},
       false},
      {"ja",
       "Japanese",
       "ja_JP",
       {"Marunouchi", "Shinjuku", "Ginza", "Umeda", "Sakae", "Toranomon"},
       true},
  };
}

}  // namespace

std::span<const Language> Languages() {
  static const std::vector<Language> languages = MakeLanguages();
  return languages;
}

const Language& LanguageOf(std::string_view code) {
  for (const Language& language : Languages()) {
    if (language.code == code) return language;
  }
  return Languages().front();
}

}  // namespace trueup::sandbox
