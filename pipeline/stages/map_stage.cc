#include "pipeline/stages/map_stage.h"

#include <algorithm>
#include <utility>

#include "base/binary.h"
#include "pipeline/accounts/reconcile.h"
#include "pipeline/stages/documents.h"

namespace trueup::pipeline {
namespace {

// A deletion that nobody dated (an audit found the record gone) carries no stamp.
bool IsUndated(const ChangeEvent& event) { return event.deleted && ToMicros(event.modified) == 0; }

// A record keeps at most this many milestones: more would be a field that changes all the time,
// which no gate reads.
constexpr size_t kMaxMilestones = 64;

void EncodeHistory(const FieldHistory& history, std::string& out) {
  PutVarint(out, history.since.size());
  for (const auto& since : history.since) {
    PutBytes(out, since.term);
    PutVarint(out, since.value_hash);
    PutSigned(out, ToMicros(since.since));
  }
  PutVarint(out, history.milestones.size());
  for (const auto& step : history.milestones) {
    PutBytes(out, step.term);
    PutBytes(out, step.value);
    PutSigned(out, ToMicros(step.at));
  }
}

FieldHistory DecodeHistory(BinaryReader& reader) {
  FieldHistory history;
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    FieldHistory::Since since;
    since.term = reader.Bytes();
    since.value_hash = reader.Varint();
    since.since = FromMicros(reader.Signed());
    history.since.push_back(std::move(since));
  }
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    FieldHistory::Step step;
    step.term = reader.Bytes();
    step.value = reader.Bytes();
    step.at = FromMicros(reader.Signed());
    history.milestones.push_back(std::move(step));
  }
  return history;
}

uint64_t HashOf(const mappings::MappedTerm& term) {
  std::string bytes;
  term.value.Encode(bytes);
  return HashBytes64(bytes);
}

const FieldHistory::Since* FindSince(const FieldHistory& history, const std::string& term,
                                     uint64_t value_hash) {
  for (const auto& since : history.since) {
    if (since.value_hash == value_hash && since.term == term) return &since;
  }
  return nullptr;
}

// Notes a value that the term did not have at its last milestone.
void AddMilestone(const std::string& name, const mappings::MappedTerm& term,
                  FieldHistory& history) {
  std::string value;
  term.value.Encode(value);
  auto& steps = history.milestones;
  const auto last = std::find_if(steps.rbegin(), steps.rend(),
                                 [&](const auto& step) { return step.term == name; });
  if (last != steps.rend() && last->value == value) return;
  steps.push_back({name, std::move(value), term.since});
  if (steps.size() > kMaxMilestones) steps.erase(steps.begin());
}

}  // namespace

void MapRecord::Encode(std::string& out) const {
  PutVarint(out, offset);
  out.append(content.ToBytes());
  out.push_back(quarantined ? 1 : 0);
  EncodeHistory(history, out);
  PutBytes(out, event);
}

Result<MapRecord> MapRecord::Decode(std::string_view bytes) {
  BinaryReader reader(bytes);
  MapRecord record;
  record.offset = reader.Varint();
  const std::string_view content = reader.rest().substr(0, 16);
  reader.Skip(16);
  TRUEUP_RETURN_IF_ERROR(reader.Check("a stored record"));
  record.content = Hash128::FromBytes(content);
  record.quarantined = reader.Byte() != 0;
  record.history = DecodeHistory(reader);
  record.event = reader.Bytes();
  TRUEUP_RETURN_IF_ERROR(reader.Check("a stored record"));
  return record;
}

std::vector<std::string> MapStage::Reads(const std::vector<SourceInput>& inputs) {
  std::vector<std::string> keys;
  keys.reserve(inputs.size());
  for (const SourceInput& input : inputs) keys.push_back(input.event.ref.text());
  return keys;
}

