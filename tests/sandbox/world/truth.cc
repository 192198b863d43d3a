#include "tests/sandbox/world/truth.h"

#include <algorithm>
#include <map>
#include <set>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace trueup::sandbox {
namespace {

class Oracle {
 public:
  explicit Oracle(const World& world) : world_(world) {}

  Truth Find() {
    const int count = static_cast<int>(world_.customers().size());
    CollectTasks();
    for (int customer = 0; customer < count; ++customer) {
      faces_.clear();
      for (uint32_t number : world_.faces_of(customer)) {
        const Face& face = world_.faces()[number];
        if (world_.IsLive(face)) faces_.push_back(&face);
      }
      if (faces_.empty()) continue;
      customer_ = customer;
      stage_ = StageNow();
      TruthCluster cluster{Id(), {}};
      for (const Face* face : faces_) cluster.members.push_back(Ref(*face));
      truth_.clusters.push_back(std::move(cluster));
      FindDuplicates();
      FindGaps();
      FindConflicts();
      FindInvalid();
      FindMissing();
      FindHandoffs();
      FindHierarchy();
    }
    FindOrphans();
    return std::move(truth_);
  }

 private:
  const std::string& Id() const { return world_.customers()[static_cast<size_t>(customer_)].id; }
  std::string Ref(const Face& face) const {
    return RefOf(world_, AccountTable(face.system), face.row);
  }

  TruthFinding& Add(std::string_view kind, std::string note) {
    truth_.findings.push_back({std::string(kind), Id(), {}, {}, {}, {}, std::move(note)});
    return truth_.findings.back();
  }

  // The CRM's word on the stage goes before the others'.
  Stage StageNow() const {
    for (int i = 0; i < 7; ++i) {
      if (StageName(static_cast<Stage>(i), std::nullopt) == faces_.front()->at(Term::kStage))
        return static_cast<Stage>(i);
    }
    return Stage::kProspect;
  }

  std::vector<std::string> RefsIn(System system) const {
    std::vector<std::string> refs;
    for (const Face* face : faces_) {
      if (face->system == system) refs.push_back(Ref(*face));
    }
    return refs;
  }

  void FindDuplicates() {
    for (System system : kAllSystems) {
      auto refs = RefsIn(system);
      if (refs.size() < 2) continue;
      TruthFinding& finding = Add("duplicate", "entered more than once");
      finding.refs = std::move(refs);
      finding.system = system;
    }
  }

  void FindGaps() {
    for (Term term : RequiredTerms(stage_)) {
      const bool held = std::any_of(faces_.begin(), faces_.end(),
                                    [&](const Face* f) { return !f->valid(term).empty(); });
      if (held) continue;
      TruthFinding& finding = Add("gap", "required at a gate and empty in every record");
      finding.term = term;
      for (const Face* face : faces_) finding.refs.push_back(Ref(*face));
    }
  }

  static bool Differ(Term term, const std::string& a, const std::string& b) {
    if (a == b) return false;
    if (term != Term::kGoLiveDate) return true;
    const Seconds apart = *ParseTime(a) - *ParseTime(b);
    return apart > kDay || apart < -kDay;
  }

  void FindConflicts() {
    for (Term term : ComparedTerms()) {
      std::vector<const Face*> holders;
      for (const Face* face : faces_) {
        if (!face->valid(term).empty()) holders.push_back(face);
      }
      std::set<std::string> values;
      for (const Face* a : holders) {
        for (const Face* b : holders) {
          if (Differ(term, a->at(term), b->at(term))) values.insert({a->at(term), b->at(term)});
        }
      }
      if (values.empty()) continue;
      std::string note;
      for (const std::string& value : values) note += (note.empty() ? "" : " | ") + value;
      TruthFinding& finding = Add("conflict", note);
      finding.term = term;
      for (const Face* face : holders) finding.refs.push_back(Ref(*face));
    }
  }

  static std::string_view FieldName(System system, Term term) {
    struct Row {
      Term term;
      std::string_view names[kSystems];
    };
    static constexpr Row kRows[] = {
        {Term::kTaxId, {"Tax_ID__c", "vatregnumber", "vat_id"}},
        {Term::kPhone, {"Phone", "phone", "phone"}},
        {Term::kEmail, {"", "", "email"}},
        {Term::kBillingEmail, {"Billing_Email__c", "email", ""}},
        {Term::kBillingCountry, {"BillingCountry", "country", "address.country"}},
        {Term::kCurrency, {"CurrencyIsoCode", "currency", ""}},
        {Term::kTimezone, {"Timezone__c", "custentity_timezone", "timezone"}},
        {Term::kLanguage, {"Language__c", "language", "language"}}};
    for (const Row& row : kRows) {
      if (row.term == term) return row.names[static_cast<size_t>(system)];
    }
    return "";
  }

