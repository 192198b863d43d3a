#include "tests/sandbox/query/query.h"

#include <algorithm>
#include <cstdlib>
#include <unordered_map>

#include "tests/sandbox/query/lexer.h"

namespace trueup::sandbox {
namespace {

// Answers of SQL's logic: AND is the smaller, OR the greater, NOT the mirror image.
enum Answer { kFalse = 0, kUnknown = 1, kTrue = 2 };

std::string_view SlotText(const Row& row, const Field& field) {
  static constexpr std::string_view kBools[] = {"false", "true"};
  switch (field.source) {
    case FieldSource::kSlot: return row.values[field.slot];
    case FieldSource::kId: return row.id;
    case FieldSource::kDeleted: return kBools[row.deleted ? 1 : 0];
    default: return {};
  }
}

std::optional<Seconds> InstantOf(const Table& table, const Row& row, const Field& field) {
  const auto shifted = [&](Seconds at) {
    return table.zone() == nullptr ? at : table.zone()->ToLocal(at);
  };
  switch (field.source) {
    case FieldSource::kCreated: return shifted(row.created);
    case FieldSource::kModified: return shifted(row.modified);
    case FieldSource::kStamp: return shifted(row.stamp);
    default: break;
  }
  const std::string_view text = SlotText(row, field);
  if (text.empty()) return std::nullopt;
  return shifted(std::strtoll(std::string(text).c_str(), nullptr, 10));
}

template <class T>
int Sign(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

// Negative, zero or positive; nothing where the cell is null.
std::optional<int> CompareCell(const Table& table, const Row& row, const Field& field,
                               const Literal& literal) {
  if (field.type == FieldType::kInstant) {
    const auto at = InstantOf(table, row, field);
    if (!at) return std::nullopt;
    return Sign(*at, literal.at);
  }
  const std::string_view text = SlotText(row, field);
  if (text.empty()) return std::nullopt;
  if (field.type == FieldType::kNumber) {
    return Sign(std::strtod(std::string(text).c_str(), nullptr), literal.number);
  }
  if (field.source != FieldSource::kId && EqualsIgnoringCase(text, literal.text)) return 0;
  return Sign(text, std::string_view(literal.text));
}

bool Holds(Operator op, int sign) {
  switch (op) {
    case Operator::kEq:
    case Operator::kIn: return sign == 0;
    case Operator::kNe: return sign != 0;
    case Operator::kLt: return sign < 0;
    case Operator::kLe: return sign <= 0;
    case Operator::kGt: return sign > 0;
    case Operator::kGe: return sign >= 0;
  }
  return false;
}

class Runner {
 public:
  explicit Runner(const Query& query) : query_(query), base_(*query.tables[0]) { IndexJoins(); }

  std::vector<Match> Run() {
    const bool by_stamp = Leads(FieldSource::kStamp);
    const bool in_order = query_.order.empty() || by_stamp || Leads(FieldSource::kId);
    if (by_stamp) {
      ScanByStamp(in_order);
    } else {
      ScanById(in_order);
    }
    if (!in_order) Sort(0);
    if (query_.limit && found_.size() > *query_.limit) found_.resize(*query_.limit);
    return std::move(found_);
  }

 private:
  // Whether the wanted order is (stamp, id) or (id) of the first table, ascending: both exist. What
  // it says of joined tables behind that is of the matches of one row.
  bool Leads(FieldSource source) const {
    std::vector<FieldSource> sources;
    for (const OrderBy& by : query_.order) {
      if (by.column.table != 0) break;
      if (by.descending) return false;
      sources.push_back(by.column.field->source);
    }
    const bool rest_is_joined =
        std::none_of(query_.order.begin() + static_cast<std::ptrdiff_t>(sources.size()),
                     query_.order.end(), [](const OrderBy& by) { return by.column.table == 0; });
    using Sources = std::vector<FieldSource>;
    return rest_is_joined &&
           (sources == Sources{source} ||
            (source == FieldSource::kStamp && sources == Sources{source, FieldSource::kId}));
  }

  bool Enough(bool in_order) const {
    return in_order && query_.limit && found_.size() >= *query_.limit;
  }

  void ScanByStamp(bool in_order) {
    const auto& order = base_.by_stamp();
    auto it = order.begin();
    if (query_.where) {
      if (const auto low = LowestStamp(*query_.where)) {
        it =
            std::lower_bound(order.begin(), order.end(), *low, [&](uint32_t number, Seconds bound) {
              return base_.OrderKey(base_.row(number)) < bound;
            });
      }
    }
    for (; it != order.end() && !Enough(in_order); ++it) Consider(*it);
  }

  void ScanById(bool in_order) {
    const auto& rows = base_.rows();
    auto it = rows.begin();
    if (query_.where) {
      if (const Condition* above = LowestId(*query_.where)) {
        it = std::partition_point(rows.begin(), rows.end(), [&](const Row& row) {
          return *CompareCell(base_, row, *above->column.field, above->literals[0]) < 0;
        });
      }
    }
    for (; it != rows.end() && !Enough(in_order); ++it)
      Consider(static_cast<uint32_t>(it - rows.begin()));
  }

  // The earliest stamp that any matching row can have, if the condition says so.
  static std::optional<Seconds> LowestStamp(const Condition& condition) {
    std::optional<Seconds> low;
    switch (condition.kind) {
      case Condition::kAnd:
        for (const Condition& part : condition.parts) {
          if (const auto bound = LowestStamp(part)) low = std::max(low.value_or(*bound), *bound);
        }
        return low;
      case Condition::kOr:
        for (const Condition& part : condition.parts) {
          const auto bound = LowestStamp(part);
          if (!bound) return std::nullopt;
          low = std::min(low.value_or(*bound), *bound);
        }
        return low;
      case Condition::kNot: return std::nullopt;
      case Condition::kCompare: break;
    }
    const bool is_stamp =
        condition.column.table == 0 && condition.column.field->source == FieldSource::kStamp;
    const bool bounds = condition.op == Operator::kGt || condition.op == Operator::kGe ||
                        condition.op == Operator::kEq;
    if (!is_stamp || !bounds || condition.literals[0].null) return std::nullopt;
    return condition.literals[0].at;
  }

  // A comparison that every matching row passes and that bounds ids from below.
  static const Condition* LowestId(const Condition& condition) {
    if (condition.kind == Condition::kAnd) {
      for (const Condition& part : condition.parts) {
        if (const Condition* found = LowestId(part)) return found;
      }
      return nullptr;
    }
    if (condition.kind != Condition::kCompare || condition.column.table != 0) return nullptr;
    const bool bounds = condition.op == Operator::kGt || condition.op == Operator::kGe;
    return bounds && condition.column.field->source == FieldSource::kId ? &condition : nullptr;
  }

  void Consider(uint32_t number) {
    const Row& row = base_.row(number);
    if (row.purged || (row.deleted && !query_.include_deleted)) return;
    Match match;
    match.fill(kNoRow);
    match[0] = number;
    const size_t first = found_.size();
    JoinFrom(1, match);
    if (found_.size() > first + 1) Sort(first);
  }

  void JoinFrom(size_t table, Match match) {
    if (table == query_.tables.size()) {
      if (!query_.where || Evaluate(*query_.where, match) == kTrue) found_.push_back(match);
      return;
    }
    const Join& join = query_.joins[table - 1];
    bool any = false;
    const uint32_t left = match[join.left.table];
    if (left != kNoRow) {
      const Row& row = query_.tables[join.left.table]->row(left);
      for (uint32_t right : Partners(table, std::string(SlotText(row, *join.left.field)))) {
        match[table] = right;
        any = true;
        JoinFrom(table + 1, match);
      }
    }
    if (!any && join.keep_unmatched) {
      match[table] = kNoRow;
      JoinFrom(table + 1, match);
    }
  }

  // The live rows of the joined table whose column equals the key.
  std::vector<uint32_t> Partners(size_t table, const std::string& key) const {
    const Table& joined = *query_.tables[table];
    if (query_.joins[table - 1].right.field->source == FieldSource::kId) {
      const auto row = joined.Find(key);
      return row && !joined.row(*row).deleted ? std::vector<uint32_t>{*row}
                                              : std::vector<uint32_t>();
    }
    const auto it = join_index_[table].find(key);
    return it == join_index_[table].end() ? std::vector<uint32_t>() : it->second;
  }

  // Ids have an index already.
  void IndexJoins() {
    join_index_.resize(query_.tables.size());
    for (size_t table = 1; table < query_.tables.size(); ++table) {
      if (query_.joins[table - 1].right.field->source == FieldSource::kId) continue;
      const Table& joined = *query_.tables[table];
      for (uint32_t i = 0; i < joined.rows().size(); ++i) {
        if (joined.row(i).deleted) continue;
        const std::string_view key = SlotText(joined.row(i), *query_.joins[table - 1].right.field);
        if (!key.empty()) join_index_[table][std::string(key)].push_back(i);
      }
    }
  }

  int Evaluate(const Condition& condition, const Match& match) const {
    if (condition.kind == Condition::kCompare) return Compare(condition, match);
    if (condition.kind == Condition::kNot) return 2 - Evaluate(condition.parts[0], match);
    const bool all = condition.kind == Condition::kAnd;
    int answer = all ? kTrue : kFalse;
    for (const Condition& part : condition.parts) {
      const int next = Evaluate(part, match);
      answer = all ? std::min(answer, next) : std::max(answer, next);
      if (answer == (all ? kFalse : kTrue)) break;
    }
    return answer;
  }

  int Compare(const Condition& condition, const Match& match) const {
    const Column& column = condition.column;
    const uint32_t number = match[column.table];
    const Table& table = *query_.tables[column.table];
    bool is_null = number == kNoRow;
    for (const Literal& literal : condition.literals) {
      std::optional<int> sign;
      if (!is_null && !literal.null)
        sign = CompareCell(table, table.row(number), *column.field, literal);
      if (!is_null && literal.null) {
        is_null = column.field->type == FieldType::kInstant
                      ? !InstantOf(table, table.row(number), *column.field)
                      : SlotText(table.row(number), *column.field).empty();
      }
      if (literal.null) return (condition.op == Operator::kEq) == is_null ? kTrue : kFalse;
      if (!sign) {
        if (!query_.null_is_unlike) return kUnknown;
        return condition.op == Operator::kNe ? kTrue : kFalse;
      }
      if (Holds(condition.op, *sign)) return kTrue;
    }
    return kFalse;
  }

  // From the match of that number on.
  void Sort(size_t first) {
    std::stable_sort(found_.begin() + static_cast<std::ptrdiff_t>(first), found_.end(),
                     [this](const Match& a, const Match& b) {
                       for (const OrderBy& by : query_.order) {
                         const int sign = Order(by.column, a, b);
                         if (sign != 0) return by.descending ? sign > 0 : sign < 0;
                       }
                       return false;
                     });
  }

  int Order(const Column& column, const Match& a, const Match& b) const {
    if (column.field->type == FieldType::kInstant) {
      return Sign(CellInstant(query_, a, column), CellInstant(query_, b, column));
    }
    const std::string left = CellText(query_, a, column);
    const std::string right = CellText(query_, b, column);
    if (column.field->type != FieldType::kNumber) return Sign(left, right);
    return Sign(std::strtod(left.c_str(), nullptr), std::strtod(right.c_str(), nullptr));
  }

  const Query& query_;
  const Table& base_;
  std::vector<std::unordered_map<std::string, std::vector<uint32_t>>> join_index_;
  std::vector<Match> found_;
};

void AddFields(const Condition& condition, std::vector<const Field*>* fields) {
  if (condition.kind == Condition::kCompare) fields->push_back(condition.column.field);
  for (const Condition& part : condition.parts) AddFields(part, fields);
}

}  // namespace

std::vector<const Field*> FieldsOf(const Query& query) {
  std::vector<const Field*> fields;
  if (query.where) AddFields(*query.where, &fields);
  for (const OrderBy& by : query.order) fields.push_back(by.column.field);
  for (const Join& join : query.joins) {
    fields.push_back(join.left.field);
    fields.push_back(join.right.field);
  }
  return fields;
}

std::optional<Literal> MakeLiteral(const Column& column, const std::string& text) {
  Literal literal;
  literal.text = text;
  switch (column.field->type) {
    case FieldType::kText: return literal;
    case FieldType::kAny:
    case FieldType::kAddress: return std::nullopt;  // cannot be filtered by
    case FieldType::kBool:
      if (!EqualsIgnoringCase(text, "true") && !EqualsIgnoringCase(text, "false"))
        return std::nullopt;
      return literal;
    case FieldType::kNumber: {
      char* end = nullptr;
      literal.number = std::strtod(text.c_str(), &end);
      if (text.empty() || *end != '\0') return std::nullopt;
      return literal;
    }
    case FieldType::kDate: {
      const auto at = ParseTime(text);
      if (!at) return std::nullopt;
      literal.text = DateText(*at);
      return literal;
    }
    case FieldType::kInstant: {
      const auto at = ParseTime(text);
      if (!at) return std::nullopt;
      literal.at = *at;
      return literal;
    }
  }
  return std::nullopt;
}

std::vector<Match> RunQuery(const Query& query) { return Runner(query).Run(); }

std::string CellText(const Query& query, const Match& match, const Column& column) {
  const uint32_t number = match[column.table];
  if (number == kNoRow) return {};
  const Table& table = *query.tables[column.table];
  if (column.field->type == FieldType::kInstant) {
    const auto at = InstantOf(table, table.row(number), *column.field);
    return at ? std::to_string(*at) : std::string();
  }
  return std::string(SlotText(table.row(number), *column.field));
}

std::optional<Seconds> CellInstant(const Query& query, const Match& match, const Column& column) {
  const uint32_t number = match[column.table];
  if (number == kNoRow) return std::nullopt;
  const Table& table = *query.tables[column.table];
  return InstantOf(table, table.row(number), *column.field);
}

}  // namespace trueup::sandbox
