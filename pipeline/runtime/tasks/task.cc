#include "pipeline/runtime/tasks/task.h"

#include <algorithm>
#include <utility>

#include "base/binary.h"

namespace trueup::pipeline {
namespace {

std::string NameOf(const TopicPartition& where) {
  return where.topic + "/" + std::to_string(where.partition);
}

std::string PositionKey(const TopicPartition& inbox) { return "task:" + NameOf(inbox); }

void PutTaskPosition(const TopicPartition& inbox, const TaskPosition& position, View& view) {
  std::string bytes;
  PutVarint(bytes, position.offset);
  PutVarint(bytes, position.settled);
  PutVarint(bytes, position.counts.mapped);
  PutVarint(bytes, position.counts.quarantined);
  PutVarint(bytes, position.counts.outdated);
  PutBytes(bytes, position.last.ToBytes());
  view.Put(kMeta, PositionKey(inbox), std::move(bytes));
}

}  // namespace

Result<std::optional<TaskPosition>> GetTaskPosition(const TopicPartition& inbox,
                                                    const Store& store) {
  TRUEUP_ASSIGN(const auto bytes, store.Get(kMeta, PositionKey(inbox)));
  if (!bytes) return std::optional<TaskPosition>();
  BinaryReader reader(*bytes);
  TaskPosition position;
  position.offset = reader.Varint();
  position.settled = reader.Varint();
  position.counts.mapped = reader.Varint();
  position.counts.quarantined = reader.Varint();
  position.counts.outdated = reader.Varint();
  const std::string_view last = reader.Bytes();
  TRUEUP_RETURN_IF_ERROR(reader.Check("the position in " + NameOf(inbox)));
  position.last = Hash128::FromBytes(last);
  return std::optional(position);
}

Task::Task(TopicPartition inbox, std::unique_ptr<TaskStage> stage, Log& log, Store& store,
           TaskLimits limits)
    : inbox_(std::move(inbox)),
      stage_(std::move(stage)),
      log_(log),
      store_(store),
      limits_(limits) {}

Status Task::Open() {
  TRUEUP_RETURN_IF_ERROR(stage_->Load(store_));
  TRUEUP_ASSIGN(const auto position, GetTaskPosition(inbox_, store_));
  if (position) position_ = *position;
  read_to_ = position_.offset;
  return Check();
}

// A state that is ahead of its log, or behind what the log still has, must not guess (promise 3).
Status Task::Check() {
  TRUEUP_ASSIGN(const uint64_t begin, log_.Begin(inbox_));
  TRUEUP_ASSIGN(const uint64_t end, log_.End(inbox_));
  const auto say = [this](const std::string& what) {
    return "the state has read " + NameOf(inbox_) + " up to offset " +
           std::to_string(position_.offset) + ", " + what;
  };
  if (position_.offset < begin) {
    return Error(ErrorKind::kInvalid, say("and the log has dropped what follows; it begins at " +
                                          std::to_string(begin)));
  }
  if (position_.offset > end) {
    return Error(ErrorKind::kCorrupt, say("but the log ends at " + std::to_string(end)));
  }
  replay_ = {position_.offset, end};
  if (position_.offset == begin) return {};
  TRUEUP_ASSIGN(const auto last, log_.Read(inbox_, position_.offset - 1, 1, 1));
  if (last.empty() || HashBytes(last.front().value) != position_.last) {
    return Error(ErrorKind::kCorrupt, say("but another entry stands there now: the log has lost "
                                          "what it had acknowledged"));
  }
  return {};
}

Result<bool> Task::Step() {
  const bool finished = pending_.has_value();
  TRUEUP_RETURN_IF_ERROR(Finish());
  TRUEUP_ASSIGN(const bool more, ReadAhead());
  if (!more) return finished;
  TRUEUP_RETURN_IF_ERROR(stage_->IsCut(ahead_.front()) ? BeginCut() : Begin());
  TRUEUP_RETURN_IF_ERROR(pending_->view.status());
  TRUEUP_RETURN_IF_ERROR(pending_->out.Send(log_));
  return true;
}

Status Task::Finish() {
  if (!pending_) return {};
  TRUEUP_RETURN_IF_ERROR(pending_->out.Await(log_));
  PutTaskPosition(inbox_, pending_->next, pending_->view);
  StoreBatch batch;
  pending_->view.WriteTo(batch);
  TRUEUP_RETURN_IF_ERROR(store_.Commit(batch));
  position_ = pending_->next;
  ++batches_;
  pending_.reset();
  return {};
}

Result<bool> Task::ReadAhead() {
  if (!ahead_.empty()) return true;
  TRUEUP_ASSIGN(auto records, log_.Read(inbox_, read_to_, limits_.records, limits_.bytes));
  if (records.empty()) return false;
  read_to_ = records.back().offset + 1;
  ahead_.assign(std::make_move_iterator(records.begin()), std::make_move_iterator(records.end()));
  return true;
}

Status Task::Begin() {
  const auto cut = std::find_if(ahead_.begin(), ahead_.end(),
                                [this](const LogRecord& record) { return stage_->IsCut(record); });
  std::vector<LogRecord> records(std::make_move_iterator(ahead_.begin()),
                                 std::make_move_iterator(cut));
  ahead_.erase(ahead_.begin(), cut);
  pending_.emplace(Pending{View(&store_), {}, position_});
  TaskPosition& next = pending_->next;
  next.offset = records.back().offset + 1;
  next.last = HashBytes(records.back().value);
  if (!stage_->works_at_cuts()) next.settled = next.offset;
  return stage_->Apply(records, pending_->view, pending_->out, next.counts);
}

Status Task::BeginCut() {
  const LogRecord& cut = ahead_.front();
  pending_.emplace(Pending{View(&store_), {}, position_});
  TRUEUP_ASSIGN(const bool all, stage_->ApplyCut(cut, store_, pending_->view, pending_->out));
  if (!all) return {};
  TaskPosition& next = pending_->next;
  next.offset = next.settled = cut.offset + 1;
  next.last = HashBytes(cut.value);
  ahead_.pop_front();
  return {};
}

}  // namespace trueup::pipeline
