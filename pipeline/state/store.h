#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace trueup::pipeline {

// The column families of a store, by position in the list given to Store::Open.
using FamilyId = uint32_t;

// Writes that are committed together or not at all, over all families of one store.
class StoreBatch {
 public:
  StoreBatch();
  ~StoreBatch();
  StoreBatch(StoreBatch&&) noexcept;
  StoreBatch& operator=(StoreBatch&&) noexcept;

  void Put(FamilyId family, std::string_view key, std::string_view value);
  void Delete(FamilyId family, std::string_view key);
  void Clear();
  bool empty() const;
  size_t bytes() const;

 private:
  friend class Store;
  struct Writes;
  std::unique_ptr<Writes> writes_;
};

struct StoreOptions {
  std::vector<std::string> families;
  size_t cache_bytes = 128 << 20;        // block cache; memtables are charged to it too
  size_t write_buffer_bytes = 32 << 20;  // per family
  bool read_only = false;  // beside a process that writes: sees what was durable when opened
};

// The state on disk: a RocksDB database. Safe from any thread. A failed write leaves the database
// closed for writing until it is opened anew: Commit then gives kTransient (full disk) or kCorrupt.
class Store {
 public:
  // Opens or makes the database in folder `path`. Damaged files are kCorrupt; a lock held by
  // another process is kConflict.
  static Result<std::unique_ptr<Store>> Open(const std::string& path, const StoreOptions& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Result<std::optional<std::string>> Get(FamilyId family, std::string_view key) const;

  // One look-up for many keys of one family (need not be sorted; no duplicates): results by
  // position.
  Result<std::vector<std::optional<std::string>>> MultiGet(
      FamilyId family, const std::vector<std::string>& keys) const;

  // Calls `visit(key, value)` for every entry whose key begins with `prefix`, in key order, until
  // it returns false.
  Status Scan(FamilyId family, std::string_view prefix,
              const std::function<bool(std::string_view key, std::string_view value)>& visit) const;
  // The same from `first` (inclusive) to the end of the family.
  Status ScanFrom(
      FamilyId family, std::string_view first,
      const std::function<bool(std::string_view key, std::string_view value)>& visit) const;

  // Applies a batch atomically. Survives a killed process at once, a power cut after the next Sync
  // (or a Commit with `sync`).
  Status Commit(StoreBatch& batch, bool sync = false);
  Status Sync();
  // The first write that failed; nothing: it can be written to. Only opening it anew mends it.
  std::optional<Error> failure() const;

  // A consistent copy in folder `path` (hard links where it can).
  Status Checkpoint(const std::string& path) const;

  // Bytes on disk, roughly; and memory in cache and write buffers.
  uint64_t disk_bytes() const;
  uint64_t memory_bytes() const;

 private:
  Store();
  struct Database;
  std::unique_ptr<Database> database_;
};

}  // namespace trueup::pipeline
