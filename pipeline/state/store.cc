#include "pipeline/state/store.h"

#include <rocksdb/db.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <system_error>

#include "base/binary.h"
#include "base/file.h"
#include "pipeline/state/batch.h"
#include "pipeline/state/options.h"
#include "pipeline/state/translate.h"

namespace trueup::pipeline {
namespace {

rocksdb::Slice AsSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view AsView(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

// The first key behind all keys that begin with `prefix`; empty where there is none.
std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) ++end.back();
  return end;
}

}  // namespace

struct Store::Database {
  std::string path;
  std::shared_ptr<rocksdb::Cache> cache;
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  // those of the options first, by FamilyId
  bool read_only = false;

  std::mutex mutex;
  std::optional<Error> broken;  // of the first failed write

  ~Database() {
    if (!db) return;
    // A failure here is the next opening's to find.
    if (!read_only) static_cast<void>(Write(nullptr, true));
    for (rocksdb::ColumnFamilyHandle* family : families) {
      static_cast<void>(db->DestroyColumnFamilyHandle(family));
    }
    static_cast<void>(db->Close());
  }

  Status Open(const StoreOptions& options);
  rocksdb::Status OpenOnce(const StoreOptions& options);
  Status Walk(FamilyId family, std::string_view first, const std::string& end, bool fill_cache,
              const std::function<bool(std::string_view, std::string_view)>& visit) const;
  Error Failure(const rocksdb::Status& status, std::string_view doing) const {
    return TranslateStatus(status, std::string(doing) + " the store " + path);
  }
  Status Write(rocksdb::WriteBatch* writes, bool sync);
};

rocksdb::Status Store::Database::OpenOnce(const StoreOptions& options) {
  const rocksdb::DBOptions settings = DatabaseOptions(options, cache);
  const rocksdb::ColumnFamilyOptions family = FamilyOptions(options, cache);
  std::vector<std::string> names = options.families;
  // RocksDB wants every family that is there to be opened, and its "default" always.
  std::vector<std::string> present{rocksdb::kDefaultColumnFamilyName};
  if (std::filesystem::exists(path + "/CURRENT")) {
    rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(settings, path, &present);
    if (!listed.ok()) return listed;
  }
  for (const std::string& name : present) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(names.size());
  for (const std::string& name : names) descriptors.emplace_back(name, family);
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status =
      read_only ? rocksdb::DB::OpenForReadOnly(settings, path, descriptors, &families, &opened)
                : rocksdb::DB::Open(settings, path, descriptors, &families, &opened);
  db.reset(opened);
  return status;
}

Status Store::Database::Open(const StoreOptions& options) {
  if (read_only && !std::filesystem::exists(path + "/CURRENT")) {
    return Error(ErrorKind::kInvalid, "there is no store in " + path);
  }
  // A process that writes may remove a file between our reading the manifest and opening the file:
  // look again.
  int tries_left = read_only ? 5 : 1;
  while (true) {
    const rocksdb::Status status = OpenOnce(options);
    if (status.ok()) return {};
    if (--tries_left == 0) return Failure(status, "opening");
  }
}

// Writes a batch (null: none, for the sync alone). The first failure is remembered: from then on
// the families may stand at different points on disk, and only opening anew brings them together.
// Syncing is a write too, because SyncWAL() behind a failed write aborts the process in a build
// with asserts.
Status Store::Database::Write(rocksdb::WriteBatch* writes, bool sync) {
  {
    const std::lock_guard lock(mutex);
    if (broken) return *broken;
  }
  rocksdb::WriteBatch nothing;
  rocksdb::WriteOptions writing;
  writing.sync = sync;
  const rocksdb::Status status = db->Write(writing, writes != nullptr ? writes : &nothing);
  if (status.ok()) return {};
  Error error = Failure(status, "writing to");
  const std::lock_guard lock(mutex);
  if (!broken && error.kind() != ErrorKind::kInvalid) broken = error;
  return error;
}

