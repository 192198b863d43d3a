#pragma once

#include <string>
#include <string_view>

namespace trueup::mappings {

// The text without white space (no-break spaces included) at its ends.
std::string_view Trim(std::string_view text);

// Runs of white space become one space, ends are trimmed.
std::string FoldSpaces(std::string_view text);

// ASCII letters in one case; other bytes stay as they are.
std::string AsciiUpper(std::string_view text);
std::string AsciiLower(std::string_view text);

// Only the ASCII letters and digits of a text, in upper case: how ids are compared.
std::string UpperAlnum(std::string_view text);

// The key under which spellings of one word meet: letters and digits only, without case and accents
// ("Net 30", "net_30" and "NET-30" are one). Letters of every script stay; a text without any is
// its own key ("-").
std::string FoldKey(std::string_view text);

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
inline bool IsAlpha(char c) { return IsUpper(c) || IsLower(c); }
inline bool IsAlnum(char c) { return IsDigit(c) || IsAlpha(c); }
inline char ToUpper(char c) { return IsLower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
inline char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsAscii(std::string_view text);
// At least one character, and only digits.
bool IsDigits(std::string_view text);

}  // namespace trueup::mappings
