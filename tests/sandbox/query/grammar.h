#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/query/lexer.h"
#include "tests/sandbox/query/query.h"

namespace trueup::sandbox {

// The part of the grammar that SOQL and SuiteQL share: conditions of AND, OR, NOT and parentheses,
// and ORDER BY. A dialect says what a comparison looks like and which columns there are.
class Grammar {
 protected:
  explicit Grammar(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  ~Grammar() = default;

  virtual Condition ReadComparison() = 0;
  virtual Column FindColumn(const std::string& name) const = 0;
  // Throws the dialect's error about a token that does not belong where it stands.
  virtual void Refuse(const std::string& token) const = 0;

  // Ends the parse at the next token.
  [[noreturn]] void Unexpected() const;
  void Expect(std::string_view word);
  std::string TakeWord();
  Condition ReadCondition();
  Operator ReadOperator();
  // Behind ORDER: BY column [ASC|DESC] [NULLS FIRST|LAST], ...
  std::vector<OrderBy> ReadOrderBy();
  static Condition Negate(Condition condition);

  TokenReader tokens_;

 private:
  Condition ReadAnd();
  Condition ReadNot();
  Condition ReadList(std::string_view word, Condition::Kind kind, Condition (Grammar::*part)());

  int depth_ = 0;
};

}  // namespace trueup::sandbox
