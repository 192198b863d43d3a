#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/instant.h"
#include "pipeline/log/log.h"
#include "reports/sqlite.h"

namespace trueup::reports {

class DocumentWriter;

// The file of the read model under the data folder.
std::string ReadModelPath(const std::string& data_dir);

// Opens the read model for queries (reports/queries.h), whether or not a daemon writes to it.
// kInvalid, saying what to do, where no run was made yet.
Result<Database> OpenForReading(const std::string& data_dir);

// What people read, in one SQLite file, filled from the topics that the pipeline publishes. Used by
// one thread; readers open their own connection.
//
// Each document is applied exactly once: the position in its topic commits with its effect. A
// damaged file is set aside (a line in the log names it) and filled anew; what is then lost are the
// times of observation (first seen, closed, reopened), which nobody else keeps.
class ReadModel {
 public:
  // Opens the file, or makes it. Positions that belong to another log are forgotten, and everything
  // with them.
  static Result<std::unique_ptr<ReadModel>> Open(const std::string& data_dir, pipeline::Log& log);
  ~ReadModel();

  // Takes the next batch of each topic, in one transaction; how many documents that were. 0:
  // everything is applied. `now` is the time of observation.
  Result<uint64_t> Apply(Instant now);

  // Documents that are published and not applied yet.
  Result<uint64_t> Lag() const;

  // The build of the pipeline's state that is being read; empty: none was named.
  const std::string& generation() const { return generation_; }

  // A new generation publishes everything again, behind what is in the topics now. To be called
  // before it sends its first document. What the old one said stays readable until Settle. The
  // generation that is being read already says nothing twice: for it this does nothing. Only for a
  // log with one writer: where there are several, versions say which build a document is of.
  Status BeginGeneration(const std::string& generation);

  // Takes away what an older generation said and the present one does not, and closes such
  // findings. To be called when the present generation has published everything and Apply gave 0;
  // does nothing where there is nothing to take away.
  Status Settle(Instant now);

 private:
  ReadModel(std::string path, pipeline::Log& log);
  Status OpenFile();
  Status Create();
  Status Load();
  Status SetAside(const Error& reason);
  Status ReadStart();
  Result<uint64_t> ApplyBatches(Instant now);
  Result<uint64_t> ApplyPartition(const pipeline::TopicPartition& where, uint64_t& position,
                                  Instant now);

  const std::string path_;
  pipeline::Log& log_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<DocumentWriter> writer_;
  std::map<pipeline::TopicPartition, uint64_t> positions_;
  std::map<std::string, uint64_t> start_;  // where the present generation begins in each topic
  std::string generation_;
  int64_t epoch_ = 0;
  bool unsettled_ = false;
};

}  // namespace trueup::reports
