#include "pipeline/log/kafka/producer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace trueup::pipeline::kafka {
namespace {

// How often Sync looks whether its session is still alive.
constexpr std::chrono::milliseconds kLook{200};

ClientSettings SettingsFor(const KafkaOptions& options) {
  ClientSettings settings;
  settings.type = RD_KAFKA_PRODUCER;
  settings.tuning = {{"linger.ms", "2"},
                     {"batch.size", "1000000"},
                     {"compression.codec", "lz4"},
                     {"queue.buffering.max.messages", "100000"},
                     {"queue.buffering.max.kbytes", "65536"}};
  settings.invariants = {
      {"acks", "all"},
      {"enable.idempotence", "true"},
      {"message.timeout.ms", std::to_string(options.delivery_timeout.count())},
      {"message.max.bytes", std::to_string(options.max_record_bytes + (1 << 20))}};
  return settings;
}

using HeadersHandle = std::unique_ptr<rd_kafka_headers_t, DestroyWith<rd_kafka_headers_destroy>>;

std::string NameOf(const TopicPartition& where) {
  return where.topic + " " + std::to_string(where.partition);
}

// What became of a record that was not acknowledged.
Error DeliveryError(const rd_kafka_message_t* message, const TopicPartition& where) {
  Error error = ToError(message->err, "writing to " + NameOf(where));
  const bool maybe = rd_kafka_message_status(message) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
  if (!maybe || error.kind() != ErrorKind::kTransient) return error;
  return {ErrorKind::kUncertain, error.message()};
}

// Hands one record to librdkafka, waiting while its queue is full.
rd_kafka_resp_err_t Produce(rd_kafka_t* client, rd_kafka_topic_t* topic, int partition,
                            const LogEntry& entry, void* opaque) {
  // No value at all is how Kafka writes that a key is removed.
  void* const value = entry.value.empty() ? nullptr : const_cast<char*>(entry.value.data());
  constexpr int kFlags = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK;
  if (entry.version == 0) {
    const int failed = rd_kafka_produce(topic, partition, kFlags, value, entry.value.size(),
                                        entry.key.data(), entry.key.size(), opaque);
    return failed == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
  }
  const std::string version = std::to_string(entry.version);
  std::array<rd_kafka_vu_t, 7> fields{};
  fields[0].vtype = RD_KAFKA_VTYPE_RKT;
  fields[0].u.rkt = topic;
  fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  fields[1].u.i32 = partition;
  fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  fields[2].u.i = kFlags;
  fields[3].vtype = RD_KAFKA_VTYPE_VALUE;
  fields[3].u.mem = {value, entry.value.size()};
  fields[4].vtype = RD_KAFKA_VTYPE_KEY;
  fields[4].u.mem = {const_cast<char*>(entry.key.data()), entry.key.size()};
  // As a list of our own: one that librdkafka 2.0 makes it frees twice where it fails.
  HeadersHandle headers(rd_kafka_headers_new(1));
  rd_kafka_header_add(headers.get(), kVersionHeader, -1, version.data(),
                      static_cast<ssize_t>(version.size()));
  fields[5].vtype = RD_KAFKA_VTYPE_HEADERS;
  fields[5].u.headers = headers.get();
  fields[6].vtype = RD_KAFKA_VTYPE_OPAQUE;
  fields[6].u.ptr = opaque;
  const ErrorHandle failed(rd_kafka_produceva(client, fields.data(), fields.size()));
  if (failed) return rd_kafka_error_code(failed.get());
  (void)headers.release();  // the record's, now
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace

// One life of librdkafka's producer. Whoever uses it keeps it alive.
struct Producer::Session {
  explicit Session(Producer& its_owner) : owner(its_owner) {}
  ~Session() {
    topics.clear();
    client.reset();
    // Nobody reports any more what became of these.
    owner.EndAll(*this);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Result<rd_kafka_topic_t*> Topic(const std::string& name) {
    const std::lock_guard lock(mutex);
    TopicHandle& topic = topics[name];
    if (!topic) topic.reset(rd_kafka_topic_new(client->get(), name.c_str(), nullptr));
    if (!topic) return ToError(rd_kafka_last_error(), "writing to " + name);
    return topic.get();
  }

  Producer& owner;
  std::unique_ptr<Client> client;
  std::mutex mutex;
  std::map<std::string, TopicHandle> topics;
};

Producer::~Producer() {
  const std::lock_guard lock(session_mutex_);
  session_.reset();
}

Status Producer::Start() {
  TRUEUP_ASSIGN(const std::shared_ptr<Session> session, LiveSession());
  (void)session;
  return {};
}

Result<std::shared_ptr<Producer::Session>> Producer::LiveSession() {
  std::shared_ptr<Session> old;  // dropped behind the lock: that may take a while
  const std::lock_guard lock(session_mutex_);
  if (session_ && !session_->client->dead()) return session_;
  old = std::exchange(session_, nullptr);
  if (old) {
    // Those who wait for room in its queue need not.
    rd_kafka_purge(old->client->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                           RD_KAFKA_PURGE_F_NON_BLOCKING);
  }
  auto session = std::make_shared<Session>(*this);
  ClientSettings settings = SettingsFor(options_);
  settings.callbacks.on_delivery = OnDelivery;
  settings.callbacks.opaque = this;
  TRUEUP_ASSIGN(session->client, Client::Open(options_, settings));
  session_ = session;
  return session;
}

Status Producer::Append(const TopicPartition& where, const std::vector<LogEntry>& entries) {
  for (const LogEntry& entry : entries) {
    const size_t bytes = entry.key.size() + entry.value.size();
    if (bytes <= options_.max_record_bytes) continue;
    return Error(ErrorKind::kRejected, "a record of " + std::to_string(bytes) +
                                           " bytes is too large for " + NameOf(where));
  }
  TRUEUP_ASSIGN(const std::shared_ptr<Session> session, LiveSession());
  TRUEUP_ASSIGN(rd_kafka_topic_t* const topic, session->Topic(where.topic));
  Batch& batch = Begin(where, *session, entries.size());
  size_t done = 0;
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (; done < entries.size(); ++done) {
    code = Produce(session->client->get(), topic, where.partition, entries[done], &batch);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) break;
  }
  End(batch, entries.size() - done + 1);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  Error error = session->client->Failure(code, "writing to " + NameOf(where));
  return done == 0 ? error : Error(ErrorKind::kUncertain, error.message());
}

Producer::Batch& Producer::Begin(const TopicPartition& where, const Session& session,
                                 size_t records) {
  const std::lock_guard lock(mutex_);
  Partition& partition = partitions_[where];
  partition.where = where;
  Batch& batch = partition.open.emplace_back();
  batch.partition = &partition;
  batch.session = &session;
  batch.writer = std::this_thread::get_id();
  batch.number = ++partition.batches;
  batch.waiting = records + 1;
  return batch;
}

void Producer::End(Batch& batch, size_t records) {
  {
    const std::lock_guard lock(mutex_);
    batch.waiting -= records;
    if (batch.waiting > 0) return;
    Partition& partition = *batch.partition;
    if (batch.failure) partition.failures.insert({batch.writer, *batch.failure});
    partition.open.remove_if([&batch](const Batch& open) { return &open == &batch; });
  }
  ended_.notify_all();
}

void Producer::EndAll(const Session& session) {
  {
    const std::lock_guard lock(mutex_);
    for (auto& [where, partition] : partitions_) {
      for (const Batch& batch : partition.open) {
        if (batch.session != &session) continue;
        const Error lost(ErrorKind::kUncertain,
                         "writing to " + NameOf(where) + ": the producer's session ended");
        partition.failures.insert({batch.writer, batch.failure.value_or(lost)});
      }
      partition.open.remove_if([&](const Batch& batch) { return batch.session == &session; });
    }
  }
  ended_.notify_all();
}

void Producer::OnDelivery(rd_kafka_t* /*handle*/, const rd_kafka_message_t* message,
                          void* opaque) noexcept {
  auto& self = *static_cast<Producer*>(opaque);
  auto& batch = *static_cast<Batch*>(message->_private);
  {
    const std::lock_guard lock(self.mutex_);
    Partition& partition = *batch.partition;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (!batch.failure) batch.failure = DeliveryError(message, partition.where);
    } else if (message->offset >= 0) {
      partition.acknowledged_end =
          std::max(partition.acknowledged_end, static_cast<uint64_t>(message->offset) + 1);
    }
  }
  self.End(batch, 1);
}

Status Producer::Sync(const TopicPartition& where) {
  std::unique_lock lock(mutex_);
  Partition& partition = partitions_[where];
  const uint64_t target = partition.batches;
  const auto done = [&] {
    return partition.open.empty() || partition.open.front().number > target;
  };
  while (!ended_.wait_for(lock, kLook, done)) {
    lock.unlock();
    // One that died tells nobody what became of its records; another takes its place.
    TRUEUP_RETURN_IF_ERROR(Start());
    lock.lock();
  }
  const auto failed = partition.failures.find(std::this_thread::get_id());
  if (failed == partition.failures.end()) return {};
  Error error = std::move(failed->second);
  partition.failures.erase(failed);
  return error;
}

uint64_t Producer::AcknowledgedEnd(const TopicPartition& where) {
  const std::lock_guard lock(mutex_);
  const auto found = partitions_.find(where);
  return found == partitions_.end() ? 0 : found->second.acknowledged_end;
}

}  // namespace trueup::pipeline::kafka
