#include "pipeline/state/options.h"

#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <array>
#include <cstdarg>
#include <cstdio>

#include "base/logging.h"

namespace trueup::pipeline {
namespace {

// Passes warnings on to our log. RocksDB's own LOG file must not be used: with Debian's build
// (asserts on) a full disk makes its append abort the process.
class ForwardingLogger : public rocksdb::Logger {
 public:
  ForwardingLogger() : Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}

  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, arguments);
  }
  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < rocksdb::InfoLogLevel::WARN_LEVEL || level == rocksdb::InfoLogLevel::HEADER_LEVEL)
      return;
    std::array<char, 1024> text;
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): begun by RocksDB.
    std::vsnprintf(text.data(), text.size(), format, arguments);
    Log(level == rocksdb::InfoLogLevel::WARN_LEVEL ? LogLevel::kWarning : LogLevel::kError, "store",
        text.data());
  }
  void LogHeader(const char* /*format*/, va_list /*arguments*/) override {}
};

}  // namespace

rocksdb::DBOptions DatabaseOptions(const StoreOptions& options,
                                   const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::DBOptions database;
  database.create_if_missing = true;
  database.create_missing_column_families = true;
  database.paranoid_checks = true;
  database.info_log = std::make_shared<ForwardingLogger>();
  database.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  database.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // A family that is seldom written keeps old write-ahead files alive; beyond this it is flushed.
  database.max_total_wal_size = 4 * uint64_t{options.write_buffer_bytes};
  database.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(options.cache_bytes / 2, cache);
  // After a failed write the families may stand at different points: we open anew, never resume.
  database.max_bgerror_resume_count = 0;
  database.max_background_jobs = 2;
  database.bytes_per_sync = 1 << 20;
  // A reader holds every file open from the start: the process that writes may remove them at any
  // time.
  database.max_open_files = options.read_only ? -1 : 512;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  return database;
}

rocksdb::ColumnFamilyOptions FamilyOptions(const StoreOptions& options,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // Index and filter of a whole file come to hundreds of KiB. In parts, a miss reads and keeps 4
  // KiB of it; whole, a state that outgrows the cache reads them anew at every other look-up.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.metadata_block_size = 4 << 10;
  table.pin_top_level_index_and_filter = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_size = 8 << 10;
  table.format_version = 5;

  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = options.write_buffer_bytes;
  family.max_write_buffer_number = 4;
  family.memtable_prefix_bloom_size_ratio = 0.02;
  family.memtable_whole_key_filtering = true;
  family.compression = rocksdb::kLZ4Compression;
  family.level_compaction_dynamic_level_bytes = true;
  return family;
}

}  // namespace trueup::pipeline
