#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/instant.h"
#include "base/json.h"
#include "pipeline/log/log.h"
#include "reports/sqlite.h"

namespace trueup::reports {

// Writes published documents into the tables, within the caller's transaction. An empty value takes
// the document away. A document that is not what its topic holds is kInvalid.
class DocumentWriter {
 public:
  static Result<std::unique_ptr<DocumentWriter>> Make(const Database& database);

  // Whether the record is news: a log with several writers may hold an older version of a key
  // behind a newer one. Notes its version.
  Result<bool> IsNews(std::string_view topic, const pipeline::LogRecord& record);
  Status WriteAccount(const pipeline::LogRecord& record, int64_t epoch);
  Status WriteCondition(const pipeline::LogRecord& record, int64_t epoch, Instant now);
  Status WriteFact(const pipeline::LogRecord& record, int64_t epoch);
  Status WriteChange(const pipeline::LogRecord& record);
  Status WritePosition(std::string_view topic, uint64_t position);

 private:
  struct Statements {
    Statement put_account, remove_account, remove_members, put_member;
    Statement find_finding, put_finding, update_finding, close_finding, drop_unseen;
    Statement put_holding, remove_holding, other_holding;
    Statement put_fact, remove_fact, put_change, put_position, find_version, put_version;
  };
  explicit DocumentWriter(Statements statements) : statements_(std::move(statements)) {}
  Status PutMembers(const std::string& account, const JsonValue& refs, bool ghosts);
  Status StateFinding(const std::string& id, const std::string& document, Instant now);
  Status WithdrawFinding(const std::string& id, Instant now);

  Statements statements_;
};

}  // namespace trueup::reports
