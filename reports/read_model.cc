#include "reports/read_model.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <utility>

#include "base/file.h"
#include "base/json.h"
#include "base/logging.h"
#include "reports/document_writer.h"
#include "reports/schema.h"

namespace trueup::reports {
namespace {

constexpr std::array<const char*, 5> kTopics{"accounts", "facts", "changes", "conditions",
                                             "audits"};
// What audits state holds whatever build of the state publishes: it is neither said again by the
// next one nor swept with the one before.
constexpr int64_t kEveryEpoch = std::numeric_limits<int64_t>::max();
bool IsOfBuild(std::string_view topic) { return topic != "audits"; }

constexpr size_t kBatchRecords = 10'000;
constexpr size_t kBatchBytes = 32 << 20;

// Under which name a partition's position is kept: a log of one partition knows its topics only.
std::string NameOf(const pipeline::TopicPartition& where) {
  return where.partition == 0 ? where.topic : where.topic + "/" + std::to_string(where.partition);
}

// Where the present generation begins in each topic lies beside the database, so that a damaged
// database is not filled with what older generations said.
std::string StartPath(const std::string& path) { return path + ".start"; }

Result<std::string> MetaValue(const Database& database, std::string_view key) {
  TRUEUP_ASSIGN(Statement find, database.Prepare("SELECT value FROM meta WHERE key=?"));
  TRUEUP_ASSIGN(const bool found, find.Bind(1, key).Step());
  return found ? find.Text(0) : std::string();
}

// There is no table yet.
Result<bool> IsEmpty(const Database& database) {
  TRUEUP_ASSIGN(Statement tables, database.Prepare("SELECT 1 FROM sqlite_master"));
  TRUEUP_ASSIGN(const bool any, tables.Step());
  return !any;
}

Status SetMeta(const Database& database, std::string_view key, std::string_view value) {
  TRUEUP_ASSIGN(Statement put, database.Prepare("REPLACE INTO meta VALUES (?,?)"));
  return put.Bind(1, key).Bind(2, value).Run();
}

Status RunWithNumber(const Database& database, const char* sql, int64_t number) {
  TRUEUP_ASSIGN(Statement statement, database.Prepare(sql));
  return statement.Bind(1, number).Run();
}

}  // namespace

std::string ReadModelPath(const std::string& data_dir) { return data_dir + "/reports.sqlite"; }

Result<Database> OpenForReading(const std::string& data_dir) {
  const std::string path = ReadModelPath(data_dir);
  const Error nothing(ErrorKind::kInvalid,
                      "there is nothing to report in " + data_dir +
                          ": no run has been made yet; run \"trueup run\" first");
  if (!std::filesystem::exists(path)) return nothing;
  TRUEUP_ASSIGN(Database database, Database::Open(path, Database::Mode::kReadOnly));
  // The first run is just making it.
  TRUEUP_ASSIGN(const bool empty, IsEmpty(database));
  if (empty) return nothing;
  const auto version = MetaValue(database, "schema");
  if (!version.ok()) return Error(version.error()).In(path);
  if (*version != std::to_string(kSchemaVersion)) {
    return Error(ErrorKind::kInvalid, path +
                                          " was written by another version of trueup; start the "
                                          "daemon, which rebuilds it");
  }
  return database;
}

ReadModel::ReadModel(std::string path, pipeline::Log& log) : path_(std::move(path)), log_(log) {}
ReadModel::~ReadModel() = default;

Result<std::unique_ptr<ReadModel>> ReadModel::Open(const std::string& data_dir,
                                                   pipeline::Log& log) {
  TRUEUP_RETURN_IF_ERROR(MakeFolder(data_dir));
  std::unique_ptr<ReadModel> model(new ReadModel(ReadModelPath(data_dir), log));
  TRUEUP_RETURN_IF_ERROR(model->ReadStart());
  Status opened = model->OpenFile();
  if (!opened.ok() && opened.error().kind() == ErrorKind::kCorrupt) {
    opened = model->SetAside(opened.error());
  }
  if (!opened.ok()) return std::move(opened).error();
  return model;
}

Status ReadModel::OpenFile() {
  writer_.reset();
  database_.reset();
  TRUEUP_ASSIGN(Database database, Database::Open(path_, Database::Mode::kReadWrite));
  database_ = std::make_unique<Database>(std::move(database));
  // The log is the authority: what a power cut takes from the end is applied again.
  TRUEUP_RETURN_IF_ERROR(
      database_->Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                         "PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=4000"));
  TRUEUP_ASSIGN(const bool empty, IsEmpty(*database_));
  if (empty) TRUEUP_RETURN_IF_ERROR(Create());
  return Load();
}

