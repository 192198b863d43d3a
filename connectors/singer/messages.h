#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/change_event.h"
#include "base/json.h"
#include "connectors/singer/settings.h"
#include "connectors/singer/tap.h"

namespace trueup::connectors::singer {

// What a tap said about one stream: a record (or its deletion), or where the tap stands.
struct Message {
  enum class Kind { kRecord, kState, kActivate };
  Kind kind = Kind::kRecord;
  ChangeEvent event;    // of kRecord
  std::string version;  // of kRecord and kActivate: digits; empty where the tap gives none
  std::string state;    // of kState: JSON
};

// Reads what a running tap says and keeps what concerns one stream. Whatever is no proper message
// is kInvalid, naming stream and line: JSON that is none, an unknown type, a RECORD before its
// SCHEMA, one without id. Messages of other streams are checked as far as their SCHEMA, and left
// out.
class MessageReader {
 public:
  MessageReader(std::unique_ptr<Tap> tap, std::string system, std::string object,
                std::string stream, const SingerObjectSettings& settings);

  // The next message. Nothing: the tap has ended, and well, and has sent the stream's SCHEMA.
  Result<std::optional<Message>> Next(std::stop_token stop);

 private:
  Result<std::optional<Message>> Read(const JsonValue& root);
  Status ReadSchema(const JsonValue& root);
  Result<Message> ReadRecord(const JsonValue& root) const;
  Result<std::string> IdOf(const Row& row) const;
  Status ReadTimes(const Row& row, ChangeEvent& event) const;
  Error Wrong(const std::string& message) const;
  bool stamped() const { return !modified_.empty(); }

  std::unique_ptr<Tap> tap_;
  std::string system_;
  std::string object_;
  std::string stream_;
  const SingerObjectSettings& settings_;
  std::set<std::string> described_;  // streams whose SCHEMA came
  std::vector<std::string> id_;      // fields
  std::string modified_;             // field; empty: there are no stamps
};

}  // namespace trueup::connectors::singer
