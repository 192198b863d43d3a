#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace trueup::connectors::singer {

// The ids that one version of a table gave, kept to find those that a later version no longer
// gives: at most `tracked_ids` of them, because they stand in the cursor.
class KnownIds {
 public:
  // Puts an id in or takes it out. Past `most` ids it forgets all of them and knows nothing more.
  void Add(std::string_view id, size_t most);
  void Remove(std::string_view id) { ids_.erase(std::string(id)); }
  void Forget() { *this = Unknown(); }

  // Whether every id is here; with false there are none, and nothing follows from absence.
  bool whole() const { return whole_; }
  const std::set<std::string>& ids() const { return ids_; }

  static KnownIds Unknown() {
    KnownIds unknown;
    unknown.whole_ = false;
    return unknown;
  }
  friend bool operator==(const KnownIds&, const KnownIds&) = default;

 private:
  std::set<std::string> ids_;
  bool whole_ = true;
};

// One version of a table: what ACTIVATE_VERSION names, and what it gave.
struct TableVersion {
  std::string version;  // digits; empty: the stream has no versions
  KnownIds known;
};

// Where the next run of the tap goes on: its last state, and the versions of a full table.
struct SingerCursor {
  std::string stream;  // the state is of no use for another one
  // Counts the pages given. A page that was given but not stored differs by it from the one that
  // follows, also where both leave the state as it was.
  uint64_t page = 0;
  std::string state;  // JSON; empty: none
  TableVersion active;
  // Of an unfinished run: what it gave of the version to come, up to `state`.
  std::optional<TableVersion> coming;

  std::string ToJson() const;
  // Nothing where the text is no cursor of ours.
  static std::optional<SingerCursor> FromJson(const std::string& text);
};

}  // namespace trueup::connectors::singer
