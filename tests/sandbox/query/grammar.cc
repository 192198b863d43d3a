#include "tests/sandbox/query/grammar.h"

#include <cstdlib>
#include <utility>

namespace trueup::sandbox {
namespace {

// Deeper nesting would overflow the stack; the real systems refuse it, too.
constexpr int kDeepest = 200;

}  // namespace

void Grammar::Unexpected() const {
  Refuse(tokens_.AtEnd() ? "<EOF>" : tokens_.Peek().text);
  std::abort();  // Refuse() throws
}

void Grammar::Expect(std::string_view word) {
  if (!tokens_.Accept(word)) Unexpected();
}

std::string Grammar::TakeWord() {
  if (tokens_.Peek().kind != Token::kWord) Unexpected();
  return tokens_.Take().text;
}

Condition Grammar::ReadCondition() { return ReadList("OR", Condition::kOr, &Grammar::ReadAnd); }
Condition Grammar::ReadAnd() { return ReadList("AND", Condition::kAnd, &Grammar::ReadNot); }

Condition Grammar::ReadList(std::string_view word, Condition::Kind kind,
                            Condition (Grammar::*part)()) {
  Condition first = (this->*part)();
  if (!tokens_.Peek().Is(word)) return first;
  Condition list;
  list.kind = kind;
  list.parts.push_back(std::move(first));
  while (tokens_.Accept(word)) list.parts.push_back((this->*part)());
  return list;
}

Condition Grammar::ReadNot() {
  if (++depth_ > kDeepest) Unexpected();
  Condition condition;
  if (tokens_.Accept("NOT")) {
    condition = Negate(ReadNot());
  } else if (tokens_.Accept("(")) {
    condition = ReadCondition();
    Expect(")");
  } else {
    condition = ReadComparison();
  }
  --depth_;
  return condition;
}

Operator Grammar::ReadOperator() {
  static constexpr std::pair<std::string_view, Operator> kOperators[] = {
      {"=", Operator::kEq},  {"!=", Operator::kNe}, {"<>", Operator::kNe}, {"<", Operator::kLt},
      {"<=", Operator::kLe}, {">", Operator::kGt},  {">=", Operator::kGe}};
  for (const auto& [mark, op] : kOperators) {
    if (tokens_.Accept(mark)) return op;
  }
  Unexpected();
}

std::vector<OrderBy> Grammar::ReadOrderBy() {
  std::vector<OrderBy> order;
  Expect("BY");
  do {
    OrderBy by{FindColumn(TakeWord()), false};
    if (tokens_.Accept("DESC")) {
      by.descending = true;
    } else {
      tokens_.Accept("ASC");
    }
    if (tokens_.Accept("NULLS") && !tokens_.Accept("FIRST") && !tokens_.Accept("LAST"))
      Unexpected();
    order.push_back(by);
  } while (tokens_.Accept(","));
  return order;
}

Condition Grammar::Negate(Condition condition) {
  Condition negated;
  negated.kind = Condition::kNot;
  negated.parts.push_back(std::move(condition));
  return negated;
}

}  // namespace trueup::sandbox
