// What happens in ten minutes. Each kind of event is one function; how many of each there are grows
// with the world.
#include <algorithm>
#include <mutex>

#include "tests/sandbox/world/activity.h"
#include "tests/sandbox/world/noise.h"
#include "tests/sandbox/world/world.h"

namespace trueup::sandbox {

// One step of the world's clock. `world.now()` is already the end of the step.
class TimeStep {
 public:
  explicit TimeStep(World* world)
      : world_(*world),
        activity_(world),
        random_(world->seed(), "step", world->steps()),
        from_(world->now() - kStepLength) {}

  StepReport Run() {
    Repeat(200, [this] { ChangePhone(); });
    Repeat(150, [this] { ChangeContact(); });
    Repeat(400, [this] { Progress(); });
    Repeat(2000, [this] { AddNewcomer(); });
    Repeat(300, [this] { AddWork(); });
    Repeat(2000, [this] { AddDuplicate(); });
    Repeat(2000, [this] { MergeInSalesforce(); });
    Repeat(2000, [this] { RetireDuplicate(); });
    Repeat(4000, [this] { CureGap(); });
    Repeat(2000, [this] { Reparent(); });
    Repeat(300, [this] { DeleteContact(); });
    Repeat(1000, [this] { DeleteOrder(); });
    Repeat(4000, [this] { DeleteProspect(); });
    Repeat(1000, [this] { Undelete(); });
    MassUpdate();
    world_.ReorderAll();
    return std::move(report_);
  }

 private:
  // One event per so many customers, and always at least one.
  template <class Event>
  void Repeat(size_t per_customers, Event event) {
    for (size_t n = 1 + world_.customers_.size() / per_customers; n > 0; --n) event();
  }

  Seconds Now(System system) {
    // A long transaction: its rows carry the time of its start and appear only now, behind rows
    // that a reader has already seen.
    const bool late = system == System::kSalesforce && random_.Chance(0.02);
    return late ? from_ - random_.Between(1, 90) : random_.Between(from_ + 1, world_.now());
  }

  void Touch(TableId id, uint32_t row) { TouchAt(id, row, Now(SpecOf(id).system)); }
  void TouchAt(TableId id, uint32_t row, Seconds at) {
    Row& changed = world_.Mutable(id).Change(row);
    changed.stamp = std::max(changed.stamp, at);
    changed.modified = changed.stamp;
  }

  int SomeCustomer() { return static_cast<int>(random_.Below(world_.customers_.size())); }
  Customer& At(int customer) { return world_.customers_[static_cast<size_t>(customer)]; }

  std::vector<uint32_t> LiveFaces(int customer, std::optional<System> system = std::nullopt) const {
    std::vector<uint32_t> live;
    for (uint32_t number : world_.faces_of(customer)) {
      const Face& face = world_.faces_[number];
      if (world_.IsLive(face) && (!system || face.system == *system)) live.push_back(number);
    }
    return live;
  }

  // Writes all live records of a customer again, with the evidence and the terms that they need.
  void Rewrite(int customer) {
    world_.CompleteFaces(customer);
    for (uint32_t number : LiveFaces(customer)) {
      const Face& face = world_.faces_[number];
      const auto before = Tracked(face);
      world_.Render(number);
      Touch(AccountTable(face.system), face.row);
      NoteHistory(face, before);
    }
  }

  // The fields of an account whose history Salesforce keeps, as they are now.
  std::vector<FieldChange> Tracked(const Face& face) const {
    std::vector<FieldChange> values;
    if (face.system != System::kSalesforce) return values;
    for (const char* field : {"Phone", "Lifecycle_Stage__c", "Payment_Terms__c", "ParentId"}) {
      values.push_back({field, world_.table(TableId::kSfAccount).Get(face.row, field), ""});
    }
    return values;
  }

  void NoteHistory(const Face& face, const std::vector<FieldChange>& before) {
    const Table& accounts = world_.table(TableId::kSfAccount);
    for (FieldChange change : before) {
      change.after = accounts.Get(face.row, change.field);
      if (change.after == change.before) continue;
      const Row& account = accounts.row(face.row);
      activity_.NoteChange(TableId::kSfAccountHistory, "AccountId", account.id, account.stamp,
                           accounts.Get(face.row, "OwnerId"), change);
    }
  }

