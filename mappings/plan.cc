#include "mappings/plan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "mappings/tax_id.h"
#include "mappings/text.h"

namespace trueup::mappings {
namespace {

// A word that means "empty" is short; longer texts are not looked up.
constexpr size_t kLongestEmptyWord = 24;

// Tells the few names of one object apart: length, first and last eight bytes.
size_t NameHash(std::string_view name) {
  uint64_t front = 0;
  uint64_t back = 0;
  const size_t size = std::min(name.size(), sizeof front);
  std::memcpy(&front, name.data(), size);
  std::memcpy(&back, name.data() + name.size() - size, size);
  constexpr uint64_t kMix = 0x9E3779B97F4A7C15;
  const uint64_t mixed = (front * kMix + (back ^ name.size())) * kMix;
  return static_cast<size_t>(mixed >> 32);
}

std::string_view TextOf(const Field& field) {
  switch (field.kind) {
    case FieldKind::kTrue: return "true";
    case FieldKind::kFalse: return "false";
    default: return Trim(field.text);
  }
}

TypedValue ReadReference(const TermPlan& term, std::string_view text) {
  if (!text.starts_with(term.id_prefix)) return {Value(Null{}), {}};
  if (!term.salesforce_id) return {Value(term.reference + std::string(text)), {}};
  TypedValue id = ReadSalesforceId(text);
  if (!id.valid()) return id;
  return {Value(term.reference + *id.value.if_text()), {}};
}

}  // namespace

TypedValue ReadAsType(const TermPlan& term, std::string_view text, FieldKind kind,
                      std::string_view country) {
  switch (term.type) {
    case TermType::kText: return {Value(text), {}};
    case TermType::kName: return {Value(FoldSpaces(text)), {}};
    case TermType::kCode: return ReadCode(text);
    case TermType::kEmail: return ReadEmail(text);
    case TermType::kPhone: return ReadPhone(text, country);
    case TermType::kDomain: return ReadDomain(text);
    case TermType::kCountry: return ReadCountry(text);
    case TermType::kCurrency: return ReadCurrency(text);
    case TermType::kMoney:
    case TermType::kNumber: return ReadNumber(text);
    case TermType::kBoolean: return ReadBoolean(text);
    case TermType::kDate: return ReadDate(text, term.format);
    case TermType::kInstant: return ReadInstant(text);
    case TermType::kTimezone: return ReadTimezone(text);
    case TermType::kLanguage: return ReadLanguage(text);
    case TermType::kTaxId: return ReadTaxId(text, country);
    case TermType::kEnumeration: return TypedValue::Invalid(text, "none of the glossary's choices");
    case TermType::kReference: return ReadReference(term, text);
    case TermType::kList: return ReadList(text, kind == FieldKind::kJson, term.separator);
  }
  return TypedValue::Invalid(text, "of no known type");
}

MappingPlan::MappingPlan(const Entity& entity, std::vector<std::string> fields,
                         std::vector<TermPlan> terms, std::vector<size_t> required,
                         const std::vector<std::string>& empty_words)
    : entity_(entity.index),
      parents_(entity.parents),
      fields_(std::move(fields)),
      terms_(std::move(terms)),
      required_(std::move(required)),
      empty_words_(empty_words),
      index_(std::bit_ceil(2 * fields_.size() + 1)) {
  for (size_t slot = 0; slot < fields_.size(); ++slot) AddToIndex(static_cast<uint16_t>(slot));
  for (const std::string& word : empty_words_) {
    if (word.empty()) continue;
    starts_empty_word_[static_cast<unsigned char>(word.front())] = true;
    starts_empty_word_[static_cast<unsigned char>(ToUpper(word.front()))] = true;
  }
  for (size_t i = 0; i < terms_.size(); ++i) {
    if (terms_[i].type == TermType::kCountry && !country_) country_ = i;
    term_names_.push_back(entity.terms[terms_[i].term].name);
  }
}

void MappingPlan::AddToIndex(uint16_t slot) {
  const std::string_view name = fields_[slot];
  size_t at = NameHash(name) & (index_.size() - 1);
  while (!index_[at].name.empty()) at = (at + 1) & (index_.size() - 1);
  index_[at] = {name, slot};
}

std::optional<uint16_t> MappingPlan::SlotOf(std::string_view field) const {
  size_t at = NameHash(field) & (index_.size() - 1);
  for (; !index_[at].name.empty(); at = (at + 1) & (index_.size() - 1)) {
    if (index_[at].name == field) return index_[at].slot;
  }
  return std::nullopt;
}

void MappingPlan::Gather(const Row& row, std::vector<Source>& sources) const {
  sources.assign(fields_.size(), Source{});
  for (const Field& field : row) {
    if (const auto slot = SlotOf(field.name)) sources[*slot] = {true, field.kind, TextOf(field)};
  }
}

bool MappingPlan::MeansEmpty(const TermPlan& term, std::string_view text) const {
  return text.size() <= kLongestEmptyWord &&
         starts_empty_word_[static_cast<unsigned char>(text.front())] &&
         term.type != TermType::kName &&
         std::binary_search(empty_words_.begin(), empty_words_.end(), FoldKey(text));
}

TypedValue MappingPlan::Read(const TermPlan& term, std::string_view text, FieldKind kind,
                             std::string_view country) const {
  if (text.empty()) return {Value(Null{}), {}};
  if (!term.words.empty()) {
    const auto word = term.words.find(FoldKey(text));
    if (word != term.words.end()) return {word->second, {}};
  }
  if (MeansEmpty(term, text)) return {Value(Null{}), {}};
  return ReadAsType(term, text, kind, country);
}

TypedValue MappingPlan::Join(const TermPlan& term, const std::vector<Source>& sources,
                             std::string_view country) const {
  std::string joined;
  bool present = false;
  for (const uint16_t slot : term.slots) {
    const Source& source = sources[slot];
    present = present || source.present;
    if (source.text.empty()) continue;
    if (!joined.empty()) joined += *term.join;
    joined += source.text;
  }
  if (!present) return {};
  return Read(term, joined, FieldKind::kText, country);
}

TypedValue MappingPlan::Evaluate(const TermPlan& term, const std::vector<Source>& sources,
                                 std::string_view country) const {
  if (term.constant) return *term.constant;
  if (term.join) return Join(term, sources, country);
  TypedValue value;
  for (const uint16_t slot : term.slots) {
    const Source& source = sources[slot];
    if (!source.present) continue;
    value = Read(term, source.text, source.kind, country);
    if (!value.value.is_empty()) break;
  }
  return value;
}

void MappingPlan::PlaceTaxIds(MappedRow& row) const {
  const auto held_as = [&](TermType type) {
    return std::find_if(row.terms.begin(), row.terms.end(), [&](const MappedTerm& term) {
      return term.valid() && !term.value.is_empty() && Find(term.term)->type == type;
    });
  };
  const auto tax_id = held_as(TermType::kTaxId);
  const auto phone = held_as(TermType::kPhone);
  if (tax_id == row.terms.end() || phone == row.terms.end()) return;
  const std::string country = CountryOfPhone(*phone->value.if_text());
  TypedValue placed = ReadTaxId(*tax_id->value.if_text(), country);
  if (placed.valid()) tax_id->value = std::move(placed.value);
}

std::optional<MappedRow> MappingPlan::Run(const ChangeEvent& event, std::string& quarantine) const {
  static thread_local std::vector<Source> sources;
  Gather(event.row, sources);

  TypedValue country;
  if (country_) country = Evaluate(terms_[*country_], sources, {});
  const std::string* country_text = country.valid() ? country.value.if_text() : nullptr;
  const std::string_view hint = country_text == nullptr ? std::string_view() : *country_text;

  MappedRow row;
  row.ref = event.ref;
  row.entity = entity_;
  row.modified = event.modified;
  row.created = event.created;
  row.deleted = event.deleted;
  row.merged_into = event.merged_into;
  row.terms.reserve(terms_.size());
  for (size_t i = 0; i < terms_.size(); ++i) {
    TypedValue value = country_ == i ? country : Evaluate(terms_[i], sources, hint);
    if (value.value.is_absent()) continue;
    row.terms.push_back({terms_[i].term, std::move(value.value), std::move(value.invalid), {}});
  }
  if (hint.empty()) PlaceTaxIds(row);
  for (const size_t position : required_) {
    const MappedTerm* term = row.Find(terms_[position].term);
    if (event.deleted || (term != nullptr && !term->value.is_empty())) continue;
    quarantine = "the row has no " + term_names_[position] + " (" + terms_[position].field + ")";
    return std::nullopt;
  }
  for (const uint16_t parent : parents_) {
    const MappedTerm* term = row.Find(parent);
    if (term == nullptr || !term->valid() || term->value.is_empty()) continue;
    row.parent = Ref::FromText(*term->value.if_text());
    break;
  }
  return row;
}

const TermPlan* MappingPlan::Find(uint16_t term) const {
  const auto found =
      std::lower_bound(terms_.begin(), terms_.end(), term,
                       [](const TermPlan& plan, uint16_t wanted) { return plan.term < wanted; });
  return found == terms_.end() || found->term != term ? nullptr : &*found;
}

}  // namespace trueup::mappings
