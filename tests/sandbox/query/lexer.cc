#include "tests/sandbox/query/lexer.h"

#include <algorithm>
#include <cctype>

namespace trueup::sandbox {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool IsWordPart(char c) { return IsWordStart(c) || IsDigit(c) || c == '.' || c == '$'; }
// Numbers and date-times in one: 12.5, -3, 2026-01-01T00:00:00.000+01:00.
bool IsNumberPart(char c) {
  return IsDigit(c) || c == '.' || c == ':' || c == '-' || c == '+' || c == 'T' || c == 'Z';
}

// Reads a string whose opening quote stands at `*at`; moves behind the closing one.
Token ReadString(std::string_view query, Quoting quoting, size_t* at) {
  Token token{Token::kString, {}, *at};
  for (++*at; *at < query.size(); ++*at) {
    char c = query[*at];
    const bool has_next = *at + 1 < query.size();
    if (c == '\'' && quoting == Quoting::kDoubled && has_next && query[*at + 1] == '\'') {
      ++*at;
    } else if (c == '\'') {
      ++*at;
      return token;
    } else if (c == '\\' && quoting == Quoting::kBackslash && has_next) {
      c = query[++*at];
      if (c == 'n') c = '\n';
      if (c == 't') c = '\t';
    }
    token.text.push_back(c);
  }
  token.kind = Token::kPunctuation;  // no closing quote
  token.text.assign(1, '\'');
  return token;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

bool Token::Is(std::string_view word) const {
  return (kind == kWord || kind == kPunctuation) && EqualsIgnoringCase(text, word);
}

std::vector<Token> Tokenize(std::string_view query, Quoting quoting) {
  std::vector<Token> tokens;
  for (size_t at = 0; at < query.size();) {
    const char c = query[at];
    const size_t begin = at;
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at;
    } else if (c == '\'') {
      tokens.push_back(ReadString(query, quoting, &at));
    } else if (IsWordStart(c)) {
      while (at < query.size() && IsWordPart(query[at])) ++at;
      tokens.push_back({Token::kWord, std::string(query.substr(begin, at - begin)), begin});
    } else if (IsDigit(c) || (c == '-' && at + 1 < query.size() && IsDigit(query[at + 1]))) {
      while (at < query.size() && IsNumberPart(query[at])) ++at;
      tokens.push_back({Token::kNumber, std::string(query.substr(begin, at - begin)), begin});
    } else if (c == '?') {
      tokens.push_back({Token::kParameter, "?", begin});
      ++at;
    } else {
      static constexpr std::string_view kPairs[] = {"<=", ">=", "!=", "<>"};
      const std::string_view two = query.substr(at, 2);
      const bool pair = std::find(std::begin(kPairs), std::end(kPairs), two) != std::end(kPairs);
      tokens.push_back({Token::kPunctuation, std::string(pair ? two : two.substr(0, 1)), begin});
      at += pair ? 2 : 1;
    }
  }
  return tokens;
}

const Token& TokenReader::Peek(size_t ahead) const {
  static const Token kNothing;
  return next_ + ahead < tokens_.size() ? tokens_[next_ + ahead] : kNothing;
}

Token TokenReader::Take() {
  Token token = Peek();
  if (next_ < tokens_.size()) ++next_;
  return token;
}

bool TokenReader::Accept(std::string_view word) {
  if (!Peek().Is(word)) return false;
  ++next_;
  return true;
}

}  // namespace trueup::sandbox
