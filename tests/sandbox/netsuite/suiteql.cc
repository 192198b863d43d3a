#include "tests/sandbox/netsuite/suiteql.h"

#include <algorithm>

#include "tests/sandbox/query/grammar.h"
#include "tests/sandbox/world/noise.h"

namespace trueup::sandbox {
namespace {

// How the integration user's preferences show a date: 1/31/2026.
constexpr std::string_view kUserMask = "M/D/YYYY";

class Parser final : private Grammar {
 public:
  Parser(const World& world, std::string_view text, const std::vector<std::string>& params)
      : Grammar(Tokenize(text, Quoting::kDoubled)), world_(world), params_(params) {}

  SuiteQl Parse() {
    if (tokens_.Peek(1).Is("*")) {
      ReadFirstRows();
    } else {
      ReadQuery();
    }
    if (!tokens_.AtEnd()) Unexpected();
    if (next_param_ != params_.size()) Fail("Invalid number of parameters.");
    return std::move(suiteql_);
  }

 private:
  [[noreturn]] static void Fail(std::string detail) { throw SuiteQlError{std::move(detail)}; }
  void Refuse(const std::string& token) const override {
    Fail("Detailed unprocessed description follows. Search error occurred: syntax error near '" +
         token + "'.");
  }

  // SELECT * FROM (query) WHERE ROWNUM <= n
  void ReadFirstRows() {
    for (const char* word : {"SELECT", "*", "FROM", "("}) Expect(word);
    ReadQuery();
    for (const char* word : {")", "WHERE", "ROWNUM"}) Expect(word);
    if (ReadOperator() != Operator::kLe) Unexpected();
    suiteql_.query.limit = std::strtoull(TakeText().c_str(), nullptr, 10);
  }

  void ReadQuery() {
    Expect("SELECT");
    // The aliases of the FROM clause must be known before the list can be read: note it and come
    // back.
    TokenReader list = tokens_;
    SkipToFrom();
    ReadFrom();
    std::swap(list, tokens_);
    ReadSelect();
    std::swap(list, tokens_);
    if (tokens_.Accept("WHERE")) suiteql_.query.where = ReadCondition();
    if (tokens_.Accept("ORDER")) suiteql_.query.order = ReadOrderBy();
  }

  void SkipToFrom() {
    while (!tokens_.Peek().Is("FROM")) {
      if (tokens_.AtEnd()) Unexpected();
      tokens_.Take();
    }
    tokens_.Take();
  }

  void ReadFrom() {
    if (tokens_.Accept("DUAL")) return;
    ReadTable();
    for (;;) {
      const bool left = tokens_.Accept("LEFT");
      if (left) tokens_.Accept("OUTER");
      if (!left) tokens_.Accept("INNER");
      if (!tokens_.Accept("JOIN")) {
        if (left) Unexpected();
        return;
      }
      if (suiteql_.query.tables.size() == kMaxTables) Fail("too many joins");
      ReadTable();
      Expect("ON");
      Join join;
      join.keep_unmatched = left;
      join.left = FindColumn(TakeWord());
      Expect("=");
      join.right = FindColumn(TakeWord());
      const size_t joined = suiteql_.query.tables.size() - 1;
      if (join.left.table == joined) std::swap(join.left, join.right);
      if (join.right.table != joined || join.left.table == joined) Unexpected();
      suiteql_.query.joins.push_back(join);
    }
  }

  void ReadTable() {
    const std::string name = TakeWord();
    const auto table = FindTable(System::kNetsuite, name);
    if (!table) Fail("Record '" + name + "' was not found.");
    suiteql_.query.tables.push_back(&world_.table(*table));
    tokens_.Accept("AS");
    static constexpr std::string_view kKeywords[] = {"WHERE", "ORDER", "LEFT",
                                                     "INNER", "JOIN",  "ON"};
    const Token& next = tokens_.Peek();
    const bool keyword = std::any_of(std::begin(kKeywords), std::end(kKeywords),
                                     [&](auto word) { return next.Is(word); });
    aliases_.push_back(next.kind == Token::kWord && !keyword ? tokens_.Take().text : name);
  }

