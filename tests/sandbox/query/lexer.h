#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trueup::sandbox {

// One word of a query. `text` of a string is unescaped; a word keeps its dots ("a.id",
// "BUILTIN.DF") and, in SOQL, a date-time is one kNumber ("2026-01-01T00:00:00Z").
struct Token {
  enum Kind { kWord, kString, kNumber, kPunctuation, kParameter, kEnd } kind = kEnd;
  std::string text;
  size_t at = 0;  // where it begins in the query

  bool Is(std::string_view word) const;  // a word or a punctuation mark, ignoring case
};

enum class Quoting { kBackslash, kDoubled };  // how a quote inside a string is written

// Never fails: what cannot be read becomes a punctuation token that no grammar accepts.
std::vector<Token> Tokenize(std::string_view query, Quoting quoting);

// Walks over tokens. Reading past the end gives kEnd again and again.
class TokenReader {
 public:
  explicit TokenReader(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& Peek(size_t ahead = 0) const;
  Token Take();
  // Takes the next token if it is this word or mark.
  bool Accept(std::string_view word);
  bool AtEnd() const { return Peek().kind == Token::kEnd; }

 private:
  std::vector<Token> tokens_;
  size_t next_ = 0;
};

bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace trueup::sandbox