  void RewriteChildren(int customer) {
    for (size_t i = 0; i < world_.customers_.size(); ++i) {
      if (world_.customers_[i].parent == customer) Rewrite(static_cast<int>(i));
    }
  }

  std::optional<uint32_t> SomeRow(TableId id, bool deleted) {
    const Table& table = world_.table(id);
    for (int attempt = 0; attempt < 30 && !table.rows().empty(); ++attempt) {
      const auto row = static_cast<uint32_t>(random_.Below(table.rows().size()));
      if (table.row(row).deleted == deleted && table.row(row).customer != kNobody) return row;
    }
    return std::nullopt;
  }

  // --- updates ---

  void ChangePhone() {
    const int customer = SomeCustomer();
    const std::string before = At(customer).phone;
    At(customer).phone = FillPattern(random_.Pick(At(customer).home().cities).phone, &random_);
    for (uint32_t number : LiveFaces(customer)) {
      std::string& phone = world_.faces_[number].at(Term::kPhone);
      if (phone == before) phone = At(customer).phone;
    }
    Rewrite(customer);
    ++report_["accounts updated"];
  }

  void ChangeContact() {
    const auto row = SomeRow(TableId::kSfContact, false);
    if (!row) return;
    world_.Mutable(TableId::kSfContact)
        .Set(*row, "Title", random_.Chance(0.5) ? "Director" : "Vice President");
    Touch(TableId::kSfContact, *row);
    ++report_["contacts updated"];
  }

  // A nightly job gives hundreds of rows one stamp; half of the time it is a system process that
  // leaves LastModifiedDate alone.
  void MassUpdate() {
    static constexpr TableId kTablesOf[] = {TableId::kSfContact, TableId::kSfOpportunity,
                                            TableId::kNsTransaction, TableId::kSkyInstallations};
    const TableId id = random_.Pick(kTablesOf);
    Table& table = world_.Mutable(id);
    const Seconds at = world_.now() - random_.Between(0, 60);
    const bool by_the_system = random_.Chance(0.5);
    for (size_t n = 20 + world_.customers_.size() / 20; n > 0; --n) {
      const auto row = SomeRow(id, false);
      if (!row) return;
      table.Change(*row).stamp = std::max(table.row(*row).stamp, at);
      if (!by_the_system) table.Change(*row).modified = table.row(*row).stamp;
      ++report_["rows touched together"];
    }
  }

  // --- life ---

  void Progress() {
    const int customer = SomeCustomer();
    Customer& c = At(customer);
    const bool stuck = c.plan.handoff || c.plan.gap || c.plan.conflict || c.plan.invalid;
    if (c.stage >= Stage::kActive || stuck || LiveFaces(customer, System::kSalesforce).empty())
      return;
    c.stage = static_cast<Stage>(static_cast<int>(c.stage) + 1);
    if (c.signed_date.empty()) c.signed_date = DateText(world_.now());
    if (c.stage == Stage::kOnboarding)
      c.go_live_date = DateText(world_.now() + random_.Between(20, 90) * kDay);
    for (uint32_t number : LiveFaces(customer)) {
      world_.faces_[number].at(Term::kStage) = StageName(c.stage, std::nullopt);
    }
    for (System system : {System::kNetsuite, System::kSky}) {
      if (!world_.Wants(c, system) || !LiveFaces(customer, system).empty()) continue;
      world_.FillFace(world_.AddFace(customer, system, 0, Now(system)));
      if (system == System::kSky) activity_.AddBackstage(customer, world_.now(), &random_);
      if (system == System::kNetsuite) activity_.AddOrder(customer, world_.now(), &random_);
      ++report_["counterparts created"];
    }
    if (c.stage == Stage::kActive) activity_.FinishTasks(customer, Now(System::kSky));
    Rewrite(customer);
    ++report_["stages reached"];
  }

  void AddNewcomer() {
    const size_t number = world_.customers_.size();
    Customer c = MakeNewCustomer(world_.seed(), number, world_.newcomers_.get(), world_.now());
    for (const Customer& known : world_.customers_) {
      if (known.core == c.core) return;
    }
    world_.customers_.push_back(std::move(c));
    world_.faces_of_.emplace_back();
    const int customer = static_cast<int>(number);
    world_.AddFacesOf(customer);
    world_.CompleteFaces(customer);
    for (uint32_t face : LiveFaces(customer)) world_.Render(face);
    activity_.AddAll(customer);
    ++report_["customers created"];
  }

