#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace trueup::sandbox {

enum class System { kSalesforce, kNetsuite, kSky };
inline constexpr size_t kSystems = 3;
inline constexpr std::array<System, kSystems> kAllSystems = {System::kSalesforce, System::kNetsuite,
                                                             System::kSky};
// "salesforce", "netsuite", "sky".
std::string_view ToString(System system);

enum class TableId {
  kSfAccount,
  kSfContact,
  kSfOpportunity,
  kSfLineItem,
  kSfTask,
  kSfGoal,
  kSfUser,
  kSfProduct,
  kSfAccountHistory,
  kSfOpportunityHistory,
  kSfApproval,
  kSfApprovalStep,
  kSfOrganization,
  kNsCustomer,
  kNsAddress,
  kNsContact,
  kNsTransaction,
  kNsTransactionLine,
  kNsEmployee,
  kNsItem,
  kNsTerm,
  kNsCurrency,
  kNsDeleted,
  kNsSubsidiaryLink,
  kSkyAccounts,
  kSkySites,
  kSkyInstallations,
  kSkyTasks,
  kSkyUsers,
  kCount
};
inline constexpr size_t kTables = static_cast<size_t>(TableId::kCount);

// kAny: a text whose type its row decides (Salesforce's anyType). kAddress: what the five slots
// from the field's own on hold, as one value.
enum class FieldType { kText, kNumber, kBool, kDate, kInstant, kAny, kAddress };

// Where a field's value lies: in a slot of the row or in one of the row's own members.
enum class FieldSource { kSlot, kId, kCreated, kModified, kStamp, kDeleted };

struct Field {
  std::string_view name;
  FieldType type = FieldType::kText;
  FieldSource source = FieldSource::kSlot;
  size_t slot = 0;  // for kSlot
};

// A field that holds the id of the row above; a row without any such row above it is an orphan.
struct Link {
  std::string_view field;
  TableId target;
};

struct TableSpec {
  TableId id;
  System system;
  std::string_view name;  // as the system spells it
  std::vector<Field> fields;
  size_t slots = 0;
  std::vector<Link> hangs_on;

  // Ignores case, as both query languages do.
  const Field* Find(std::string_view field) const;
};

// docs/reference/systems.md as data.
const TableSpec& SpecOf(TableId id);
// The table of that system with that name (case ignored), if there is one.
std::optional<TableId> FindTable(System system, std::string_view name);
// Whether the rows are records of their own. An address and a subsidiary are parts of their
// customer, the log of deletions holds none, and the org is no record of itself.
bool HoldsRecords(TableId id);
// The table that holds the account records of the system.
TableId AccountTable(System system);

}  // namespace trueup::sandbox
