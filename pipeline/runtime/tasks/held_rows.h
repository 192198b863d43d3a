#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "mappings/catalog.h"
#include "pipeline/log/log.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// Opens a store in `folder` with the newest version of every record of a system (kMapRows), as the
// owners of all partitions together hold them up to the present end of the source's topic: for an
// audit, where no instance has them all. Map itself fills it, and what it sends gets nowhere. Goes
// on where it stopped the last time; a store that does not belong to this log, or is damaged, is
// begun anew. kConflict while another process has it.
Result<std::unique_ptr<Store>> OpenHeldRows(const std::string& folder, const std::string& system,
                                            Log& log,
                                            std::shared_ptr<const mappings::Catalog> catalog);

}  // namespace trueup::pipeline
