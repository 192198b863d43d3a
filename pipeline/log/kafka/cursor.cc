#include "pipeline/log/kafka/cursor.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/clock.h"

namespace trueup::pipeline::kafka {
namespace {

constexpr size_t kChunk = 500;
constexpr std::chrono::milliseconds kPatience{100};

std::string_view Bytes(const void* data, size_t size) {
  return data == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(data), size);
}

// 0 where the record has none.
uint64_t VersionOf(const rd_kafka_message_t* message) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
  const void* value = nullptr;
  size_t size = 0;
  if (rd_kafka_header_get_last(headers, kVersionHeader, &value, &size) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return 0;
  }
  const std::string_view digits = Bytes(value, size);
  uint64_t version = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), version);
  return version;
}

}  // namespace

Result<std::unique_ptr<Cursor>> Cursor::Open(Client& client, const std::string& topic,
                                             int partition) {
  TopicHandle handle(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  const std::string name = topic + " " + std::to_string(partition);
  if (!handle) return ToError(rd_kafka_last_error(), "reading " + name);
  return std::unique_ptr<Cursor>(new Cursor(client, name, partition, std::move(handle)));
}

Cursor::~Cursor() { Stop(); }

void Cursor::Stop() {
  if (std::exchange(started_, false)) rd_kafka_consume_stop(topic_.get(), partition_);
  fetched_.clear();
  at_end_ = false;
}

Status Cursor::Seek(uint64_t offset) {
  if (started_ && position_ == offset) return {};
  Stop();
  if (rd_kafka_consume_start(topic_.get(), partition_, static_cast<int64_t>(offset)) != 0) {
    return client_.Failure(rd_kafka_last_error(), "reading " + name_);
  }
  started_ = true;
  position_ = offset;
  return {};
}

Result<std::vector<LogRecord>> Cursor::Read(uint64_t offset, size_t max_records, size_t max_bytes,
                                            uint64_t known_end) {
  const std::lock_guard lock(mutex_);
  TRUEUP_RETURN_IF_ERROR(Seek(offset));
  const SystemClock clock;
  const auto give_up = clock.Elapsed() + client_.options().request_timeout;
  std::vector<LogRecord> records;
  size_t bytes = 0;
  while (records.size() < max_records && bytes < max_bytes) {
    if (fetched_.empty()) {
      // What is there now will do; only where there is nothing at all it takes waiting.
      const bool wait = records.empty() && !(at_end_ && end_ >= known_end);
      TRUEUP_RETURN_IF_ERROR(Fetch(wait ? kPatience : std::chrono::milliseconds(0)));
      if (fetched_.empty() && !wait) break;
      if (fetched_.empty() && clock.Elapsed() > give_up) {
        return client_.Failure(RD_KAFKA_RESP_ERR__TIMED_OUT, "reading " + name_);
      }
      continue;
    }
    const size_t size = fetched_.front().key.size() + fetched_.front().value.size();
    if (!records.empty() && bytes + size > max_bytes) break;
    bytes += size;
    position_ = fetched_.front().offset + 1;
    records.push_back(std::move(fetched_.front()));
    fetched_.pop_front();
  }
  return records;
}

Result<bool> Cursor::Await(uint64_t offset, std::chrono::milliseconds timeout) {
  const std::lock_guard lock(mutex_);
  TRUEUP_RETURN_IF_ERROR(Seek(offset));
  if (fetched_.empty()) TRUEUP_RETURN_IF_ERROR(Fetch(timeout));
  return !fetched_.empty();
}

Status Cursor::Fetch(std::chrono::milliseconds timeout) {
  std::array<rd_kafka_message_t*, kChunk> messages;
  ssize_t count =
      rd_kafka_consume_batch(topic_.get(), partition_, 0, messages.data(), messages.size());
  if (count == 0 && timeout.count() > 0) {
    // More than one it would wait for until the time is over.
    count = rd_kafka_consume_batch(topic_.get(), partition_, static_cast<int>(timeout.count()),
                                   messages.data(), 1);
  }
  if (count < 0) return client_.Failure(rd_kafka_last_error(), "reading " + name_);
  Status status;
  for (ssize_t i = 0; i < count; ++i) {
    MessageHandle message(messages[static_cast<size_t>(i)]);
    if (status.ok()) status = Take(std::move(message));
  }
  // Whatever it was, the next Read begins anew from its offset.
  if (!status.ok()) Stop();
  return status;
}

Status Cursor::Take(MessageHandle message) {
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: break;
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      at_end_ = true;
      end_ = static_cast<uint64_t>(message->offset);
      return {};
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return Error(ErrorKind::kInvalid, "reading " + name_ + ": offset " +
                                            std::to_string(position_) + " is outside of it");
    default: return client_.Failure(message->err, "reading " + name_);
  }
  at_end_ = false;
  LogRecord record;
  record.offset = static_cast<uint64_t>(message->offset);
  record.key = Bytes(message->key, message->key_len);
  record.value = Bytes(message->payload, message->len);
  record.version = VersionOf(message.get());
  fetched_.push_back(std::move(record));
  return {};
}

}  // namespace trueup::pipeline::kafka