  void FindInvalid() {
    for (const Face* face : faces_) {
      for (size_t i = 0; i < kTerms; ++i) {
        const auto term = static_cast<Term>(i);
        if (!face->is_invalid(term) || face->at(term).empty()) continue;
        TruthFinding& finding = Add("invalid", face->at(term));
        finding.refs = {Ref(*face)};
        finding.term = term;
        finding.system = face->system;
        finding.field = FieldName(face->system, term);
      }
    }
  }

  // The customers that the records name as their parent.
  std::set<int> ParentsOf(int customer, std::optional<System> only = std::nullopt) const {
    std::set<int> parents;
    for (uint32_t number : world_.faces_of(customer)) {
      const Face& face = world_.faces()[number];
      if (!world_.IsLive(face) || (only && face.system != *only)) continue;
      const Table& table = world_.table(AccountTable(face.system));
      const auto above = table.Find(ParentField(face));
      if (above && !table.row(*above).deleted) parents.insert(table.row(*above).customer);
    }
    return parents;
  }

  const std::string& ParentField(const Face& face) const {
    static constexpr std::string_view kFields[kSystems] = {"ParentId", "parent", "parent_id"};
    return world_.table(AccountTable(face.system))
        .Get(face.row, kFields[static_cast<size_t>(face.system)]);
  }

  bool HasLive(int customer, System system) const {
    for (uint32_t number : world_.faces_of(customer)) {
      const Face& face = world_.faces()[number];
      if (face.system == system && world_.IsLive(face)) return true;
    }
    return false;
  }

  bool KnownToSelfOrAncestor(System system) const {
    std::set<int> seen = {customer_};
    std::vector<int> open = {customer_};
    while (!open.empty()) {
      const int customer = open.back();
      open.pop_back();
      if (HasLive(customer, system)) return true;
      for (int parent : ParentsOf(customer)) {
        if (seen.insert(parent).second) open.push_back(parent);
      }
    }
    return false;
  }

  void FindMissing() {
    const auto demand = [&](System system) {
      TruthFinding& finding =
          Add("missing_counterpart", "not known to " + std::string(ToString(system)));
      finding.system = system;
      for (const Face* face : faces_) finding.refs.push_back(Ref(*face));
    };
    if (!HasLive(customer_, System::kSalesforce)) demand(System::kSalesforce);
    if (stage_ >= Stage::kBillingReady && !KnownToSelfOrAncestor(System::kNetsuite))
      demand(System::kNetsuite);
    if (stage_ >= Stage::kOnboarding && !KnownToSelfOrAncestor(System::kSky)) demand(System::kSky);
  }

  void CollectTasks() {
    const Table& tasks = world_.table(TableId::kSkyTasks);
    tasks_.resize(world_.customers().size());
    for (uint32_t i = 0; i < tasks.rows().size(); ++i) {
      const Row& row = tasks.row(i);
      if (!row.deleted && row.customer != kNobody)
        tasks_[static_cast<size_t>(row.customer)].push_back(i);
    }
  }

  // Only an account that Sky itself knows can have tasks; another is a missing counterpart, or its
  // ancestor has the tasks.
  void FindHandoffs() {
    if (stage_ < Stage::kBillingReady || !HasLive(customer_, System::kSky)) return;
    const Table& tasks = world_.table(TableId::kSkyTasks);
    const Table& users = world_.table(TableId::kSkyUsers);
    for (std::string_view kind : {"hardware", "installation", "onboarding"}) {
      bool exists = false;
      for (uint32_t task : tasks_[static_cast<size_t>(customer_)]) {
        if (tasks.Get(task, "kind") != kind) continue;
        exists = true;
        const auto owner = users.Find(tasks.Get(task, "owner_id"));
        if (owner && users.Get(*owner, "active") == "true") continue;
        TruthFinding& finding =
            Add("handoff", owner ? "the owner is inactive" : "nobody owns the task");
        finding.refs = {RefOf(world_, TableId::kSkyTasks, task)};
        finding.system = System::kSky;
      }
      if (exists) continue;
      TruthFinding& finding = Add("handoff", "no " + std::string(kind) + " task");
      finding.refs = RefsIn(System::kSky);
      finding.system = System::kSky;
    }
  }

  bool OnCycle() const {
    std::set<int> seen;
    std::vector<int> open = {customer_};
    while (!open.empty()) {
      const int customer = open.back();
      open.pop_back();
      for (int parent : ParentsOf(customer, System::kSalesforce)) {
        if (parent == customer_) return true;
        if (seen.insert(parent).second) open.push_back(parent);
      }
    }
    return false;
  }

