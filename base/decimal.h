#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace trueup {

// An exact decimal number of up to 36 significant digits: coefficient * 10^-scale. Money and every
// other number of a source is one; never a double. Always normalised (no trailing zeros behind the
// point), so equal numbers have equal parts: 10, 10.0 and 1e1 are one value.
class Decimal {
 public:
  Decimal() = default;
  explicit Decimal(int64_t whole);

  // Reads "[-+]digits[.digits][(e|E)[-+]digits]"; the digits on one side of the point may be left
  // out. More than 36 digits, an exponent beyond +-60, anything else: kInvalid.
  static Result<Decimal> Parse(std::string_view text);

  // Plain notation without an exponent: "-12.5", "0", "1000000".
  std::string ToText() const;
  // Nearest double, for charts and statistics only.
  double ToDouble() const;

  // Exact where the result has up to 36 digits. Beyond, digits behind the point are cut; a whole
  // part that is still too long stays at the largest number there is.
  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend Decimal operator-(const Decimal& a, const Decimal& b);
  Decimal operator-() const;
  friend bool operator==(const Decimal& a, const Decimal& b) = default;
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

 private:
  __extension__ using Wide = __int128;
  Decimal(Wide coefficient, int scale);

  Wide coefficient_ = 0;
  int scale_ = 0;  // digits behind the point, 0 to 36
};

}  // namespace trueup