Status ReadModel::Create() {
  TRUEUP_ASSIGN(Transaction transaction, Transaction::Begin(*database_));
  TRUEUP_RETURN_IF_ERROR(database_->Execute(kSchema));
  TRUEUP_RETURN_IF_ERROR(SetMeta(*database_, "schema", std::to_string(kSchemaVersion)));
  TRUEUP_RETURN_IF_ERROR(SetMeta(*database_, "log", log_.id()));
  TRUEUP_RETURN_IF_ERROR(SetMeta(*database_, "generation", generation_));
  TRUEUP_RETURN_IF_ERROR(SetMeta(*database_, "epoch", "0"));
  return transaction.Commit();
}

Status ReadModel::Load() {
  TRUEUP_ASSIGN(const std::string schema, MetaValue(*database_, "schema"));
  TRUEUP_ASSIGN(const std::string log_id, MetaValue(*database_, "log"));
  if (schema != std::to_string(kSchemaVersion) || log_id != log_.id()) {
    return Error(ErrorKind::kCorrupt, path_ + " belongs to another log or version");
  }
  TRUEUP_ASSIGN(generation_, MetaValue(*database_, "generation"));
  TRUEUP_ASSIGN(const std::string epoch, MetaValue(*database_, "epoch"));
  TRUEUP_ASSIGN(const std::string unsettled, MetaValue(*database_, "unsettled"));
  epoch_ = std::atoll(epoch.c_str());
  unsettled_ = !unsettled.empty();
  positions_.clear();
  std::map<std::string, uint64_t> stored;
  TRUEUP_ASSIGN(Statement positions, database_->Prepare("SELECT topic, position FROM positions"));
  while (true) {
    TRUEUP_ASSIGN(const bool row, positions.Step());
    if (!row) break;
    stored[positions.Text(0)] = static_cast<uint64_t>(positions.Number(1));
  }
  for (const char* topic : kTopics) {
    TRUEUP_ASSIGN(const int partitions, log_.Partitions(topic));
    for (int partition = 0; partition < std::max(1, partitions); ++partition) {
      const pipeline::TopicPartition where{topic, partition};
      const auto found = stored.find(NameOf(where));
      if (found != stored.end()) {
        positions_[where] = found->second;
        continue;
      }
      TRUEUP_ASSIGN(const uint64_t begin, log_.Begin(where));
      positions_[where] = std::max(begin, partition == 0 ? start_[topic] : 0);
    }
  }
  TRUEUP_ASSIGN(writer_, DocumentWriter::Make(*database_));
  return {};
}

Status ReadModel::SetAside(const Error& reason) {
  writer_.reset();
  database_.reset();
  std::string aside;
  for (int number = 1; aside.empty() || std::filesystem::exists(aside); ++number) {
    aside = path_ + ".aside-" + std::to_string(number);
  }
  LogError("reports", reason.message() + "; set aside as " + aside + " and filled anew");
  if (std::rename(path_.c_str(), aside.c_str()) != 0) {
    return Error(ErrorKind::kTransient, "cannot set aside " + path_ + ": " + ErrnoText(errno));
  }
  for (const char* suffix : {"-wal", "-shm"}) {
    if (std::filesystem::exists(path_ + suffix)) {
      std::rename((path_ + suffix).c_str(), (aside + suffix).c_str());
    }
  }
  return OpenFile();
}

Status ReadModel::ReadStart() {
  if (!std::filesystem::exists(StartPath(path_))) return {};
  TRUEUP_ASSIGN(std::string text, ReadFile(StartPath(path_)));
  const auto document = JsonDocument::Parse(std::move(text));
  if (!document.ok() || document->root()["log"].text() != log_.id()) return {};
  generation_ = document->root()["generation"].text();
  for (const JsonValue& start : document->root()["start"]) {
    start_[std::string(start.key())] = static_cast<uint64_t>(start.integer().value_or(0));
  }
  return {};
}

Result<uint64_t> ReadModel::Apply(Instant now) {
  auto applied = ApplyBatches(now);
  if (applied.ok() || applied.error().kind() != ErrorKind::kCorrupt) return applied;
  TRUEUP_RETURN_IF_ERROR(SetAside(applied.error()));
  return ApplyBatches(now);
}

Result<uint64_t> ReadModel::ApplyBatches(Instant now) {
  auto positions = positions_;
  TRUEUP_ASSIGN(Transaction transaction, Transaction::Begin(*database_));
  uint64_t applied = 0;
  for (auto& [where, position] : positions) {
    TRUEUP_ASSIGN(const uint64_t count, ApplyPartition(where, position, now));
    applied += count;
  }
  if (applied == 0) return applied;
  TRUEUP_RETURN_IF_ERROR(transaction.Commit());
  positions_ = std::move(positions);
  return applied;
}

