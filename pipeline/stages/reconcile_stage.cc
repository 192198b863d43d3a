#include "pipeline/stages/reconcile_stage.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/binary.h"
#include "pipeline/stages/changes.h"
#include "pipeline/stages/documents.h"

namespace trueup::pipeline {
namespace {

using mappings::MappedRow;

std::string UseKey(const std::string& reference, const std::string& account) {
  return reference + '\0' + account;
}

// Holds exactly the rows of its roster: each member's own row, and no row of anybody else.
bool IsComplete(const Roster& roster, const std::vector<AccountRow>& rows) {
  size_t own_rows = 0;
  for (const AccountRow& row : rows) {
    if (!std::binary_search(roster.members.begin(), roster.members.end(), row.member)) return false;
    if (row.member == row.row.ref) ++own_rows;
  }
  return own_rows == roster.members.size();
}

const AccountHead::Held* FindHeld(const std::vector<AccountHead::Held>& sorted,
                                  const std::string& id) {
  const auto found = std::lower_bound(
      sorted.begin(), sorted.end(), id,
      [](const AccountHead::Held& held, const std::string& wanted) { return held.id < wanted; });
  return found != sorted.end() && found->id == id ? &*found : nullptr;
}

}  // namespace

std::string AccountRowKey(const std::string& account, const Ref& member, const Ref& row) {
  return account + '\0' + member.text() + '\0' + row.text();
}

void AccountHead::Encode(std::string& out) const {
  std::string roster_bytes;
  roster.Encode(roster_bytes);
  PutBytes(out, roster_bytes);
  PutVarint(out, references.size());
  for (const std::string& reference : references) PutBytes(out, reference);
  out.append(published.ToBytes());
  PutVarint(out, conditions.size());
  for (const Held& held : conditions) {
    PutBytes(out, held.id);
    out.append(held.content.ToBytes());
  }
}

Result<AccountHead> AccountHead::Decode(std::string_view bytes) {
  BinaryReader reader(bytes);
  AccountHead head;
  const auto hash = [&reader] {
    const std::string_view hash_bytes = reader.rest().substr(0, 16);
    reader.Skip(16);
    if (!reader.ok()) return Hash128{};
    return Hash128::FromBytes(hash_bytes);
  };
  TRUEUP_ASSIGN(head.roster, Roster::Decode(reader.Bytes()));
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    head.references.emplace_back(reader.Bytes());
  }
  head.published = hash();
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    std::string id(reader.Bytes());
    head.conditions.push_back({std::move(id), hash()});
  }
  TRUEUP_RETURN_IF_ERROR(reader.Check("a stored account"));
  return head;
}

ReconcileStage::ReconcileStage(std::shared_ptr<const mappings::Catalog> catalog)
    : catalog_(std::move(catalog)) {}

Status ReconcileStage::Load(const Store& store) {
  Status damage;
  TRUEUP_RETURN_IF_ERROR(
      store.Scan(kReferences, {}, [&](std::string_view key, std::string_view value) {
        auto row = MappedRow::Decode(value);
        if (!row.ok()) {
          damage = std::move(row).error().In(key);
          return false;
        }
        Ref ref = row->ref;
        references_.insert_or_assign(std::move(ref), *std::move(row));
        return true;
      }));
  TRUEUP_RETURN_IF_ERROR(damage);
  return store.Scan(kDirty, {}, [&](std::string_view key, std::string_view) {
    marked_.emplace(key);
    return true;
  });
}

std::vector<std::string> ReconcileStage::Reads(const std::vector<ReconcileInput>& inputs) {
  std::vector<std::string> keys;
  for (const ReconcileInput& input : inputs) {
    if (const auto* roster = std::get_if<Roster>(&input)) keys.push_back(roster->account);
  }
  return keys;
}

void ReconcileStage::Mark(const std::string& account, View& view) {
  if (marked_.insert(account).second) view.Put(kDirty, account, {});
}

void ReconcileStage::Apply(const ReconcileInput& input, View& view) {
  if (const auto* reference = std::get_if<ReferenceRow>(&input)) {
    return ApplyReference(*reference, view);
  }
  if (const auto* row = std::get_if<MemberRow>(&input)) {
    const std::string key = AccountRowKey(row->account, row->member, row->payload.ref);
    if (row->payload.bytes) {
      view.Put(kAccountRows, key, *row->payload.bytes);
    } else {
      view.Delete(kAccountRows, key);
    }
    return Mark(row->account, view);
  }
  const auto& roster = std::get<Roster>(input);
  auto head = LoadHead(roster.account, view);
  if (!head) return;
  head->roster = roster;
  std::string bytes;
  head->Encode(bytes);
  view.Put(kAccounts, roster.account, std::move(bytes));
  Mark(roster.account, view);
}

void ReconcileStage::ApplyReference(const ReferenceRow& input, View& view) {
  const Ref& ref = input.payload.ref;
  if (input.payload.bytes) {
    auto row = MappedRow::Decode(*input.payload.bytes);
    if (!row.ok()) return view.Fail(std::move(row).error().In(ref.text()));
    view.Put(kReferences, ref.text(), *input.payload.bytes);
    references_.insert_or_assign(ref, *std::move(row));
  } else {
    view.Delete(kReferences, ref.text());
    references_.erase(ref);
  }
  std::vector<std::string> users;
  const std::string prefix = ref.text() + '\0';
  view.Scan(kReferenceUses, prefix, [&](std::string_view key, std::string_view) {
    users.emplace_back(key.substr(prefix.size()));
  });
  for (const std::string& account : users) Mark(account, view);
}