Status Store::Database::Walk(
    FamilyId family, std::string_view first, const std::string& end, bool fill_cache,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const rocksdb::Slice bound = AsSlice(end);
  rocksdb::ReadOptions reading;
  reading.fill_cache = fill_cache;
  if (!end.empty()) reading.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> at(db->NewIterator(reading, families[family]));
  for (at->Seek(AsSlice(first)); at->Valid(); at->Next()) {
    if (!visit(AsView(at->key()), AsView(at->value()))) return {};
  }
  if (!at->status().ok()) return Failure(at->status(), "scanning");
  return {};
}

Store::Store() : database_(std::make_unique<Database>()) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Open(const std::string& path, const StoreOptions& options) {
  if (!options.read_only) TRUEUP_RETURN_IF_ERROR(MakeFolder(path));
  std::unique_ptr<Store> store(new Store());
  store->database_->path = path;
  store->database_->read_only = options.read_only;
  store->database_->cache = rocksdb::NewLRUCache(options.cache_bytes);
  TRUEUP_RETURN_IF_ERROR(store->database_->Open(options));
  return store;
}

Result<std::optional<std::string>> Store::Get(FamilyId family, std::string_view key) const {
  std::string value;
  const rocksdb::Status status =
      database_->db->Get(rocksdb::ReadOptions(), database_->families[family], AsSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return database_->Failure(status, "reading");
  return std::optional<std::string>(std::move(value));
}

Result<std::vector<std::optional<std::string>>> Store::MultiGet(
    FamilyId family, const std::vector<std::string>& keys) const {
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> outcomes(keys.size());
  database_->db->MultiGet(rocksdb::ReadOptions(), database_->families[family], keys.size(),
                          slices.data(), values.data(), outcomes.data());
  std::vector<std::optional<std::string>> found(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (outcomes[i].IsNotFound()) continue;
    if (!outcomes[i].ok()) return database_->Failure(outcomes[i], "reading");
    found[i] = values[i].ToString();
  }
  return found;
}

Status Store::Scan(
    FamilyId family, std::string_view prefix,
    const std::function<bool(std::string_view key, std::string_view value)>& visit) const {
  return database_->Walk(family, prefix, PrefixEnd(prefix), true, visit);
}

Status Store::ScanFrom(
    FamilyId family, std::string_view first,
    const std::function<bool(std::string_view key, std::string_view value)>& visit) const {
  return database_->Walk(family, first, "", false, visit);
}

Status Store::Commit(StoreBatch& batch, bool sync) {
  rocksdb::WriteBatch writes(batch.bytes() + batch.bytes() / 8);
  BinaryReader reader(batch.writes_->encoded);
  while (!reader.at_end()) {
    rocksdb::ColumnFamilyHandle* const family = database_->families[reader.Varint()];
    const bool put = reader.Byte() == StoreBatch::Writes::kPut;
    const rocksdb::Slice key = AsSlice(reader.Bytes());
    const rocksdb::Status added =
        put ? writes.Put(family, key, AsSlice(reader.Bytes())) : writes.Delete(family, key);
    if (!added.ok()) return database_->Failure(added, "filling a batch for");
  }
  return database_->Write(&writes, sync);
}

std::optional<Error> Store::failure() const {
  const std::lock_guard lock(database_->mutex);
  return database_->broken;
}

Status Store::Sync() { return database_->Write(nullptr, true); }

Status Store::Checkpoint(const std::string& path) const {
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(database_->db.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(path);
  if (!status.ok()) return database_->Failure(status, "copying");
  return {};
}

uint64_t Store::disk_bytes() const {
  uint64_t bytes = 0;
  std::error_code ignored;  // a file that goes away meanwhile counts nothing
  for (auto file = std::filesystem::directory_iterator(database_->path, ignored);
       !ignored && file != std::filesystem::directory_iterator(); file.increment(ignored)) {
    const uintmax_t size = file->file_size(ignored);
    if (!ignored) bytes += size;
  }
  return bytes;
}

uint64_t Store::memory_bytes() const {
  uint64_t readers = 0;
  database_->db->GetAggregatedIntProperty(rocksdb::DB::Properties::kEstimateTableReadersMem,
                                          &readers);
  return database_->cache->GetUsage() + readers;
}

}  // namespace trueup::pipeline