void MapStage::Apply(const SourceInput& input, View& view, Effects& effects,
                     MapCounts& counts) const {
  const Hash128 content = input.event.ContentHash();
  MapRecord record{input.offset, content, false, {}, input.bytes};
  const std::string* held_bytes = view.Get(kMapRows, input.event.ref.text());
  if (held_bytes == nullptr) return Send(input.event, std::move(record), view, effects, counts);

  auto held = MapRecord::Decode(*held_bytes);
  if (!held.ok()) return view.Fail(std::move(held).error().In(input.event.ref.text()));
  auto held_event = ChangeEvent::Decode(held->event);
  if (!held_event.ok()) return view.Fail(std::move(held_event).error().In(input.event.ref.text()));

  const bool undated = IsUndated(input.event);
  const bool already_gone = undated && held_event->deleted;
  if (already_gone || held->content == content ||
      (!undated && input.event.modified < held_event->modified)) {
    ++counts.outdated;
    return;
  }
  record.history = std::move(held->history);
  record.quarantined = held->quarantined;
  AgeHistory(*held_event, record.history);
  ChangeEvent event = input.event;
  if (undated) event.modified = held_event->modified;
  if (event.deleted && event.row.empty()) event.row = std::move(held_event->row);
  if (!event.created) event.created = held_event->created;
  record.event.clear();
  event.Encode(record.event);
  Send(event, std::move(record), view, effects, counts);
}

void MapStage::Import(const Ref& ref, MapRecord record, View& view, Effects& effects,
                      MapCounts& counts) const {
  auto event = ChangeEvent::Decode(record.event);
  if (!event.ok()) return view.Fail(std::move(event).error().In(ref.text()));
  record.quarantined = false;
  Send(*event, std::move(record), view, effects, counts);
}

void MapStage::Send(const ChangeEvent& event, MapRecord record, View& view, Effects& effects,
                    MapCounts& counts) const {
  const bool was_quarantined = record.quarantined;
  std::string why;
  auto row = catalog_->Map(event, why);
  RowPayload payload;
  payload.ref = event.ref;
  if (row) {
    ++counts.mapped;
    row->offset = record.offset;
    Join(*row, record.history);
    payload.entity = row->entity;
    auto bytes = std::make_shared<std::string>();
    row->Encode(*bytes);
    payload.bytes = std::move(bytes);
  } else {
    ++counts.quarantined;
  }
  record.quarantined = !row;
  if (record.quarantined || was_quarantined) {
    const Condition condition = QuarantineCondition(event.ref, why, *catalog_);
    effects.documents.push_back(row ? WithdrawnCondition(event.ref.text(), condition.id)
                                    : ConditionDocument(event.ref.text(), condition));
  }
  effects.to_collect.emplace_back(OwnRow{std::move(payload)});
  std::string bytes;
  record.Encode(bytes);
  view.Put(kMapRows, event.ref.text(), std::move(bytes));
}

void MapStage::AgeHistory(const ChangeEvent& held, FieldHistory& history) const {
  std::string why;
  const auto before = catalog_->Map(held, why);
  std::vector<FieldHistory::Since> since;
  if (before) {
    const auto& terms = catalog_->glossary().entities[before->entity].terms;
    for (const mappings::MappedTerm& term : before->terms) {
      const std::string& name = terms[term.term].name;
      const uint64_t hash = HashOf(term);
      const FieldHistory::Since* known = FindSince(history, name, hash);
      since.push_back({name, hash, known == nullptr ? held.modified : known->since});
    }
  }
  // A term that has another value now is dropped by Join, which compares the hashes.
  history.since = std::move(since);
}

void MapStage::Join(mappings::MappedRow& row, FieldHistory& history) const {
  const auto& entity = catalog_->glossary().entities[row.entity];
  std::vector<FieldHistory::Since> since;
  for (mappings::MappedTerm& term : row.terms) {
    const mappings::Term& spec = entity.terms[term.term];
    const bool milestone = spec.history && term.valid() && !term.value.is_empty();
    term.since = row.modified;
    if (!history.since.empty()) {
      const uint64_t hash = HashOf(term);
      if (const auto* known = FindSince(history, spec.name, hash)) term.since = known->since;
      if (term.since != row.modified) since.push_back({spec.name, hash, term.since});
    }
    if (milestone) AddMilestone(spec.name, term, history);
  }
  history.since = std::move(since);
  for (const auto& step : history.milestones) {
    const mappings::Term* spec = entity.Find(step.term);
    std::string_view bytes = step.value;
    auto value = Value::Decode(bytes);
    if (spec != nullptr && value.ok()) row.milestones.push_back({spec->index, *value, step.at});
  }
}

}  // namespace trueup::pipeline