Result<uint64_t> ReadModel::ApplyPartition(const pipeline::TopicPartition& where,
                                           uint64_t& position, Instant now) {
  TRUEUP_ASSIGN(const auto records, log_.Read(where, position, kBatchRecords, kBatchBytes));
  if (records.empty()) return uint64_t{0};
  const std::string& topic = where.topic;
  for (const pipeline::LogRecord& record : records) {
    Status written;
    if (topic != "changes") {
      TRUEUP_ASSIGN(const bool news, writer_->IsNews(topic, record));
      if (!news) continue;
    }
    if (topic == "accounts") {
      written = writer_->WriteAccount(record, epoch_);
    } else if (topic == "conditions") {
      written = writer_->WriteCondition(record, epoch_, now);
    } else if (topic == "audits") {
      written = writer_->WriteCondition(record, kEveryEpoch, now);
    } else if (topic == "facts") {
      written = writer_->WriteFact(record, epoch_);
    } else {
      written = writer_->WriteChange(record);
    }
    if (!written.ok())
      return std::move(written).error().In(NameOf(where) + " at " + std::to_string(record.offset));
  }
  position = records.back().offset + 1;
  TRUEUP_RETURN_IF_ERROR(writer_->WritePosition(NameOf(where), position));
  return static_cast<uint64_t>(records.size());
}

Result<uint64_t> ReadModel::Lag() const {
  uint64_t lag = 0;
  for (const auto& [where, position] : positions_) {
    TRUEUP_ASSIGN(const uint64_t end, log_.End(where));
    lag += end > position ? end - position : 0;
  }
  return lag;
}

Status ReadModel::BeginGeneration(const std::string& generation) {
  if (generation == generation_) return {};
  std::map<std::string, uint64_t> start;
  JsonWriter json;
  json.BeginObject().Member("log", log_.id()).Member("generation", generation);
  json.Key("start").BeginObject();
  for (const char* topic : kTopics) {
    if (!IsOfBuild(topic)) continue;
    TRUEUP_ASSIGN(start[topic], log_.End({topic, 0}));
    json.Member(topic, static_cast<int64_t>(start[topic]));
  }
  json.EndObject().EndObject();
  TRUEUP_RETURN_IF_ERROR(WriteFileAtomically(StartPath(path_), json.text()));
  TRUEUP_ASSIGN(Transaction transaction, Transaction::Begin(*database_));
  TRUEUP_RETURN_IF_ERROR(SetMeta(*database_, "generation", generation));
  TRUEUP_RETURN_IF_ERROR(SetMeta(*database_, "epoch", std::to_string(epoch_ + 1)));
  TRUEUP_RETURN_IF_ERROR(SetMeta(*database_, "unsettled", "yes"));
  for (const auto& [topic, position] : start) {
    TRUEUP_RETURN_IF_ERROR(writer_->WritePosition(topic, position));
  }
  TRUEUP_RETURN_IF_ERROR(transaction.Commit());
  generation_ = generation;
  for (const auto& [topic, position] : start) positions_[{topic, 0}] = position;
  start_ = std::move(start);
  ++epoch_;
  unsettled_ = true;
  return {};
}

Status ReadModel::Settle(Instant now) {
  if (!unsettled_) return {};
  TRUEUP_ASSIGN(Transaction transaction, Transaction::Begin(*database_));
  for (const char* sql :
       {"DELETE FROM members WHERE account IN (SELECT id FROM accounts WHERE epoch<?)",
        "DELETE FROM accounts WHERE epoch<?", "DELETE FROM facts WHERE epoch<?",
        "DELETE FROM holdings WHERE epoch<?"}) {
    TRUEUP_RETURN_IF_ERROR(RunWithNumber(*database_, sql, epoch_));
  }
  for (const char* sql : {"DELETE FROM findings WHERE closed_at IS NULL AND first_seen>? "
                          "AND id NOT IN (SELECT id FROM holdings)",
                          "UPDATE findings SET closed_at=? WHERE closed_at IS NULL "
                          "AND id NOT IN (SELECT id FROM holdings)"}) {
    TRUEUP_RETURN_IF_ERROR(RunWithNumber(*database_, sql, ToMicros(now)));
  }
  TRUEUP_RETURN_IF_ERROR(database_->Execute("DELETE FROM meta WHERE key='unsettled'"));
  TRUEUP_RETURN_IF_ERROR(transaction.Commit());
  unsettled_ = false;
  return {};
}

}  // namespace trueup::reports
