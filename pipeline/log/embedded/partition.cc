#include "pipeline/log/embedded/partition.h"

#include <algorithm>
#include <utility>

#include "base/logging.h"
#include "pipeline/log/embedded/format.h"
#include "pipeline/log/embedded/recovery.h"
#include "pipeline/log/embedded/segment_reader.h"

namespace trueup::pipeline::embedded {
namespace {

// The offset in a segment's name; nothing for other files.
std::optional<uint64_t> OffsetOfName(const std::string& name) {
  if (name.size() != kSegmentNameDigits + kSegmentSuffix.size() || !name.ends_with(kSegmentSuffix))
    return {};
  uint64_t offset = 0;
  for (const char c : std::string_view(name).substr(0, kSegmentNameDigits)) {
    if (c < '0' || c > '9') return {};
    offset = offset * 10 + static_cast<uint64_t>(c - '0');
  }
  return offset;
}

Status CheckEntries(const std::vector<LogEntry>& entries) {
  for (const LogEntry& entry : entries) {
    const size_t bytes = entry.key.size() + entry.value.size();
    if (bytes > kMaxRecordBytes) {
      return Error(ErrorKind::kRejected, "a record of " + std::to_string(bytes) +
                                             " bytes with key " + entry.key.substr(0, 100) +
                                             " is too large for the log");
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Partition>> Partition::Open(Settings settings, bool exists) {
  std::unique_ptr<Partition> partition(new Partition(std::move(settings)));
  if (exists) TRUEUP_RETURN_IF_ERROR(partition->Recover());
  return partition;
}

Partition::~Partition() {
  const Status synced = Sync();
  if (synced.ok())
    MarkCleanEnd();
  else
    LogError("log", "closing " + folder() + ": " + synced.error().message());
}

Status Partition::Recover() {
  FileSystem& files = *settings_.file_system;
  TRUEUP_ASSIGN(const std::vector<std::string> names, files.List(folder()));
  for (const std::string& name : names) {
    const std::string path = folder() + "/" + name;
    if (name.ends_with(kDraftSuffix)) {
      TRUEUP_RETURN_IF_ERROR(files.Remove(path));
    } else if (const std::optional<uint64_t> offset = OffsetOfName(name)) {
      auto segment = std::make_shared<Segment>();
      segment->first_offset = *offset;
      segment->path = path;
      TRUEUP_ASSIGN(const std::unique_ptr<File> file, files.Open(path, OpenMode::kRead));
      TRUEUP_RETURN_IF_ERROR(SegmentReader::CheckHeader(*file, path, *offset, settings_.tag));
      segments_.push_back(std::move(segment));
    }
  }
  if (segments_.empty()) return {};
  return OpenLast(segments_.back());
}

Status Partition::OpenLast(const std::shared_ptr<Segment>& segment) {
  TRUEUP_ASSIGN(std::unique_ptr<File> file,
                settings_.file_system->Open(segment->path, OpenMode::kReadWrite));
  TRUEUP_ASSIGN(RecoveredSegment found,
                RecoverSegment(*file, segment->path, segment->first_offset, settings_.tag));
  segment->indexed = true;
  segment->places = std::move(found.places);
  file_ = std::move(file);
  appended_offset_ = durable_offset_ = found.end_offset;
  appended_bytes_ = durable_bytes_ = found.bytes;
  marked_ = found.marked;
  return {};
}

uint64_t Partition::begin() const {
  const std::lock_guard lock(mutex_);
  return segments_.empty() ? 0 : segments_.front()->first_offset;
}

uint64_t Partition::end() const {
  const std::lock_guard lock(mutex_);
  return durable_offset_;
}

Status Partition::Append(const std::vector<LogEntry>& entries) {
  TRUEUP_RETURN_IF_ERROR(CheckEntries(entries));
  const std::lock_guard writer(writer_);
  if (entries.empty()) return {};
  TRUEUP_RETURN_IF_ERROR(MakeRoom());
  encoded_.clear();
  std::vector<FramePlace> places;
  EncodeFrames(entries, appended_offset_, end(), settings_.tag, appended_bytes_, encoded_, places);
  TRUEUP_RETURN_IF_ERROR(WriteEncoded(encoded_));

  const std::lock_guard lock(mutex_);
  appended_offset_ += entries.size();
  appended_bytes_ += encoded_.size();
  marked_ = false;
  for (const FramePlace& place : places) AddToIndex(segments_.back()->places, place);
  return {};
}

// Sees to it that there is a segment to write to, and that it is not too large.
Status Partition::MakeRoom() {
  {
    const std::lock_guard lock(mutex_);
    if (broken_) return *broken_;
  }
  if (!file_) {
    TRUEUP_RETURN_IF_ERROR(settings_.file_system->MakeFolder(folder()));
    TRUEUP_RETURN_IF_ERROR(settings_.file_system->SyncFolder(settings_.parent));
    return BeginSegment(0);
  }
  const bool full = appended_bytes_ >= settings_.segment_bytes;
  if (!full || appended_offset_ == segments_.back()->first_offset) return {};
  // Only the last segment may have a tail that is not durable. Nobody else can be in Sync behind
  // this: all is synced.
  TRUEUP_RETURN_IF_ERROR(Sync());
  return BeginSegment(appended_offset_);
}

Status Partition::BeginSegment(uint64_t first_offset) {
  TRUEUP_ASSIGN(std::unique_ptr<File> file,
                CreateSegment(*settings_.file_system, folder(), first_offset, settings_.tag));
  auto segment = std::make_shared<Segment>();
  segment->first_offset = first_offset;
  segment->path = folder() + "/" + SegmentName(first_offset);
  segment->indexed = true;
  const std::lock_guard lock(mutex_);
  segments_.push_back(std::move(segment));
  file_ = std::move(file);
  appended_bytes_ = durable_bytes_ = kSegmentHeaderBytes;
  return {};
}

// Writes at the file's end, or takes back what was written of it.
Status Partition::WriteEncoded(const std::string& bytes) {
  Status written = file_->WriteAt(appended_bytes_, bytes);
  if (written.ok()) return {};
  const Status cut = file_->Truncate(appended_bytes_);
  if (cut.ok()) return written;
  const std::lock_guard lock(mutex_);
  Break(cut.error(), "taking back a failed write");
  return *broken_;
}

// Ends all writing, mutex_ being held.
void Partition::Break(const Error& cause, std::string_view doing) {
  broken_ = Error(ErrorKind::kUncertain,
                  std::string(doing) + " failed, the log must be opened anew: " + cause.message());
  changed_.notify_all();
}

Status Partition::Sync() {
  std::unique_lock lock(mutex_);
  const uint64_t target = appended_offset_;
  while (durable_offset_ < target) {
    if (broken_) return *broken_;
    if (syncing_) {
      changed_.wait(lock);
      continue;
    }
    syncing_ = true;
    const std::shared_ptr<File> file = file_;
    const uint64_t end_offset = appended_offset_;
    const uint64_t end_bytes = appended_bytes_;
    lock.unlock();
    const Status synced = file->Sync();
    lock.lock();
    syncing_ = false;
    if (synced.ok()) {
      durable_offset_ = end_offset;
      durable_bytes_ = end_bytes;
    } else {
      // The page cache now claims that these pages are clean: they must not be believed when the
      // log is opened anew. If cutting fails too, there is nothing better to do than to refuse all
      // writes.
      static_cast<void>(file->Truncate(durable_bytes_));
      Break(synced.error(), "syncing " + settings_.name);
    }
    changed_.notify_all();
  }
  return {};
}

void Partition::MarkCleanEnd() {
  if (!file_ || marked_ || broken_) return;
  encoded_.clear();
  EncodeMark(appended_offset_, settings_.tag, encoded_);
  // Without the mark the next opening only knows less.
  if (WriteEncoded(encoded_).ok()) static_cast<void>(file_->Sync());
}

bool Partition::WaitFor(uint64_t offset, std::chrono::milliseconds timeout, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::move(stop), timeout,
                           [&] { return durable_offset_ > offset; });
}

Status Partition::Trim(uint64_t offset) {
  while (true) {
    std::string path;
    {
      const std::lock_guard lock(mutex_);
      if (segments_.size() < 2 || segments_[1]->first_offset > offset) return {};
      path = segments_.front()->path;
      segments_.pop_front();
    }
    // One by one, each made durable: a crash in between leaves no hole.
    TRUEUP_RETURN_IF_ERROR(settings_.file_system->Remove(path));
    TRUEUP_RETURN_IF_ERROR(settings_.file_system->SyncFolder(folder()));
  }
}

}  // namespace trueup::pipeline::embedded
