#include "tests/sandbox/salesforce/soql.h"

#include <algorithm>

#include "tests/sandbox/query/grammar.h"

namespace trueup::sandbox {
namespace {

class Parser final : private Grammar {
 public:
  Parser(const World& world, std::string_view text)
      : Grammar(Tokenize(text, Quoting::kBackslash)), world_(world) {}

  Soql Parse(bool include_deleted) {
    Expect("SELECT");
    ReadSelect();
    Expect("FROM");
    ReadFrom(include_deleted);
    ResolveSelect();
    if (tokens_.Accept("WHERE")) soql_.query.where = ReadCondition();
    if (tokens_.Accept("GROUP")) ReadGroupBy();
    if (grouped_ != soql_.groups.size()) Fail("MALFORMED_QUERY", "a date function is not grouped");
    if (tokens_.Accept("ORDER")) soql_.query.order = ReadOrderBy();
    if (tokens_.Accept("LIMIT")) ReadLimit();
    if (!tokens_.AtEnd()) Unexpected();
    return std::move(soql_);
  }

 private:
  struct Item {
    std::string function;  // empty for a plain field
    std::string field;
    std::string alias;
  };

  [[noreturn]] static void Fail(std::string code, std::string message) {
    throw SoqlError{std::move(code), std::move(message)};
  }
  void Refuse(const std::string& token) const override {
    Fail("MALFORMED_QUERY", "unexpected token: '" + token + "'");
  }

  void ReadSelect() {
    do {
      Item item;
      item.field = TakeWord();
      if (tokens_.Accept("(")) {
        item.function = std::move(item.field);
        item.field = tokens_.Peek().Is(")") ? "" : TakeWord();
        Expect(")");
        const bool has_alias = tokens_.Peek().kind == Token::kWord && !tokens_.Peek().Is("FROM");
        item.alias = has_alias ? TakeWord() : "expr" + std::to_string(items_.size());
      }
      items_.push_back(std::move(item));
    } while (tokens_.Accept(","));
  }

  void ReadFrom(bool include_deleted) {
    const std::string name = TakeWord();
    const auto table = FindTable(System::kSalesforce, name);
    if (!table) Fail("INVALID_TYPE", "sObject type '" + name + "' is not supported.");
    soql_.object = *table;
    soql_.query.tables = {&world_.table(*table)};
    soql_.query.include_deleted = include_deleted;
    soql_.query.null_is_unlike = true;
  }

  Column FindColumn(const std::string& name) const override {
    const TableSpec& spec = SpecOf(soql_.object);
    const Field* field = spec.Find(name);
    if (field == nullptr) {
      Fail("INVALID_FIELD",
           "No such column '" + name + "' on entity '" + std::string(spec.name) + "'.");
    }
    return {0, field};
  }

  void ResolveSelect() {
    for (const Item& item : items_) {
      if (item.function.empty()) {
        soql_.fields.push_back(FindColumn(item.field).field);
      } else if (EqualsIgnoringCase(item.function, "COUNT") && item.field.empty() &&
                 items_.size() == 1) {
        soql_.count_only = true;
      } else if (EqualsIgnoringCase(item.function, "CALENDAR_YEAR")) {
        soql_.groups.push_back({GroupBy::kYear, FindInstant(item.field), item.alias});
      } else if (EqualsIgnoringCase(item.function, "CALENDAR_MONTH")) {
        soql_.groups.push_back({GroupBy::kMonth, FindInstant(item.field), item.alias});
      } else {
        soql_.aggregates.push_back(MakeAggregate(item));
      }
    }
    if (!soql_.fields.empty() && !soql_.aggregates.empty()) {
      Fail("MALFORMED_QUERY",
           "Field must be grouped or aggregated: " + std::string(soql_.fields[0]->name));
    }
  }

  Column FindInstant(const std::string& name) const {
    const Column column = FindColumn(name);
    if (column.field->type == FieldType::kInstant) return column;
    Fail("MALFORMED_QUERY", "field " + name + " does not support date functions");
  }

