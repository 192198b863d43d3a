#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/catalog.h"
#include "pipeline/stages/messages.h"
#include "pipeline/stages/view.h"

namespace trueup::pipeline {

// Where a record's rows go.
struct Route {
  enum class Kind : uint8_t {
    kNowhere =
        0,    // an account record whose account is not known yet, a withdrawn record without rows
    kUp = 1,  // to the collect of the record that `target` names
    kAccount = 2,    // to the account that `target` names, and facts to reports
    kReference = 3,  // the own row to every reconcile
    kOrphan = 4,     // no further: `target` says why, in words
  };
  Kind kind = Kind::kNowhere;
  std::string target;

  friend bool operator==(const Route&, const Route&) = default;
};

// What collect keeps of a record, whether or not somebody has it.
struct Node {
  std::string own;             // MappedRow::Encode of its own row; empty: not there
  std::string account;         // for an account record: the account that resolve put it in
  Route route;                 // where it last sent its rows
  uint64_t features_hash = 0;  // of what it last sent to resolve; 0: nothing
  bool had_rows = false;       // some row came from below, ever: most records need not be asked

  void Encode(std::string& out) const;
  static Result<Node> Decode(std::string_view bytes);
};

// The second stage: brings every row to the account that it hangs on, one record at a time. Keyed
// by record ref; reads and writes kNodes and kNodeRows. A record's own row and the rows from below
// go where its route says; when the route changes they are withdrawn there and sent anew. Rows
// travel at most kMaxLevels records; one that gets no further is an orphan.
class CollectStage {
 public:
  static constexpr int kMaxLevels = 8;

  explicit CollectStage(std::shared_ptr<const mappings::Catalog> catalog);

  // The keys of kNodes that Apply will read.
  static std::vector<std::string> Reads(const std::vector<CollectInput>& inputs);

  void Apply(const CollectInput& input, View& view, Effects& effects) const;

 private:
  void ApplyOwn(const OwnRow& input, View& view, Effects& effects) const;
  void ApplyChild(const ChildRow& input, View& view, Effects& effects) const;
  void ApplyMembership(const Membership& input, View& view, Effects& effects) const;

  std::optional<Node> LoadNode(const Ref& ref, View& view) const;
  static void SaveNode(const Ref& ref, const Node& node, View& view);
  Route RouteOf(const Node& node, const std::optional<mappings::MappedRow>& own) const;
  // Withdraws everything from the old route where it changed, and sends the own row (and, where the
  // route changed, the rows below).
  void Reroute(const Ref& ref, Node& node, const std::optional<mappings::MappedRow>& own,
               bool had_own, uint16_t entity, View& view, Effects& effects) const;
  void SendFeatures(const Ref& ref, Node& node, const std::optional<mappings::MappedRow>& own,
                    Effects& effects) const;
  // A row that hangs on nothing is a condition, but for a trace.
  void SayOrphan(const Ref& ended_at, const RowPayload& payload, const std::string& why,
                 Effects& effects) const;
  void SendOwn(const Ref& ref, const Route& route, const RowPayload& payload,
               Effects& effects) const;
  void SendChild(const Ref& ref, const Route& route, const Ref& via, int level,
                 const RowPayload& payload, Effects& effects) const;
  void SendReturned(const Ref& ref, const Route& route, const RowPayload& payload,
                    Effects& effects) const;
  void SendChildren(const Ref& ref, const Node& node, const Route& route, bool withdraw, View& view,
                    Effects& effects) const;
  mappings::EntityRole RoleOf(uint16_t entity) const;

  std::shared_ptr<const mappings::Catalog> catalog_;
  std::vector<uint16_t> feature_terms_;  // terms of the account entity that matching reads
};

}  // namespace trueup::pipeline