  Column FindColumn(const std::string& name) const override {
    const size_t dot = name.find('.');
    const std::string field = dot == std::string::npos ? name : name.substr(dot + 1);
    for (size_t i = 0; i < aliases_.size(); ++i) {
      if (dot != std::string::npos && !EqualsIgnoringCase(aliases_[i], name.substr(0, dot)))
        continue;
      if (const Field* found = suiteql_.query.tables[i]->spec().Find(field)) return {i, found};
    }
    Fail("Search error occurred: Field '" + field + "' for record '" +
         (aliases_.empty() ? "DUAL" : aliases_[0]) +
         "' was not found. Reason: NOT_EXISTING - Field does not exist");
  }

  void ReadSelect() {
    do {
      SuiteExpression expression = ReadExpression();
      tokens_.Accept("AS");
      if (tokens_.Peek().kind == Token::kWord && !tokens_.Peek().Is("FROM")) {
        expression.key = AsciiLower(tokens_.Take().text);
      }
      if (expression.key.empty()) expression.key = "expr" + std::to_string(++unnamed_);
      const auto kind = expression.kind;
      suiteql_.aggregated |= kind == SuiteExpression::kCount || kind == SuiteExpression::kCountIf ||
                             kind == SuiteExpression::kMin || kind == SuiteExpression::kMax;
      suiteql_.expressions.push_back(std::move(expression));
    } while (tokens_.Accept(","));
    if (!tokens_.Peek().Is("FROM")) Unexpected();
  }

  SuiteExpression ReadExpression() {
    SuiteExpression expression;
    const std::string word = TakeWord();
    if (EqualsIgnoringCase(word, "SESSIONTIMEZONE")) {
      expression.kind = SuiteExpression::kSessionTimezone;
      return expression;
    }
    if (!tokens_.Accept("(")) {
      expression.column = FindColumn(word);
      expression.key = AsciiLower(expression.column.field->name);
      return expression;
    }
    if (EqualsIgnoringCase(word, "COUNT")) {
      if (tokens_.Accept("CASE")) {
        ReadCountIf(&expression);
      } else {
        expression.kind = SuiteExpression::kCount;
        if (!tokens_.Accept("*")) expression.column = FindColumn(TakeWord());
      }
    } else if (EqualsIgnoringCase(word, "MIN") || EqualsIgnoringCase(word, "MAX")) {
      expression.kind =
          EqualsIgnoringCase(word, "MIN") ? SuiteExpression::kMin : SuiteExpression::kMax;
      expression.column = FindColumn(TakeWord());
    } else if (EqualsIgnoringCase(word, "BUILTIN.DF")) {
      expression.kind = SuiteExpression::kDisplay;
      expression.column = FindColumn(TakeWord());
      expression.key = AsciiLower(expression.column.field->name);
    } else if (EqualsIgnoringCase(word, "TO_CHAR")) {
      ReadToChar(&expression);
    } else {
      Fail("Unsupported function '" + word + "'.");
    }
    Expect(")");
    return expression;
  }

  // COUNT(CASE WHEN condition THEN 1 END), behind CASE.
  void ReadCountIf(SuiteExpression* expression) {
    expression->kind = SuiteExpression::kCountIf;
    Expect("WHEN");
    expression->condition = ReadCondition();
    Expect("THEN");
    if (TakeText() != "1") Unexpected();
    Expect("END");
  }

  // TO_CHAR(column[, mask]) or TO_CHAR(MAX(column), mask), behind the opening parenthesis.
  void ReadToChar(SuiteExpression* expression) {
    if (tokens_.Peek(1).Is("(")) {
      *expression = ReadExpression();
    } else {
      expression->kind = SuiteExpression::kToChar;
      expression->column = FindColumn(TakeWord());
    }
    if (tokens_.Accept(",")) expression->mask = tokens_.Take().text;
    expression->key.clear();
  }

