#include "pipeline/runtime/tasks/held_rows.h"

#include <filesystem>
#include <utility>

#include "base/logging.h"
#include "pipeline/runtime/tasks/follower_log.h"
#include "pipeline/runtime/tasks/stage_tasks.h"
#include "pipeline/runtime/tasks/task.h"
#include "pipeline/runtime/topics.h"
#include "pipeline/stages/families.h"

namespace trueup::pipeline {
namespace {

// It is read and written for seconds a day.
constexpr size_t kCacheBytes = 16 << 20;
constexpr size_t kWriteBufferBytes = 8 << 20;

Status CatchUp(const TopicPartition& source, Log& log,
               const std::shared_ptr<const mappings::Catalog>& catalog, Store& store) {
  TRUEUP_ASSIGN(const uint64_t end, log.End(source));
  FollowerLog follower(log);
  follower.Show({{source, end}});
  Task task(source, MakeMapTask(catalog, GenerationPlan()), follower, store);
  TRUEUP_RETURN_IF_ERROR(task.Open());
  for (bool more = true; more;) {
    TRUEUP_ASSIGN(more, task.Step());
  }
  return {};
}

Result<std::unique_ptr<Store>> OpenOnce(const std::string& folder, const std::string& system,
                                        Log& log,
                                        const std::shared_ptr<const mappings::Catalog>& catalog) {
  StoreOptions options;
  options.families = FamilyNames();
  options.cache_bytes = kCacheBytes;
  options.write_buffer_bytes = kWriteBufferBytes;
  TRUEUP_ASSIGN(auto store, Store::Open(folder, options));
  TRUEUP_ASSIGN(const int partitions, log.Partitions(SourceTopic(system)));
  for (int partition = 0; partition < partitions; ++partition) {
    TRUEUP_RETURN_IF_ERROR(CatchUp({SourceTopic(system), partition}, log, catalog, *store));
  }
  return store;
}

}  // namespace

Result<std::unique_ptr<Store>> OpenHeldRows(const std::string& folder, const std::string& system,
                                            Log& log,
                                            std::shared_ptr<const mappings::Catalog> catalog) {
  auto store = OpenOnce(folder, system, log, catalog);
  if (store.ok() || (store.error().kind() != ErrorKind::kCorrupt &&
                     store.error().kind() != ErrorKind::kInvalid)) {
    return store;
  }
  LogWarning("audit", "the rows held of " + system + " are read anew: " + store.error().message());
  std::filesystem::remove_all(folder);
  return OpenOnce(folder, system, log, catalog);
}

}  // namespace trueup::pipeline
