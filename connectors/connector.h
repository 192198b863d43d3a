#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <typeindex>
#include <utility>
#include <vector>

#include "base/change_event.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/problems.h"
#include "base/yaml.h"
#include "config/secrets.h"

namespace trueup::connectors {

// One field of an object as its source describes it.
struct FieldInfo {
  std::string name;
  std::string type;   // in the source's words: "string", "datetime", "reference"; empty where it
                      // does not tell
  std::string label;  // what the source's users see; empty where it does not tell
  bool calculated = false;            // a formula: changes without moving the record's stamp
  std::vector<std::string> picklist;  // the labels of its choices, where it has any
};

// One object type that is pulled from a system.
struct ObjectInfo {
  std::string name;               // the object part of its refs
  std::vector<FieldInfo> fields;  // may be empty where the source describes none
};

// What one pull call gives: at most a page, in the order in which the source gave it.
struct Page {
  std::vector<ChangeEvent> events;
  // Rows of the source in this page, before anything was folded: for the conservation count.
  uint64_t received = 0;
  // Where the next call goes on. To be stored only when the log has acknowledged the events of this
  // page (promise 3).
  std::string next_cursor;
  // Nothing more for now: the object is caught up to the upper bound of this pull.
  bool done = false;
  // Set where the source is at work (on a job) and nothing is to be had before so long. Connectors
  // do not wait for that themselves: the caller asks for other objects meanwhile.
  std::optional<std::chrono::milliseconds> wait;
  // Set where the source no longer honours the given cursor (or its deletions reach not far enough
  // back): the reason. The state is then GAP SUSPECTED; next_cursor starts a new snapshot, never
  // "now".
  std::optional<std::string> gap;
};

// A page of the ids that the source holds, for the audit.
struct IdPage {
  std::vector<std::string> ids;  // of live records
  std::string next;              // opaque; empty: that was the last page
};

// How much of the source's allowance is used, as far as it tells.
struct ApiUsage {
  uint64_t calls = 0;           // requests that this process sent, retries included
  std::optional<int64_t> used;  // of the source's own allowance, by everybody
  std::optional<int64_t> allowed;
  // What this process used of it in the last 24 hours, and how much of it the config lets it use.
  std::optional<int64_t> own = std::nullopt;
  std::optional<int64_t> own_allowed = std::nullopt;
};

// A source system. One instance per configured system; the caller makes one call at a time per
// object, calls for different objects may come from different threads at once.
//
// Every call may block on the network, obeys `stop` within 100 ms (kCancelled), and retries
// transient failures by itself within its limits before it gives up with kTransient. Errors name
// system, object and what was being done. kDenied leaves the system alone until a person acts.
class Connector {
 public:
  virtual ~Connector() = default;

  // The objects that the config names, described by the source. Also the connection test:
  // credentials, address and permissions are proved here.
  virtual Result<std::vector<ObjectInfo>> Describe(std::stop_token stop) = 0;

  // The next page of changes of `object` behind `cursor`; an empty cursor begins a snapshot. The
  // cursor is this connector's own JSON text and belongs to the object. Pulling from a stored
  // cursor again gives every record that was not delivered before, and may repeat some that were
  // (lookback): repeats are dropped by content. Events are complete rows; deletions and merges come
  // as events with `deleted`. A page may be empty without being the last.
  virtual Result<Page> Pull(const std::string& object, const std::string& cursor,
                            std::stop_token stop) = 0;

  // One page of the ids of all live records of `object`, from `next` of the page before ("" for the
  // first).
  virtual Result<IdPage> ListIds(const std::string& object, const std::string& next,
                                 std::stop_token stop) = 0;

  // How many live records the source holds.
  virtual Result<uint64_t> Count(const std::string& object, std::stop_token stop) = 0;

  // How many live records the source created in each of these windows: before bounds[0], from there
  // to before bounds[1], and so on. Those that are newer than the last bound, or of which the
  // source does not know when it created them, count in none. `bounds` ascend, and all but the last
  // are begins of UTC months. One call to the source however many there are, so that it can be
  // asked often. Nothing: this source cannot say that of the object.
  using CreatedCounts = std::optional<std::vector<uint64_t>>;
  virtual Result<CreatedCounts> CountCreated(const std::string& /*object*/,
                                             const std::vector<Instant>& /*bounds*/,
                                             std::stop_token /*stop*/) {
    return CreatedCounts();
  }

  // The records of the given ids as they are now (those that exist), for the audit. At most
  // IdsPerFetch a call. One that the source still shows, but as deleted, comes as an event with
  // `deleted`.
  virtual Result<std::vector<ChangeEvent>> Fetch(const std::string& object,
                                                 const std::vector<std::string>& ids,
                                                 std::stop_token stop) = 0;

  // How many ids Fetch takes at once: 200, or kIdsPerReading where it reads everything, whatever it
  // is asked for.
  virtual size_t IdsPerFetch() const { return 200; }
  static constexpr size_t kIdsPerReading = 50'000;

  virtual ApiUsage Usage() const = 0;
};

// Which fields of each object the mappings read, as they name them. Nothing: that is not known, and
// each field counts as read.
using MappedFields = std::optional<std::map<std::string, std::set<std::string>>>;

// What connectors of one process share where their sources do: two systems that read one account
// live on its one limit. For one thread at a time.
class Shared {
 public:
  // The T of that key: the one that somebody still holds, or one made of `args`.
  template <class T, class... Args>
  std::shared_ptr<T> Get(const std::string& key, Args&&... args) {
    std::weak_ptr<void>& place = parts_[{std::type_index(typeid(T)), key}];
    if (const auto held = place.lock()) return std::static_pointer_cast<T>(held);
    auto made = std::make_shared<T>(std::forward<Args>(args)...);
    place = made;
    return made;
  }

 private:
  std::map<std::pair<std::type_index, std::string>, std::weak_ptr<void>> parts_;
};

// What a connector is made from.
struct ConnectorContext {
  std::string system;  // the name in the config: first part of every ref
  // The system's map in the config, without the keys that the loader reads itself (`connector`,
  // ...): config::Without.
  YamlNode settings;
  std::string base_folder;  // relative paths in the settings start here
  std::shared_ptr<Clock> clock;
  // Reads the secrets that the settings refer to, while the connector is made.
  std::shared_ptr<const config::SecretReader> secrets;
  MappedFields mapped_fields = std::nullopt;
  std::shared_ptr<Shared> shared = std::make_shared<Shared>();
};

// A kind of connector: how the registry makes one. A null pointer and filled `problems` where the
// settings are wrong; making one sends nothing.
struct ConnectorKind {
  std::string name;  // the `connector:` of the config
  std::unique_ptr<Connector> (*make)(const ConnectorContext& context, Problems& problems);
  // The settings as a JSON Schema object, and as a Markdown table for the reference page.
  std::string (*schema)();
  std::string (*reference)();
};

// Every kind that is built in, by name. A new connector is one new folder and one line there
// (connectors/registry.cc).
const std::map<std::string, ConnectorKind>& Registry();

}  // namespace trueup::connectors