  void AddWork() {
    const int customer = SomeCustomer();
    if (LiveFaces(customer, System::kSalesforce).empty()) return;
    activity_.AddContact(customer, world_.now(), &random_);
    activity_.AddOpportunity(customer, world_.now(), &random_);
    activity_.AddOrder(customer, world_.now(), &random_);
    ++report_["customers with new rows"];
  }

  void CureGap() {
    for (int attempt = 0; attempt < 60; ++attempt) {
      const int customer = SomeCustomer();
      Customer& c = At(customer);
      if (!c.plan.gap || LiveFaces(customer).empty()) continue;
      c.plan.gap.reset();
      Rewrite(customer);
      ++report_["gaps cured"];
      return;
    }
  }

  void Reparent() {
    for (int attempt = 0; attempt < 60; ++attempt) {
      const int customer = SomeCustomer();
      const int above = SomeCustomer();
      Customer& c = At(customer);
      const Customer& target = At(above);
      const bool served = c.served_by_ancestor[1] || c.served_by_ancestor[2];
      if (c.parent < 0 || served || c.has_children || c.plan.hierarchy) continue;
      if (target.parent >= 0 || target.root == c.root || target.plan.hierarchy ||
          target.plan.missing)
        continue;
      if (LiveFaces(above, System::kSalesforce).empty()) continue;
      c.parent = above;
      c.root = target.root;
      At(above).has_children = true;
      Rewrite(customer);
      ++report_["accounts re-parented"];
      return;
    }
  }

  // --- duplicates come and go ---

  void AddDuplicate() {
    const int customer = SomeCustomer();
    if (LiveFaces(customer, System::kSalesforce).size() != 1) return;
    world_.FillFace(world_.AddFace(customer, System::kSalesforce, 1, Now(System::kSalesforce)));
    Rewrite(customer);
    ++report_["duplicates created"];
  }

  std::vector<uint32_t> SomeDuplicates(System system) {
    for (int attempt = 0; attempt < 200; ++attempt) {
      const int customer = SomeCustomer();
      const auto faces = LiveFaces(customer, system);
      if (faces.size() > 1 && !At(customer).plan.invalid) return faces;
    }
    return {};
  }

  // Points rows of the loser at the winner; `linked` says which rows hang on an account record.
  void MoveRows(System system, const std::string& loser, const std::string& winner) {
    for (size_t i = 0; i < kTables; ++i) {
      const auto id = static_cast<TableId>(i);
      const TableSpec& spec = SpecOf(id);
      if (spec.system != system) continue;
      for (const Link& link : spec.hangs_on) {
        if (link.target != AccountTable(system)) continue;
        for (uint32_t row = 0; row < world_.table(id).rows().size(); ++row) {
          if (world_.table(id).Get(row, link.field) != loser) continue;
          world_.Mutable(id).Set(row, link.field, winner);
          Touch(id, row);
        }
      }
    }
  }

  void MergeInSalesforce() {
    const auto faces = SomeDuplicates(System::kSalesforce);
    if (faces.empty()) return;
    const bool first_wins = random_.Chance(0.7);
    Face& winner = world_.faces_[first_wins ? faces[0] : faces[1]];
    Face& loser = world_.faces_[first_wins ? faces[1] : faces[0]];
    for (size_t i = 0; i < kTerms; ++i) {
      if (winner.value[i].empty()) winner.value[i] = loser.value[i];  // a merge keeps what it can
    }
    Table& accounts = world_.Mutable(TableId::kSfAccount);
    const std::string winner_id = accounts.row(winner.row).id;
    Delete(TableId::kSfAccount, loser.row);
    accounts.Set(loser.row, "MasterRecordId", winner_id);
    MoveRows(System::kSalesforce, accounts.row(loser.row).id, winner_id);
    const int customer = winner.customer;
    Rewrite(customer);
    RewriteChildren(customer);
    ++report_["accounts merged"];
  }

  // NetSuite and Sky have no merge that leaves a trace: the second record is deleted.
  void RetireDuplicate() {
    const System system = random_.Chance(0.5) ? System::kNetsuite : System::kSky;
    const auto faces = SomeDuplicates(system);
    if (faces.empty()) return;
    const TableId id = AccountTable(system);
    const Face& winner = world_.faces_[faces.front()];
    const Face& loser = world_.faces_[faces.back()];
    MoveRows(system, world_.table(id).row(loser.row).id, world_.table(id).row(winner.row).id);
    Delete(id, loser.row);
    const int customer = winner.customer;
    Rewrite(customer);
    RewriteChildren(customer);
    ++report_["duplicates deleted"];
  }

