#include "base/value.h"

#include "base/binary.h"

namespace trueup {
namespace {

// The tag byte of an encoded value. Stored: never renumber.
enum Tag : uint8_t { kAbsent, kNull, kFalse, kTrue, kNumber, kText, kDate, kInstant, kList };

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string JoinTexts(const Value::List& list) {
  std::string text;
  for (const Value& item : list) {
    if (!text.empty()) text.append("; ");
    text.append(item.ToText());
  }
  return text;
}

// A list within a list within ...: deeper than any source has, shallow enough for the stack.
constexpr int kMaxDepth = 32;

Result<Value> DecodeAt(BinaryReader& reader, int depth) {
  const auto damaged = [] { return Error(ErrorKind::kCorrupt, "a stored value is damaged"); };
  if (depth > kMaxDepth) return damaged();
  switch (reader.Byte()) {
    case kAbsent: return reader.ok() ? Result<Value>(Value()) : damaged();
    case kNull: return Value(Null());
    case kFalse: return Value(false);
    case kTrue: return Value(true);
    case kNumber: {
      const Result<Decimal> number = Decimal::Parse(reader.Bytes());
      return number.ok() ? Result<Value>(Value(*number)) : damaged();
    }
    case kText: {
      Value text(reader.Bytes());
      return reader.ok() ? Result<Value>(std::move(text)) : damaged();
    }
    case kDate: return Value(Date(std::chrono::days(reader.Signed())));
    case kInstant: {
      const Instant at = FromMicros(reader.Signed());
      return Value(ZonedInstant{at, std::chrono::minutes(reader.Signed())});
    }
    case kList: {
      Value::List list;
      for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
        TRUEUP_ASSIGN(Value item, DecodeAt(reader, depth + 1));
        list.push_back(std::move(item));
      }
      return reader.ok() ? Result<Value>(Value(std::move(list))) : damaged();
    }
    default: return damaged();
  }
}

}  // namespace

bool Value::is_empty() const {
  if (is_absent() || is_null()) return true;
  if (const auto* text = if_text()) return text->empty();
  if (const auto* list = if_list()) return list->empty();
  return false;
}

std::string Value::ToText() const {
  return std::visit(Overloaded{
                        [](Absent) { return std::string(); },
                        [](Null) { return std::string(); },
                        [](bool flag) { return std::string(flag ? "true" : "false"); },
                        [](const Decimal& number) { return number.ToText(); },
                        [](const std::string& text) { return text; },
                        [](Date date) { return FormatDate(date); },
                        [](const ZonedInstant& at) { return FormatInstant(at.at); },
                        [](const List& list) { return JoinTexts(list); },
                    },
                    data_);
}

void Value::Encode(std::string& out) const {
  const auto put = [&out](Tag tag) { out.push_back(static_cast<char>(tag)); };
  std::visit(Overloaded{
                 [&](Absent) { put(kAbsent); },
                 [&](Null) { put(kNull); },
                 [&](bool flag) { put(flag ? kTrue : kFalse); },
                 [&](const Decimal& number) {
                   put(kNumber);
                   PutBytes(out, number.ToText());
                 },
                 [&](const std::string& text) {
                   put(kText);
                   PutBytes(out, text);
                 },
                 [&](Date date) {
                   put(kDate);
                   PutSigned(out, date.time_since_epoch().count());
                 },
                 [&](const ZonedInstant& at) {
                   put(kInstant);
                   PutSigned(out, ToMicros(at.at));
                   PutSigned(out, at.offset.count());
                 },
                 [&](const List& list) {
                   put(kList);
                   PutVarint(out, list.size());
                   for (const Value& item : list) item.Encode(out);
                 },
             },
             data_);
}

Result<Value> Value::Decode(std::string_view& in) {
  BinaryReader reader(in);
  TRUEUP_ASSIGN(Value value, DecodeAt(reader, 0));
  TRUEUP_RETURN_IF_ERROR(reader.Check("a stored value"));
  in = reader.rest();
  return value;
}

}  // namespace trueup