std::optional<AccountHead> ReconcileStage::LoadHead(const std::string& account, View& view) const {
  const std::string* bytes = view.Get(kAccounts, account);
  if (bytes == nullptr) {
    AccountHead head;
    head.roster.account = account;
    return head;
  }
  auto head = AccountHead::Decode(*bytes);
  if (!head.ok()) {
    view.Fail(std::move(head).error().In(account));
    return std::nullopt;
  }
  return *std::move(head);
}

std::optional<std::vector<AccountRow>> ReconcileStage::RowsOf(const std::string& account,
                                                              View& view) const {
  std::vector<AccountRow> rows;
  const std::string prefix = account + '\0';
  view.Scan(kAccountRows, prefix, [&](std::string_view key, std::string_view value) {
    auto row = MappedRow::Decode(value);
    if (!row.ok()) return view.Fail(std::move(row).error().In(key));
    key.remove_prefix(prefix.size());
    rows.push_back({Ref::FromText(std::string(key.substr(0, key.find('\0')))), *std::move(row)});
  });
  if (!view.status().ok()) return std::nullopt;
  return rows;
}

std::string ReconcileStage::Publish(const std::string& after, size_t limit, Instant now, View& view,
                                    Effects& effects) {
  std::vector<std::string> heads;
  auto next = marked_.upper_bound(after);
  for (; next != marked_.end() && heads.size() < limit; ++next) heads.push_back(*next);
  const std::string reached = next == marked_.end() ? std::string() : heads.back();
  view.Prefetch(kAccounts, heads);
  for (const std::string& account : heads) {
    if (!PublishOne(account, now, view, effects)) continue;
    marked_.erase(account);
    view.Delete(kDirty, account);
  }
  return reached;
}

void ReconcileStage::Withdraw(const std::string& account, const AccountHead& head, View& view,
                              Effects& effects) {
  effects.documents.push_back({kAccountsTopic, account, {}, {}});
  for (const auto& held : head.conditions) {
    effects.documents.push_back(WithdrawnCondition(account, held.id));
  }
  KeepUses(account, head.references, {}, view);
  view.Delete(kAccounts, account);
}

void ReconcileStage::KeepUses(const std::string& account, const std::vector<std::string>& before,
                              const std::vector<std::string>& after, View& view) {
  std::vector<std::string> changed;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(changed));
  for (const std::string& reference : changed)
    view.Delete(kReferenceUses, UseKey(reference, account));
  changed.clear();
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(changed));
  for (const std::string& reference : changed)
    view.Put(kReferenceUses, UseKey(reference, account), {});
}

bool ReconcileStage::PublishOne(const std::string& account, Instant now, View& view,
                                Effects& effects) {
  auto head = LoadHead(account, view);
  auto rows = RowsOf(account, view);
  if (!head || !rows) return false;
  if (head->roster.members.empty() && rows->empty()) {
    Withdraw(account, *head, view, effects);
    return true;
  }
  if (!IsComplete(head->roster, *rows)) return false;

  std::set<std::string> used;
  const ReferenceLookup lookup = [&](const Ref& ref) -> const MappedRow* {
    used.insert(ref.text());
    const auto found = references_.find(ref);
    return found == references_.end() ? nullptr : &found->second;
  };
  const Reconciled result = Reconcile(head->roster, *std::move(rows), lookup, *catalog_);

  AccountHead next;
  next.roster = std::move(head->roster);
  next.references.assign(used.begin(), used.end());
  std::string canonical = AccountJson(result.account, *catalog_, Offsets::kLeaveOut);
  next.published = HashBytes(canonical);
  if (next.published != head->published) {
    const std::string key = DocumentKey(kAccountsTopic, account);
    if (const std::string* old = view.Get(kPublished, key)) {
      AppendChanges(*old, result.account, *catalog_, now, effects.observations);
    }
    effects.documents.push_back({kAccountsTopic, account,
                                 AccountJson(result.account, *catalog_, Offsets::kInclude),
                                 std::move(canonical)});
  }
  for (const Condition& condition : result.conditions) {
    Document document = ConditionDocument(account, condition);
    const Hash128 content = HashBytes(document.canonical);
    next.conditions.push_back({condition.id, content});
    const AccountHead::Held* held = FindHeld(head->conditions, condition.id);
    if (held == nullptr || held->content != content)
      effects.documents.push_back(std::move(document));
  }
  for (const auto& held : head->conditions) {
    if (FindHeld(next.conditions, held.id) != nullptr) continue;
    effects.documents.push_back(WithdrawnCondition(account, held.id));
  }
  KeepUses(account, head->references, next.references, view);
  std::string bytes;
  next.Encode(bytes);
  view.Put(kAccounts, account, std::move(bytes));
  return true;
}

}  // namespace trueup::pipeline
