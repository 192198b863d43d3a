#include "base/decimal.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace trueup {
namespace {

__extension__ using Wide = __int128;
constexpr int kMaxDigits = 36;

Wide PowerOfTen(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

Error NotANumber(std::string_view text) {
  return {ErrorKind::kInvalid, "\"" + std::string(text) + "\" is not a decimal number"};
}

// The digits of a number as it is written, gathered before the exponent is applied.
struct Digits {
  Wide coefficient = 0;
  int significant = 0;
  int scale = 0;
  bool any = false;
};

// Reads digits and one point; false where there are more digits than a Decimal holds.
bool TakeDigits(std::string_view& text, Digits& digits) {
  bool point = false;
  while (!text.empty()) {
    const char c = text.front();
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      digits.any = true;
      if (digits.significant > 0 || c != '0') ++digits.significant;
      if (digits.significant > kMaxDigits || digits.scale >= kMaxDigits) {
        if (c != '0' || !point) return false;
      } else {
        digits.coefficient = digits.coefficient * 10 + (c - '0');
        if (point) ++digits.scale;
      }
    } else {
      break;
    }
    text.remove_prefix(1);
  }
  return digits.any;
}

// Reads "e+12"; false where it is malformed or out of range.
bool TakeExponent(std::string_view& text, int& exponent) {
  if (text.empty() || (text.front() != 'e' && text.front() != 'E')) return true;
  text.remove_prefix(1);
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return false;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    exponent = exponent * 10 + (text.front() - '0');
    if (exponent > 60) return false;
    text.remove_prefix(1);
  }
  if (negative) exponent = -exponent;
  return true;
}

}  // namespace

Decimal::Decimal(int64_t whole) : coefficient_(whole) {}

Decimal::Decimal(Wide coefficient, int scale) : coefficient_(coefficient), scale_(scale) {
  while (scale_ > 0 && coefficient_ % 10 == 0) {
    coefficient_ /= 10;
    --scale_;
  }
}

Result<Decimal> Decimal::Parse(std::string_view text) {
  std::string_view rest = text;
  bool negative = false;
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
    negative = rest.front() == '-';
    rest.remove_prefix(1);
  }
  Digits digits;
  int exponent = 0;
  if (!TakeDigits(rest, digits) || !TakeExponent(rest, exponent) || !rest.empty()) {
    return NotANumber(text);
  }
  int scale = digits.scale - exponent;
  if (digits.coefficient == 0) return Decimal();
  while (scale > kMaxDigits && digits.coefficient % 10 == 0) {
    digits.coefficient /= 10;
    --scale;
  }
  if (scale < 0) {
    if (digits.significant - scale > kMaxDigits) return NotANumber(text);
    digits.coefficient *= PowerOfTen(-scale);
    scale = 0;
  }
  if (scale > kMaxDigits) return NotANumber(text);
  return Decimal(negative ? -digits.coefficient : digits.coefficient, scale);
}

std::string Decimal::ToText() const {
  Wide rest = coefficient_ < 0 ? -coefficient_ : coefficient_;
  std::string text;
  for (int position = 0; rest != 0 || position <= scale_; ++position) {
    if (position == scale_ && scale_ > 0) text.push_back('.');
    text.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  }
  if (coefficient_ < 0) text.push_back('-');
  std::reverse(text.begin(), text.end());
  return text;
}

double Decimal::ToDouble() const { return std::strtod(ToText().c_str(), nullptr); }

Decimal operator+(const Decimal& a, const Decimal& b) {
  const Wide limit = PowerOfTen(kMaxDigits);
  const auto room = [&](const Decimal& number) {
    int scale = number.scale_;
    for (Wide c = number.coefficient_; scale < kMaxDigits && c > -limit / 10 && c < limit / 10;
         c *= 10)
      ++scale;
    return scale;
  };
  int scale = std::min({std::max(a.scale_, b.scale_), room(a), room(b)});
  const auto at_scale = [&](const Decimal& number) {
    return number.scale_ <= scale ? number.coefficient_ * PowerOfTen(scale - number.scale_)
                                  : number.coefficient_ / PowerOfTen(number.scale_ - scale);
  };
  Wide sum = at_scale(a) + at_scale(b);
  if ((sum >= limit || sum <= -limit) && scale > 0) {
    sum /= 10;
    --scale;
  }
  return {std::clamp<Wide>(sum, -(limit - 1), limit - 1), scale};
}

Decimal Decimal::operator-() const { return {-coefficient_, scale_}; }

Decimal operator-(const Decimal& a, const Decimal& b) { return a + -b; }

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  // Whole parts first: bringing both to one scale could overflow where the numbers are far apart.
  const Wide whole_a = a.coefficient_ / PowerOfTen(a.scale_);
  const Wide whole_b = b.coefficient_ / PowerOfTen(b.scale_);
  if (whole_a != whole_b) {
    return whole_a < whole_b ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  const Wide part_a = a.coefficient_ % PowerOfTen(a.scale_) * PowerOfTen(kMaxDigits - a.scale_);
  const Wide part_b = b.coefficient_ % PowerOfTen(b.scale_) * PowerOfTen(kMaxDigits - b.scale_);
  if (part_a == part_b) return std::strong_ordering::equal;
  return part_a < part_b ? std::strong_ordering::less : std::strong_ordering::greater;
}

}  // namespace trueup
