#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/options.h>

#include <memory>

#include "pipeline/state/store.h"

namespace trueup::pipeline {

// How this project runs RocksDB. All families of a store share `cache`, to which their write
// buffers are charged.
rocksdb::DBOptions DatabaseOptions(const StoreOptions& options,
                                   const std::shared_ptr<rocksdb::Cache>& cache);
rocksdb::ColumnFamilyOptions FamilyOptions(const StoreOptions& options,
                                           const std::shared_ptr<rocksdb::Cache>& cache);

}  // namespace trueup::pipeline
