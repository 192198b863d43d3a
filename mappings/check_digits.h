#pragma once

#include <initializer_list>
#include <string_view>

// The arithmetic that check digits share. REQUIRES (all): `digits` holds only digits, and at least
// as many as there are weights.

namespace trueup::mappings {

// The sum of digit times weight, from the front.
inline int WeightedSum(std::string_view digits, std::initializer_list<int> weights) {
  int sum = 0;
  size_t at = 0;
  for (const int weight : weights) sum += (digits[at++] - '0') * weight;
  return sum;
}

// The number modulo `modulus`, of any length.
inline int Modulo(std::string_view digits, int modulus) {
  int rest = 0;
  for (const char c : digits) rest = (rest * 10 + (c - '0')) % modulus;
  return rest;
}

// Luhn's formula: from the back every second digit doubled, the sum of all digits divisible by ten.
inline bool PassesLuhn(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (size_t i = digits.size(); i-- > 0; doubled = !doubled) {
    const int digit = (digits[i] - '0') * (doubled ? 2 : 1);
    sum += digit / 10 + digit % 10;
  }
  return sum % 10 == 0;
}

// ISO 7064, MOD 11,10, check digit included.
inline bool PassesMod1110(std::string_view digits) {
  int check = 5;
  for (const char c : digits) check = ((check == 0 ? 10 : check) * 2 % 11 + (c - '0')) % 10;
  return check == 1;
}

}  // namespace trueup::mappings
