#pragma once

#include <array>
#include <bitset>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "tests/sandbox/world/customer.h"
#include "tests/sandbox/world/table.h"

namespace trueup::sandbox {

struct WorldOptions {
  PopulationOptions population;
  std::string netsuite_timezone = "America/Los_Angeles";
};

// One account record of one customer, with the values that it stands for: what the row shows is a
// harmless variation of them. The oracle (truth.h) reads faces, clients read rows.
struct Face {
  int customer = kNobody;
  System system = System::kSalesforce;
  uint8_t copy = 0;  // 0: the first record; others are its duplicates
  uint32_t row = 0;  // in AccountTable(system)
  std::array<std::string, kTerms> value;
  std::bitset<kTerms> invalid;  // `value` is not of the term's type and is shown as it is
  bool shows_trade_name = false;
  bool has_typo = false;
  std::string crm_id;  // typed-in references to the other systems' records
  std::string erp_id;

  const std::string& at(Term term) const { return value[static_cast<size_t>(term)]; }
  std::string& at(Term term) { return value[static_cast<size_t>(term)]; }
  bool is_invalid(Term term) const { return invalid[static_cast<size_t>(term)]; }
  // The value if it is one.
  const std::string& valid(Term term) const;
};

// What a step changed, by word ("updated", "merged", ...).
using StepReport = std::map<std::string, size_t>;

// Everything that the three systems hold. A function of the options and the number of steps: it
// reads no clock and no other randomness. Readers hold mutex() shared; Step() takes it alone.
class World {
 public:
  explicit World(const WorldOptions& options);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Lets ten minutes pass.
  StepReport Step();

  // Takes the first `count` live rows of a table away so that no feed tells: no stamp moves, no
  // deletion is dated. How many there were.
  size_t Vanish(TableId id, size_t count);
  // Deletes the first `count` live rows of a table for good, with a date. How many there were.
  size_t Purge(TableId id, size_t count);
  // Brings the vanished rows of a table back, as old as they were. How many there were.
  size_t Reappear(TableId id);
  // Writes something else into a field of the first `count` live rows that have a text there, as a
  // formula does: no stamp moves. How many there were.
  size_t Drift(TableId id, std::string_view field, size_t count);

  Seconds now() const { return kWorldStart + static_cast<Seconds>(steps_) * kStepLength; }
  size_t steps() const { return steps_; }
  const WorldOptions& options() const { return options_; }
  uint64_t seed() const { return options_.population.seed; }
  const Zone& netsuite_zone() const { return netsuite_zone_; }
  const Table& table(TableId id) const { return tables_[static_cast<size_t>(id)]; }
  const std::vector<Customer>& customers() const { return customers_; }
  const std::vector<Face>& faces() const { return faces_; }
  const std::vector<uint32_t>& faces_of(int customer) const {
    return faces_of_[static_cast<size_t>(customer)];
  }
  bool IsLive(const Face& face) const {
    return !table(AccountTable(face.system)).row(face.row).deleted;
  }
  std::shared_mutex& mutex() const { return mutex_; }

 private:
  friend class Activity;
  friend class TimeStep;

  Table& Mutable(TableId id) { return tables_[static_cast<size_t>(id)]; }
  void ReorderAll();

  // faces.cc
  bool Wants(const Customer& customer, System system) const;
  uint32_t AddFace(int customer, System system, uint8_t copy, Seconds created);
  void AddSubsidiaries(uint32_t row, Seconds created);
  void AddFacesOf(int customer);
  void FillFace(uint32_t face);
  void ApplyPlan(Face* face);
  void CompleteFaces(int customer);  // required terms, evidence
  void Render(uint32_t face);
  void RenderSalesforce(const Face& face, Table* table, Random* random);
  void RenderNetsuite(const Face& face, Table* table, Random* random);
  void RenderSky(const Face& face, Table* table, Random* random);
  std::string ShownAs(const Face& face, Term term, Random* random) const;
  // The first live record of the customer in that system; nullptr if there is none.
  const Face* Primary(int customer, System system) const;
  std::string PrimaryId(int customer, System system) const;
  std::string ParentId(const Face& face, Random* random) const;

  // people.cc
  void AddReferenceRows();

  WorldOptions options_;
  Zone netsuite_zone_;
  std::vector<Table> tables_;
  std::vector<Customer> customers_;
  std::vector<Face> faces_;
  std::vector<std::vector<uint32_t>> faces_of_;
  std::unique_ptr<CompanySource> newcomers_;
  size_t steps_ = 0;
  mutable std::shared_mutex mutex_;
};

// How many people and things the reference tables hold; owners are given as numbers below these.
inline constexpr size_t kSalesPeople = 40;
inline constexpr size_t kSkyActiveUsers = 30;
inline constexpr size_t kSkyInactiveUsers = 6;
inline constexpr size_t kProducts = 24;

struct PersonName {
  std::string first;
  std::string last;
};
PersonName MakePersonName(Random* random);

}  // namespace trueup::sandbox
