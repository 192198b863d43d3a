#include <algorithm>
#include <array>

#include "mappings/tables.h"
#include "mappings/text.h"

namespace trueup::mappings {
namespace {

// ISO 4217, active codes in alphabetic order, each followed by a space.
constexpr std::string_view kCurrencies =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD "
    "BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP "
    "DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS "
    "INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD "
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR "
    "PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW "
    "UZS VED VES VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XDR XOF XPD XPF XPT XSU XTS XUA "
    "XXX YER ZAR ZMW ZWL ";

constexpr size_t kStride = 4;

}  // namespace

std::optional<std::string_view> FindCurrency(std::string_view text) {
  if (text.size() != 3) return std::nullopt;
  const std::array<char, 3> code{ToUpper(text[0]), ToUpper(text[1]), ToUpper(text[2])};
  const std::string_view wanted(code.data(), code.size());
  for (size_t low = 0, high = kCurrencies.size() / kStride; low < high;) {
    const size_t middle = (low + high) / 2;
    const std::string_view candidate = kCurrencies.substr(middle * kStride, 3);
    if (candidate == wanted) return candidate;
    (candidate < wanted ? low : high) = candidate < wanted ? middle + 1 : middle;
  }
  return std::nullopt;
}

}  // namespace trueup::mappings