  // --- deletions ---

  void Delete(TableId id, uint32_t number) {
    const System system = SpecOf(id).system;
    const Seconds at = random_.Between(from_ + 1, world_.now());
    Row& row = world_.Mutable(id).Change(number);
    row.deleted = true;
    row.deleted_at = at;
    row.stamp = row.modified = std::max(row.stamp, at);
    if (system == System::kNetsuite) {
      Table& log = world_.Mutable(TableId::kNsDeleted);
      const uint32_t entry = log.Add(at, at, kNobody);
      log.Set(entry, "recordid", row.id);
      log.Set(entry, "type", std::string(SpecOf(id).name));
      log.Set(entry, "name", "Record " + row.id);
    }
  }

  void DeleteBelow(TableId id, const std::string& above, std::string_view field) {
    for (uint32_t row = 0; row < world_.table(id).rows().size(); ++row) {
      if (!world_.table(id).row(row).deleted && world_.table(id).Get(row, field) == above)
        Delete(id, row);
    }
  }

  void DeleteContact() {
    if (const auto row = SomeRow(TableId::kSfContact, false)) {
      Delete(TableId::kSfContact, *row);
      ++report_["contacts deleted"];
    }
    if (const auto row = SomeRow(TableId::kNsContact, false)) {
      Delete(TableId::kNsContact, *row);
      ++report_["contacts deleted"];
    }
  }

  void DeleteOrder() {
    if (const auto row = SomeRow(TableId::kNsTransaction, false)) {
      DeleteBelow(TableId::kNsTransactionLine, world_.table(TableId::kNsTransaction).row(*row).id,
                  "transaction");
      Delete(TableId::kNsTransaction, *row);
      ++report_["orders deleted"];
    }
    if (const auto row = SomeRow(TableId::kSfOpportunity, false)) {
      DeleteBelow(TableId::kSfLineItem, world_.table(TableId::kSfOpportunity).row(*row).id,
                  "OpportunityId");
      Delete(TableId::kSfOpportunity, *row);
      ++report_["orders deleted"];
    }
  }

  // A lead that came to nothing goes, and with it all that hangs on it.
  void DeleteProspect() {
    for (int attempt = 0; attempt < 60; ++attempt) {
      const int customer = SomeCustomer();
      const Customer& c = At(customer);
      const auto faces = LiveFaces(customer);
      if (c.stage != Stage::kProspect || c.parent >= 0 || c.has_children || faces.size() != 1)
        continue;
      const uint32_t row = world_.faces_[faces.front()].row;
      const std::string id = world_.table(TableId::kSfAccount).row(row).id;
      for (uint32_t i = 0; i < world_.table(TableId::kSfOpportunity).rows().size(); ++i) {
        if (world_.table(TableId::kSfOpportunity).Get(i, "AccountId") != id) continue;
        DeleteBelow(TableId::kSfLineItem, world_.table(TableId::kSfOpportunity).row(i).id,
                    "OpportunityId");
      }
      DeleteBelow(TableId::kSfOpportunity, id, "AccountId");
      DeleteBelow(TableId::kSfContact, id, "AccountId");
      DeleteBelow(TableId::kSfTask, id, "AccountId");
      DeleteBelow(TableId::kSfGoal, id, "Account__c");
      Delete(TableId::kSfAccount, row);
      ++report_["accounts deleted"];
      return;
    }
  }

  void Undelete() {
    const auto number = SomeRow(TableId::kSfContact, true);
    if (!number) return;
    const auto account = world_.table(TableId::kSfAccount)
                             .Find(world_.table(TableId::kSfContact).Get(*number, "AccountId"));
    if (!account || world_.table(TableId::kSfAccount).row(*account).deleted) return;
    Row& row = world_.Mutable(TableId::kSfContact).Change(*number);
    row.deleted = false;
    row.deleted_at = 0;
    Touch(TableId::kSfContact, *number);
    ++report_["contacts undeleted"];
  }

  World& world_;
  Activity activity_;
  Random random_;
  Seconds from_;
  StepReport report_;
};

StepReport World::Step() {
  const std::unique_lock lock(mutex_);
  ++steps_;
  return TimeStep(this).Run();
}

}  // namespace trueup::sandbox
