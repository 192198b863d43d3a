#pragma once

#include <string>
#include <string_view>

#include "tests/sandbox/world/world.h"

namespace trueup::sandbox {

// What a history keeps.
struct FieldChange {
  std::string field;
  std::string before;
  std::string after;
};

// Makes the rows that hang on account records: contacts, opportunities and orders with their lines,
// activities, goals, the traces of what was done, and in Sky sites, installations and backstage
// tasks.
class Activity {
 public:
  explicit Activity(World* world) : world_(world) {}

  // All rows of a customer whose account records exist.
  void AddAll(int customer);
  // The orphan that its plan asks for.
  void AddOrphan(int customer);

  void AddContact(int customer, Seconds from, Random* random);
  void AddOpportunity(int customer, Seconds from, Random* random);
  void AddOrder(int customer, Seconds from, Random* random);
  // One row of a history; `link` names the field with the changed record's id.
  void NoteChange(TableId history, std::string_view link, const std::string& id, Seconds at,
                  const std::string& by, const FieldChange& change);
  // Sites, installations and tasks of a customer that Sky knows.
  void AddBackstage(int customer, Seconds from, Random* random);
  // Brings open tasks of the customer to their end.
  void FinishTasks(int customer, Seconds at);

 private:
  World& world() { return *world_; }
  const Customer& CustomerAt(int customer) const {
    return world_->customers()[static_cast<size_t>(customer)];
  }
  // One of the customer's live records in the system, duplicates included; empty if it has none.
  std::string SomeAccount(int customer, System system, Random* random) const;
  Seconds Moment(Seconds from, Random* random) const;
  uint32_t Add(TableId id, Seconds created, int customer, Random* random);
  void Set(TableId id, uint32_t row, std::string_view field, std::string value) {
    world_->Mutable(id).Set(row, field, std::move(value));
  }
  std::string UserId(size_t owner) const {
    return world_->table(TableId::kSfUser).row(static_cast<uint32_t>(owner)).id;
  }
  void AddNetsuiteContact(int customer, uint32_t twin, Random* random);
  void AddApproval(uint32_t opportunity, bool decided);
  void AddApprovalStep(const std::string& approval, Seconds at, const std::string& status,
                       const std::string& actor);
  void AddGoal(int customer, Random* random);
  void AddSfTask(int customer, Random* random);
  void AddTask(int customer, std::string_view kind, const std::string& installation,
               const std::string& account, Seconds from, HandoffDefect* defect, bool* use_defect,
               Random* random);

  World* world_;
};

}  // namespace trueup::sandbox