  // What is grouped by is what the list has, in any order.
  void ReadGroupBy() {
    Expect("BY");
    do {
      const std::string function = TakeWord();
      Expect("(");
      const Column column = FindInstant(TakeWord());
      Expect(")");
      const auto part =
          EqualsIgnoringCase(function, "CALENDAR_YEAR") ? GroupBy::kYear : GroupBy::kMonth;
      const bool listed = std::any_of(
          soql_.groups.begin(), soql_.groups.end(),
          [&](const GroupBy& by) { return by.part == part && by.column.field == column.field; });
      if (!listed) Fail("MALFORMED_QUERY", "only what is selected can be grouped by here");
      ++grouped_;
    } while (tokens_.Accept(","));
  }

  Aggregate MakeAggregate(const Item& item) const {
    Aggregate aggregate;
    aggregate.alias = item.alias;
    aggregate.column = FindColumn(item.field);
    if (EqualsIgnoringCase(item.function, "MIN")) {
      aggregate.function = Aggregate::kMin;
    } else if (EqualsIgnoringCase(item.function, "MAX")) {
      aggregate.function = Aggregate::kMax;
    } else if (!EqualsIgnoringCase(item.function, "COUNT")) {
      Fail("MALFORMED_QUERY", "unknown function: " + item.function);
    }
    return aggregate;
  }

  Condition ReadComparison() override {
    Condition condition;
    condition.kind = Condition::kCompare;
    condition.column = FindColumn(TakeWord());
    if (tokens_.Accept("NOT")) {
      Expect("IN");
      ReadInList(&condition);
      return Negate(std::move(condition));
    }
    if (tokens_.Accept("IN")) {
      ReadInList(&condition);
      return condition;
    }
    condition.op = ReadOperator();
    condition.literals.push_back(ReadLiteral(condition.column));
    return condition;
  }

  void ReadInList(Condition* condition) {
    condition->op = Operator::kIn;
    Expect("(");
    do {
      condition->literals.push_back(ReadLiteral(condition->column));
    } while (tokens_.Accept(","));
    Expect(")");
  }

  Literal ReadLiteral(const Column& column) {
    const Token token = tokens_.Take();
    if (token.Is("null")) {
      Literal null;
      null.null = true;
      return null;
    }
    const bool quoted = token.kind == Token::kString;
    const bool text_field = column.field->type == FieldType::kText;
    const bool boolean = token.Is("true") || token.Is("false");
    if (token.kind != Token::kNumber && !quoted && !boolean) {
      Fail("MALFORMED_QUERY",
           "unexpected token: '" + (token.kind == Token::kEnd ? "<EOF>" : token.text) + "'");
    }
    const auto literal = MakeLiteral(column, token.text);
    if (!literal || quoted != text_field) {
      Fail("INVALID_FIELD", "value of filter criterion for field '" +
                                std::string(column.field->name) + "' must be of its type" +
                                (text_field ? " and should be enclosed in quotes"
                                            : " and should not be enclosed in quotes"));
    }
    return *literal;
  }

  void ReadLimit() {
    const Token token = tokens_.Take();
    const bool digits = !token.text.empty() && token.text.size() < 10 &&
                        token.text.find_first_not_of("0123456789") == std::string::npos;
    if (token.kind != Token::kNumber || !digits) Fail("MALFORMED_QUERY", "LIMIT must be a number");
    soql_.query.limit = std::stoul(token.text);
  }

  const World& world_;
  Soql soql_;
  std::vector<Item> items_;
  size_t grouped_ = 0;
};

}  // namespace

std::variant<Soql, SoqlError> ParseSoql(const World& world, std::string_view text,
                                        bool include_deleted) {
  try {
    return Parser(world, text).Parse(include_deleted);
  } catch (SoqlError& error) {
    return std::move(error);
  }
}

// What is hidden is spoken of as if it were not there.
std::optional<SoqlError> Refuse(const Permissions& permissions, const Soql& soql) {
  const std::string object(SpecOf(soql.object).name);
  if (!permissions.Sees(soql.object)) {
    return SoqlError{"INVALID_TYPE", "sObject type '" + object + "' is not supported."};
  }
  std::vector<const Field*> fields = FieldsOf(soql.query);
  fields.insert(fields.end(), soql.fields.begin(), soql.fields.end());
  for (const Aggregate& aggregate : soql.aggregates) fields.push_back(aggregate.column.field);
  const Field* const hidden = permissions.FirstHidden(fields);
  if (hidden == nullptr) return std::nullopt;
  return SoqlError{"INVALID_FIELD", "No such column '" + std::string(hidden->name) +
                                        "' on entity '" + object + "'."};
}

}  // namespace trueup::sandbox
