#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/log/embedded/file_system.h"
#include "pipeline/log/embedded/segment_writer.h"
#include "pipeline/log/log.h"

namespace trueup::pipeline::embedded {

// One partition: a folder of segments, of which the last is written. Safe from any thread; the
// meaning of each function is that of pipeline/log/log.h.
//
// A failed fdatasync leaves the unsynced records unknown (a second one would falsely succeed). They
// are then cut off, and Append and Sync answer kUncertain until the log is opened anew; readers go
// on.
class Partition {
 public:
  struct Settings {
    FileSystem* file_system;
    std::string parent;  // the log's folder
    std::string name;    // of the partition's folder in it
    uint32_t tag;        // what every checksum begins with
    uint64_t segment_bytes;
  };

  // Opens what is on disk, recovering the last segment; an empty partition (nothing on disk until
  // the first Append) where there is no folder and `exists` says so.
  static Result<std::unique_ptr<Partition>> Open(Settings settings, bool exists);
  // Syncs, and marks the clean end.
  ~Partition();
  Partition(const Partition&) = delete;
  Partition& operator=(const Partition&) = delete;

  Status Append(const std::vector<LogEntry>& entries);
  Status Sync();
  Result<std::vector<LogRecord>> Read(uint64_t offset, size_t max_records, size_t max_bytes);
  uint64_t begin() const;
  uint64_t end() const;
  bool WaitFor(uint64_t offset, std::chrono::milliseconds timeout, std::stop_token stop);
  Status Trim(uint64_t offset);

 private:
  struct Segment {
    uint64_t first_offset = 0;
    std::string path;
    // Guards `places` of a sealed segment; those of the written one are under Partition::mutex_.
    std::mutex mutex;
    bool indexed = false;
    std::vector<FramePlace> places;
  };
  // A piece of one segment to read records from.
  struct Slice {
    std::shared_ptr<Segment> segment;
    std::shared_ptr<File> file;
    bool sealed = false;
    uint64_t end_offset = 0;  // of what may be read in this segment
    uint64_t limit = 0;       // the same in bytes of the file
    FramePlace start;         // a frame at or before the wanted offset
  };

  explicit Partition(Settings settings) : settings_(std::move(settings)) {}

  std::string folder() const { return settings_.parent + "/" + settings_.name; }
  Status Recover();
  Status OpenLast(const std::shared_ptr<Segment>& segment);
  Status MakeRoom();
  Status BeginSegment(uint64_t first_offset);
  Status WriteEncoded(const std::string& bytes);
  void Break(const Error& cause, std::string_view doing);
  void MarkCleanEnd();
  Result<std::optional<Slice>> Locate(uint64_t offset);
  Status IndexSealed(Slice& slice, uint64_t offset);
  Status ReadSlice(const Slice& slice, uint64_t& offset, size_t max_records, size_t max_bytes,
                   std::vector<LogRecord>& records, size_t& bytes);

  const Settings settings_;

  // Held by the one writer. Taken before mutex_.
  std::mutex writer_;
  std::string encoded_;  // scratch of the writer

  // Guards what follows. What says "writer" changes only while writer_ is held too.
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;            // durable_offset_, syncing_ or broken_
  std::deque<std::shared_ptr<Segment>> segments_;  // by offset; the last is written
  std::shared_ptr<File> file_;                     // writer: of the last segment
  uint64_t appended_offset_ = 0;                   // writer
  uint64_t appended_bytes_ = 0;                    // writer: size of file_
  uint64_t durable_offset_ = 0;
  uint64_t durable_bytes_ = 0;   // of file_
  bool marked_ = false;          // writer: the last frame is the mark of a clean end
  bool syncing_ = false;         // somebody is in fdatasync
  std::optional<Error> broken_;  // no more writes until opened anew
};

}  // namespace trueup::pipeline::embedded