  Condition ReadComparison() override {
    if (suiteql_.query.tables.empty()) Unexpected();
    Condition condition;
    condition.kind = Condition::kCompare;
    condition.column = FindColumn(TakeWord());
    if (tokens_.Accept("IS")) {
      const bool negated = tokens_.Accept("NOT");
      Expect("NULL");
      condition.op = negated ? Operator::kNe : Operator::kEq;
      condition.literals.emplace_back().null = true;
      return condition;
    }
    const bool negated = tokens_.Accept("NOT");
    if (tokens_.Accept("IN")) {
      condition.op = Operator::kIn;
      Expect("(");
      do {
        condition.literals.push_back(ReadLiteral(condition.column));
      } while (tokens_.Accept(","));
      Expect(")");
      return negated ? Negate(std::move(condition)) : condition;
    }
    if (tokens_.Accept("BETWEEN")) {
      Condition between = ReadBetween(std::move(condition));
      return negated ? Negate(std::move(between)) : between;
    }
    if (negated) Unexpected();
    condition.op = ReadOperator();
    condition.literals.push_back(ReadLiteral(condition.column));
    return condition;
  }

  Condition ReadBetween(Condition low) {
    Condition high = low;
    low.op = Operator::kGe;
    low.literals.push_back(ReadLiteral(low.column));
    Expect("AND");
    high.op = Operator::kLe;
    high.literals.push_back(ReadLiteral(high.column));
    Condition both;
    both.parts = {std::move(low), std::move(high)};
    return both;
  }

  std::string TakeText() {
    const Token token = tokens_.Take();
    if (token.kind == Token::kParameter) {
      if (next_param_ == params_.size()) Fail("Invalid number of parameters.");
      return params_[next_param_++];
    }
    if (token.kind != Token::kString && token.kind != Token::kNumber) Unexpected();
    return token.text;
  }

  Literal ReadLiteral(const Column& column) {
    const bool function = tokens_.Peek().Is("TO_TIMESTAMP") || tokens_.Peek().Is("TO_DATE");
    std::string text;
    if (function) {
      tokens_.Take();
      Expect("(");
      text = TakeText();
      Expect(",");
      const std::string mask = tokens_.Take().text;
      if (!mask.starts_with("YYYY-MM-DD")) Fail("Unsupported mask '" + mask + "'.");
      Expect(")");
    } else {
      text = TakeText();
    }
    const bool timed =
        column.field->type == FieldType::kInstant || column.field->type == FieldType::kDate;
    const auto literal = MakeLiteral(column, text);
    if (!literal || (timed && !function)) {
      Fail(timed ? "Parse of date/time \"" + text +
                       "\" failed with date format \"M/d/yy\" in time zone " +
                       world_.netsuite_zone().name()
                 : "Invalid value '" + text + "' for field '" + std::string(column.field->name) +
                       "'.");
    }
    return *literal;
  }

