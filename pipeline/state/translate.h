#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "base/error.h"

namespace trueup::pipeline {

// What a RocksDB status asks of the caller. REQUIRES: !status.ok().
Error TranslateStatus(const rocksdb::Status& status, std::string_view doing);

}  // namespace trueup::pipeline
