#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/instant.h"
#include "mappings/catalog.h"
#include "pipeline/accounts/reconcile.h"
#include "pipeline/stages/messages.h"
#include "pipeline/stages/view.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// The key of a row in kAccountRows: it sorts by account, then by the member through which it came.
std::string AccountRowKey(const std::string& account, const Ref& member, const Ref& row);

// What reconcile keeps of an account besides its rows.
struct AccountHead {
  Roster roster;
  std::vector<std::string> references;  // refs whose rows the last result read, sorted
  Hash128 published;                    // of the account's canonical document; zero: none
  struct Held {
    std::string id;
    Hash128 content;
  };
  std::vector<Held> conditions;  // published, sorted by id

  void Encode(std::string& out) const;
  static Result<AccountHead> Decode(std::string_view bytes);
};

// The last stage: builds the reconciled account and its conditions from the rows of its members.
// Keyed by account id; owns kAccounts, kAccountRows, kReferences, kReferenceUses and kDirty.
// Reference rows are in memory too, because every account may read any of them.
//
// Apply only takes rows in and marks accounts; Publish works the marks off. Marks are durable, so
// many batches may pass before an account is built once: a snapshot touches each account dozens of
// times. After a batch that could not be committed the stage must be made anew.
class ReconcileStage {
 public:
  explicit ReconcileStage(std::shared_ptr<const mappings::Catalog> catalog);

  Status Load(const Store& store);

  // The keys of kAccounts that Apply will read.
  static std::vector<std::string> Reads(const std::vector<ReconcileInput>& inputs);
  void Apply(const ReconcileInput& input, View& view);

  // Builds at most `limit` marked accounts behind `after`, in order, and sends what changed. An
  // account whose rows are not exactly those of its roster stays marked. `now` only dates the
  // observations on the changes topic. Where to go on; empty: it came to the end.
  std::string Publish(const std::string& after, size_t limit, Instant now, View& view,
                      Effects& effects);
  size_t marked() const { return marked_.size(); }

 private:
  void Mark(const std::string& account, View& view);
  void ApplyReference(const ReferenceRow& input, View& view);
  std::optional<AccountHead> LoadHead(const std::string& account, View& view) const;
  // False where the account must wait for rows.
  bool PublishOne(const std::string& account, Instant now, View& view, Effects& effects);
  std::optional<std::vector<AccountRow>> RowsOf(const std::string& account, View& view) const;
  void Withdraw(const std::string& account, const AccountHead& head, View& view, Effects& effects);
  static void KeepUses(const std::string& account, const std::vector<std::string>& before,
                       const std::vector<std::string>& after, View& view);

  std::shared_ptr<const mappings::Catalog> catalog_;
  std::unordered_map<Ref, mappings::MappedRow> references_;
  std::set<std::string> marked_;
};

}  // namespace trueup::pipeline
