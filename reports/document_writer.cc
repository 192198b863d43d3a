#include "reports/document_writer.h"

#include <algorithm>
#include <optional>

#include "pipeline/accounts/account.h"

namespace trueup::reports {
namespace {

Result<JsonDocument> ParseDocument(const std::string& key, std::string json) {
  auto document = JsonDocument::Parse(std::move(json));
  if (!document.ok()) {
    return Error(ErrorKind::kInvalid,
                 "published document " + key + ": " + document.error().message());
  }
  return document;
}

std::optional<int64_t> MicrosOf(const JsonValue& value) {
  const auto at = ParseInstant(value.text());
  if (!at.ok()) return std::nullopt;
  return ToMicros(at->at);
}

// A condition's columns, bound to parameters 2 to 12 of put_finding and update_finding.
void BindFinding(Statement& statement, const JsonValue& condition) {
  int index = 2;
  for (const char* name : {"kind", "severity", "owner", "account", "subject"}) {
    statement.Bind(index++, condition[name].text());
  }
  statement.Bind(index++, condition["refs"].is_array() ? condition["refs"].ToJson() : "[]");
  for (const char* name : {"term", "value", "reason"}) {
    statement.Bind(index++, condition[name].text());
  }
  for (const char* name : {"active_from", "due"}) {
    statement.Bind(index++, MicrosOf(condition[name]));
  }
}

}  // namespace

Result<std::unique_ptr<DocumentWriter>> DocumentWriter::Make(const Database& database) {
  TRUEUP_ASSIGN(
      auto put_account,
      database.Prepare("INSERT INTO accounts VALUES (?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET "
                       "name=?2, stage=?3, parent=?4, document=?5, epoch=?6"));
  TRUEUP_ASSIGN(auto remove_account, database.Prepare("DELETE FROM accounts WHERE id=?"));
  TRUEUP_ASSIGN(auto remove_members, database.Prepare("DELETE FROM members WHERE account=?"));
  TRUEUP_ASSIGN(auto put_member, database.Prepare("REPLACE INTO members VALUES (?,?,?,?,?)"));
  TRUEUP_ASSIGN(auto find_finding,
                database.Prepare("SELECT first_seen, closed_at FROM findings WHERE id=?"));
  TRUEUP_ASSIGN(auto put_finding, database.Prepare("INSERT INTO findings VALUES "
                                                   "(?,?,?,?,?,?,?,?,?,?,?,?,?,NULL,0)"));
  TRUEUP_ASSIGN(
      auto update_finding,
      database.Prepare("UPDATE findings SET kind=?2, severity=?3, owner=?4, account=?5, "
                       "subject=?6, refs=?7, term=?8, value=?9, reason=?10, active_from=?11, "
                       "due=?12, first_seen=?13, reopened=reopened+?14, closed_at=NULL "
                       "WHERE id=?1"));
  TRUEUP_ASSIGN(
      auto close_finding,
      database.Prepare("UPDATE findings SET closed_at=?2 WHERE id=?1 AND closed_at IS NULL"));
  TRUEUP_ASSIGN(auto drop_unseen,
                database.Prepare("DELETE FROM findings WHERE id=?1 AND first_seen>?2"));
  TRUEUP_ASSIGN(auto put_holding, database.Prepare("REPLACE INTO holdings VALUES (?,?,?,?)"));
  TRUEUP_ASSIGN(auto remove_holding,
                database.Prepare("DELETE FROM holdings WHERE id=? AND scope=?"));
  TRUEUP_ASSIGN(
      auto other_holding,
      database.Prepare("SELECT document FROM holdings WHERE id=? ORDER BY epoch DESC LIMIT 1"));
  TRUEUP_ASSIGN(auto put_fact, database.Prepare("REPLACE INTO facts VALUES (?,?,?,?,?,?)"));
  TRUEUP_ASSIGN(auto remove_fact, database.Prepare("DELETE FROM facts WHERE key=?"));
  TRUEUP_ASSIGN(auto put_change,
                database.Prepare("INSERT OR IGNORE INTO changes VALUES (?,?,?,?,?,?)"));
  TRUEUP_ASSIGN(auto put_position, database.Prepare("REPLACE INTO positions VALUES (?,?)"));
  TRUEUP_ASSIGN(auto find_version,
                database.Prepare("SELECT version FROM versions WHERE topic=? AND key=?"));
  TRUEUP_ASSIGN(auto put_version, database.Prepare("REPLACE INTO versions VALUES (?,?,?)"));
  Statements statements{
      std::move(put_account),    std::move(remove_account), std::move(remove_members),
      std::move(put_member),     std::move(find_finding),   std::move(put_finding),
      std::move(update_finding), std::move(close_finding),  std::move(drop_unseen),
      std::move(put_holding),    std::move(remove_holding), std::move(other_holding),
      std::move(put_fact),       std::move(remove_fact),    std::move(put_change),
      std::move(put_position),   std::move(find_version),   std::move(put_version)};
  return std::unique_ptr<DocumentWriter>(new DocumentWriter(std::move(statements)));
}

Status DocumentWriter::PutMembers(const std::string& account, const JsonValue& refs, bool ghosts) {
  for (const JsonValue& item : refs) {
    TRUEUP_ASSIGN(const Ref ref, Ref::Parse(item.text()));
    statements_.put_member.Bind(1, ref.text()).Bind(2, pipeline::AccountIdOf(ref));
    statements_.put_member.Bind(3, account).Bind(4, ref.system()).Bind(5, int64_t{ghosts});
    TRUEUP_RETURN_IF_ERROR(statements_.put_member.Run());
  }
  return {};
}

Result<bool> DocumentWriter::IsNews(std::string_view topic, const pipeline::LogRecord& record) {
  if (record.version == 0) return true;
  const auto version = static_cast<int64_t>(record.version);
  TRUEUP_ASSIGN(const bool known,
                statements_.find_version.Bind(1, topic).Bind(2, record.key).Step());
  const bool older = known && version < statements_.find_version.Number(0);
  statements_.find_version.Reset();
  if (older) return false;
  TRUEUP_RETURN_IF_ERROR(
      statements_.put_version.Bind(1, topic).Bind(2, record.key).Bind(3, version).Run());
  return true;
}

Status DocumentWriter::WriteAccount(const pipeline::LogRecord& record, int64_t epoch) {
  // A member that another account took over in the meantime stands there already: only what still
  // leads here goes.
  TRUEUP_RETURN_IF_ERROR(statements_.remove_members.Bind(1, record.key).Run());
  if (record.value.empty()) return statements_.remove_account.Bind(1, record.key).Run();
  TRUEUP_ASSIGN(const auto document, ParseDocument(record.key, record.value));
  const JsonValue account = document.root();
  statements_.put_account.Bind(1, record.key).Bind(2, account["terms"]["name"]["value"].text());
  statements_.put_account.Bind(3, account["stage"].text()).Bind(4, account["parent"].text());
  statements_.put_account.Bind(5, record.value).Bind(6, epoch);
  TRUEUP_RETURN_IF_ERROR(statements_.put_account.Run());
  TRUEUP_RETURN_IF_ERROR(PutMembers(record.key, account["members"], false));
  return PutMembers(record.key, account["ghosts"], true);
}

Status DocumentWriter::WriteCondition(const pipeline::LogRecord& record, int64_t epoch,
                                      Instant now) {
  const size_t bar = record.key.rfind('|');  // the scope may hold one, the id does not
  if (bar == std::string::npos) {
    return Error(ErrorKind::kInvalid, "published condition has the key \"" + record.key + "\"");
  }
  const std::string scope = record.key.substr(0, bar);
  const std::string id = record.key.substr(bar + 1);
  if (record.value.empty()) {
    TRUEUP_RETURN_IF_ERROR(statements_.remove_holding.Bind(1, id).Bind(2, scope).Run());
    return WithdrawFinding(id, now);
  }
  statements_.put_holding.Bind(1, id).Bind(2, scope).Bind(3, record.value).Bind(4, epoch);
  TRUEUP_RETURN_IF_ERROR(statements_.put_holding.Run());
  return StateFinding(id, record.value, now);
}

Status DocumentWriter::StateFinding(const std::string& id, const std::string& document,
                                    Instant now) {
  TRUEUP_ASSIGN(const auto parsed, ParseDocument(id, document));
  const JsonValue condition = parsed.root();
  const int64_t now_micros = ToMicros(now);
  // Nobody has seen a finding before it is active.
  int64_t first_seen =
      std::max(now_micros, MicrosOf(condition["active_from"]).value_or(now_micros));
  TRUEUP_ASSIGN(const bool known, statements_.find_finding.Bind(1, id).Step());
  int64_t reopened = 0;
  if (known) {
    const int64_t seen_before = statements_.find_finding.Number(0);
    const bool was_closed = statements_.find_finding.OptionalNumber(1).has_value();
    statements_.find_finding.Reset();
    if (seen_before <= now_micros) {
      first_seen = seen_before;
      reopened = was_closed ? 1 : 0;
    }
  }
  Statement& write = known ? statements_.update_finding : statements_.put_finding;
  write.Bind(1, id);
  BindFinding(write, condition);
  write.Bind(13, first_seen);
  if (known) write.Bind(14, reopened);
  return write.Run();
}

Status DocumentWriter::WithdrawFinding(const std::string& id, Instant now) {
  TRUEUP_ASSIGN(const bool still_held, statements_.other_holding.Bind(1, id).Step());
  if (still_held) {
    const std::string document = statements_.other_holding.Text(0);
    statements_.other_holding.Reset();
    return StateFinding(id, document, now);
  }
  TRUEUP_RETURN_IF_ERROR(statements_.drop_unseen.Bind(1, id).Bind(2, ToMicros(now)).Run());
  return statements_.close_finding.Bind(1, id).Bind(2, ToMicros(now)).Run();
}

Status DocumentWriter::WriteFact(const pipeline::LogRecord& record, int64_t epoch) {
  if (record.value.empty()) return statements_.remove_fact.Bind(1, record.key).Run();
  TRUEUP_ASSIGN(const auto document, ParseDocument(record.key, record.value));
  const JsonValue fact = document.root();
  statements_.put_fact.Bind(1, record.key).Bind(2, fact["ref"].text());
  statements_.put_fact.Bind(3, fact["entity"].text()).Bind(4, fact["member"].text());
  statements_.put_fact.Bind(5, record.value).Bind(6, epoch);
  return statements_.put_fact.Run();
}

Status DocumentWriter::WriteChange(const pipeline::LogRecord& record) {
  if (record.value.empty()) return {};
  TRUEUP_ASSIGN(const auto document, ParseDocument(record.key, record.value));
  const JsonValue change = document.root();
  int index = 1;
  for (const char* name : {"account", "term", "old", "new"}) {
    statements_.put_change.Bind(index++, change[name].text());
  }
  statements_.put_change.Bind(index, MicrosOf(change["at"]).value_or(0));
  statements_.put_change.Bind(++index, static_cast<int64_t>(record.version));
  return statements_.put_change.Run();
}

Status DocumentWriter::WritePosition(std::string_view topic, uint64_t position) {
  return statements_.put_position.Bind(1, topic).Bind(2, static_cast<int64_t>(position)).Run();
}

}  // namespace trueup::reports