  const World& world_;
  const std::vector<std::string>& params_;
  size_t next_param_ = 0;
  SuiteQl suiteql_;
  std::vector<std::string> aliases_;
  int unnamed_ = 0;
};

// What BUILTIN.DF shows for a reference: a column of the row that it names.
std::string DisplayName(const World& world, std::string_view field, const std::string& id) {
  struct Shown {
    std::string_view field;
    TableId table;
    std::string_view column;
  };
  static constexpr Shown kShown[] = {{"terms", TableId::kNsTerm, "name"},
                                     {"currency", TableId::kNsCurrency, "symbol"},
                                     {"parent", TableId::kNsCustomer, "companyname"},
                                     {"company", TableId::kNsCustomer, "companyname"},
                                     {"entity", TableId::kNsCustomer, "companyname"},
                                     {"salesrep", TableId::kNsEmployee, "entityid"},
                                     {"employee", TableId::kNsEmployee, "entityid"},
                                     {"item", TableId::kNsItem, "itemid"},
                                     {"transaction", TableId::kNsTransaction, "tranid"}};
  for (const Shown& shown : kShown) {
    if (shown.field != field) continue;
    const auto row = world.table(shown.table).Find(id);
    return row ? world.table(shown.table).Get(*row, shown.column) : std::string();
  }
  return id;
}

}  // namespace

std::variant<SuiteQl, SuiteQlError> ParseSuiteQl(const World& world, std::string_view text,
                                                 const std::vector<std::string>& params) {
  try {
    return Parser(world, text, params).Parse();
  } catch (SuiteQlError& error) {
    return std::move(error);
  }
}

std::optional<SuiteQlError> Refuse(const Permissions& permissions, const SuiteQl& suiteql) {
  for (const Table* table : suiteql.query.tables) {
    if (permissions.Sees(table->spec().id)) continue;
    return SuiteQlError{"Record '" + std::string(table->spec().name) + "' was not found."};
  }
  std::vector<const Field*> fields = FieldsOf(suiteql.query);
  for (const SuiteExpression& expression : suiteql.expressions) {
    if (expression.column.field != nullptr) fields.push_back(expression.column.field);
  }
  const Field* const hidden = permissions.FirstHidden(fields);
  if (hidden == nullptr) return std::nullopt;
  return SuiteQlError{"Search error occurred: Field '" + std::string(hidden->name) +
                      "' for record '" + std::string(suiteql.query.tables[0]->spec().name) +
                      "' was not found. Reason: NOT_EXPOSED - Field is not exposed"};
}

std::string FormatByMask(Seconds local, std::string_view mask) {
  const std::string date = DateTimeText(local, ' ', "");  // 2026-01-31 09:00:00
  const auto unpadded = [](std::string text) {
    return text.starts_with("0") ? text.substr(1) : text;
  };
  std::string out;
  while (!mask.empty()) {
    const std::pair<std::string_view, std::string> kParts[] = {{"YYYY", date.substr(0, 4)},
                                                               {"MM", date.substr(5, 2)},
                                                               {"DD", date.substr(8, 2)},
                                                               {"HH24", date.substr(11, 2)},
                                                               {"MI", date.substr(14, 2)},
                                                               {"SS", date.substr(17, 2)},
                                                               {"xFF", ".000"},
                                                               {"FF", "000"},
                                                               {"M", unpadded(date.substr(5, 2))},
                                                               {"D", unpadded(date.substr(8, 2))}};
    const auto* part = std::find_if(std::begin(kParts), std::end(kParts),
                                    [&](const auto& p) { return mask.starts_with(p.first); });
    if (part == std::end(kParts)) {
      out.push_back(mask.front());
      mask.remove_prefix(1);
    } else {
      out += part->second;
      mask.remove_prefix(part->first.size());
    }
  }
  return out;
}

std::string ShowValue(const World& world, const SuiteQl& suiteql, const SuiteExpression& expression,
                      const Match& match) {
  if (expression.kind == SuiteExpression::kSessionTimezone) return world.netsuite_zone().name();
  const std::string text = CellText(suiteql.query, match, expression.column);
  const FieldType type = expression.column.field->type;
  if (expression.kind == SuiteExpression::kDisplay)
    return DisplayName(world, expression.column.field->name, text);
  if (text.empty() || (type != FieldType::kInstant && type != FieldType::kDate)) return text;
  const auto at = type == FieldType::kInstant ? CellInstant(suiteql.query, match, expression.column)
                                              : ParseTime(text);
  return FormatByMask(*at, expression.mask.empty() ? kUserMask : std::string_view(expression.mask));
}

}  // namespace trueup::sandbox