  void FindHierarchy() {
    std::vector<std::string> naming;
    for (const Face* face : faces_) {
      if (!ParentField(*face).empty()) naming.push_back(Ref(*face));
    }
    if (naming.empty()) return;
    const auto add = [&](std::string note, std::vector<std::string> refs) {
      TruthFinding& finding = Add("hierarchy", std::move(note));
      finding.refs = std::move(refs);
      finding.term = Term::kParent;
    };
    if (ParentsOf(customer_).size() > 1) add("systems disagree on the parent", naming);
    if (OnCycle()) add("the account is its own ancestor", RefsIn(System::kSalesforce));
    for (const Face* face : faces_) {
      const Table& table = world_.table(AccountTable(face->system));
      const auto above = table.Find(ParentField(*face));
      if (ParentField(*face).empty() || (above && !table.row(*above).deleted)) continue;
      add("the parent does not exist", {Ref(*face)});
    }
  }

  void FindOrphans() {
    for (size_t t = 0; t < kTables; ++t) {
      const Table& table = world_.table(static_cast<TableId>(t));
      if (table.spec().hangs_on.empty()) continue;
      for (uint32_t i = 0; i < table.rows().size(); ++i) {
        if (table.row(i).deleted) continue;
        bool hangs = false;
        for (const Link& link : table.spec().hangs_on) {
          const Table& target = world_.table(link.target);
          const auto above = target.Find(table.Get(i, link.field));
          hangs = hangs || (above && !target.row(*above).deleted);
        }
        if (hangs) continue;
        truth_.findings.push_back({"orphan",
                                   "",
                                   {RefOf(world_, static_cast<TableId>(t), i)},
                                   {},
                                   table.spec().system,
                                   {},
                                   "hangs on no record"});
      }
    }
  }

  const World& world_;
  Truth truth_;
  std::vector<const Face*> faces_;  // of the customer at hand; Salesforce's come first
  std::vector<std::vector<uint32_t>> tasks_;
  int customer_ = 0;
  Stage stage_ = Stage::kProspect;
};

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void Text(Writer* json, std::string_view text) {
  json->String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void WriteFinding(const TruthFinding& finding, Writer* json) {
  json->StartObject();
  json->Key("kind");
  Text(json, finding.kind);
  json->Key("customer");
  finding.customer.empty() ? static_cast<void>(json->Null()) : Text(json, finding.customer);
  json->Key("refs");
  json->StartArray();
  for (const std::string& ref : finding.refs) Text(json, ref);
  json->EndArray();
  json->Key("term");
  finding.term ? Text(json, ToString(*finding.term)) : static_cast<void>(json->Null());
  json->Key("system");
  finding.system ? Text(json, ToString(*finding.system)) : static_cast<void>(json->Null());
  if (!finding.field.empty()) {
    json->Key("field");
    Text(json, finding.field);
  }
  json->Key("note");
  Text(json, finding.note);
  json->EndObject();
}

}  // namespace

std::string RefOf(const World& world, TableId table, uint32_t row) {
  const TableSpec& spec = SpecOf(table);
  return std::string(ToString(spec.system)) + "/" + std::string(spec.name) + "/" +
         world.table(table).row(row).id;
}

Truth FindTruth(const World& world) { return Oracle(world).Find(); }

std::string TruthJson(const World& world) {
  const Truth truth = FindTruth(world);
  rapidjson::StringBuffer buffer;
  Writer json(buffer);
  json.StartObject();
  json.Key("seed");
  json.Uint64(world.seed());
  json.Key("customers");
  json.Uint64(truth.clusters.size());
  json.Key("steps");
  json.Uint64(world.steps());
  json.Key("now");
  Text(&json, DateTimeText(world.now(), 'T', "Z"));
  json.Key("rows");
  json.StartObject();
  for (size_t t = 0; t < kTables; ++t) {
    if (!HoldsRecords(static_cast<TableId>(t))) continue;
    const Table& table = world.table(static_cast<TableId>(t));
    const std::string name =
        std::string(ToString(table.spec().system)) + "/" + std::string(table.spec().name);
    json.Key(name.c_str());
    json.Uint64(table.live());
  }
  json.EndObject();
  json.Key("clusters");
  json.StartArray();
  for (const TruthCluster& cluster : truth.clusters) {
    json.StartObject();
    json.Key("customer");
    Text(&json, cluster.customer);
    json.Key("members");
    json.StartArray();
    for (const std::string& member : cluster.members) Text(&json, member);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.Key("findings");
  json.StartArray();
  for (const TruthFinding& finding : truth.findings) WriteFinding(finding, &json);
  json.EndArray();
  json.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace trueup::sandbox
