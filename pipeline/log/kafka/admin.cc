#include "pipeline/log/kafka/admin.h"

#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace trueup::pipeline::kafka {
namespace {

using Config = std::map<std::string, std::string>;
using Offsets = std::map<TopicPartition, uint64_t>;

using AdminOptionsHandle =
    std::unique_ptr<rd_kafka_AdminOptions_t, DestroyWith<rd_kafka_AdminOptions_destroy>>;
using NewTopicHandle = std::unique_ptr<rd_kafka_NewTopic_t, DestroyWith<rd_kafka_NewTopic_destroy>>;
using ConfigHandle =
    std::unique_ptr<rd_kafka_ConfigResource_t, DestroyWith<rd_kafka_ConfigResource_destroy>>;
using DeleteRecordsHandle =
    std::unique_ptr<rd_kafka_DeleteRecords_t, DestroyWith<rd_kafka_DeleteRecords_destroy>>;
using MetadataHandle =
    std::unique_ptr<const rd_kafka_metadata_t, DestroyWith<rd_kafka_metadata_destroy>>;

// One admin request: its options, and the queue to which the answer comes.
struct Request {
  Request(Client& client, rd_kafka_admin_op_t kind)
      : options(rd_kafka_AdminOptions_new(client.get(), kind)),
        queue(rd_kafka_queue_new(client.get())) {
    rd_kafka_AdminOptions_set_request_timeout(options.get(), client.timeout_ms(), nullptr, 0);
  }

  // The answer, or its error as a whole; librdkafka answers, or gives up, within the time-out.
  Result<EventHandle> Await(Client& client, const std::string& doing) const {
    EventHandle event(rd_kafka_queue_poll(queue.get(), client.timeout_ms() + 1000));
    if (!event) return client.Failure(RD_KAFKA_RESP_ERR__TIMED_OUT, doing);
    const rd_kafka_resp_err_t code = rd_kafka_event_error(event.get());
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return event;
    return client.Failure(code, doing);
  }

  AdminOptionsHandle options;
  QueueHandle queue;
};

// Asks until somebody knows the answer: what one broker made or took over, the others know a moment
// later.
template <class T, class Ask>
Result<T> AskUntilKnown(const Client& client, const Ask& ask, const std::string& in_vain) {
  SystemClock clock;
  const auto end = clock.Elapsed() + client.options().request_timeout;
  while (true) {
    TRUEUP_ASSIGN(std::optional<T> answer, ask());
    if (answer) return *std::move(answer);
    if (clock.Elapsed() > end) return Error(ErrorKind::kTransient, in_vain);
    clock.Wait(std::chrono::milliseconds(10), {});
  }
}

Error TopicError(rd_kafka_resp_err_t code, const char* text, const std::string& doing) {
  if (text == nullptr) return ToError(code, doing);
  return {KindOf(code), doing + ": " + text};
}

Config ConfigOf(const Client& client, const TopicSettings& settings) {
  return {{"cleanup.policy", settings.compacted ? "compact" : "delete"},
          // The pipeline says what may go (Trim); time alone never does.
          {"retention.ms", "-1"},
          {"retention.bytes", "-1"},
          {"min.insync.replicas", std::to_string(client.options().min_insync)},
          {"max.message.bytes", std::to_string(client.options().max_record_bytes + (1 << 20))}};
}

// 0 for what is none.
int64_t Number(const std::string& text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The settings of a topic; nothing where the broker that was asked does not know it.
Result<std::optional<Config>> AskForConfig(Client& client, const std::string& topic,
                                           const std::string& doing) {
  const Request request(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
  const ConfigHandle resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  rd_kafka_ConfigResource_t* asked = resource.get();
  rd_kafka_DescribeConfigs(client.get(), &asked, 1, request.options.get(), request.queue.get());
  TRUEUP_ASSIGN(const EventHandle event, request.Await(client, doing));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** const answers = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  if (count != 1) return Error(ErrorKind::kTransient, doing + ": no answer");
  const rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(answers[0]);
  if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return std::optional<Config>();
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return TopicError(code, rd_kafka_ConfigResource_error_string(answers[0]), doing);
  }
  const rd_kafka_ConfigEntry_t** const entries =
      rd_kafka_ConfigResource_configs(answers[0], &count);
  Config config;
  for (size_t i = 0; i < count; ++i) {
    const char* const value = rd_kafka_ConfigEntry_value(entries[i]);
    config[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
  }
  return std::optional(std::move(config));
}

// The settings of a topic that is there.
Result<Config> ReadConfig(Client& client, const std::string& topic) {
  const std::string doing = "reading the settings of topic " + topic;
  return AskUntilKnown<Config>(
      client, [&] { return AskForConfig(client, topic, doing); },
      doing + ": the brokers do not show it");
}

// How many partitions a topic has that one broker has made, or says is there.
Result<int> AwaitTopic(Client& client, const std::string& topic) {
  return AskUntilKnown<int>(
      client,
      [&]() -> Result<std::optional<int>> {
        TRUEUP_ASSIGN(const int there, CountPartitions(client, topic));
        return there > 0 ? std::optional(there) : std::nullopt;
      },
      "topic " + topic + " was made, but the brokers do not show it");
}

Status CheckTopic(Client& client, const std::string& topic, int there,
                  const TopicSettings& settings) {
  if (there != settings.partitions) {
    return Error(ErrorKind::kConflict, "topic " + topic + " has " + std::to_string(there) +
                                           " partitions, not " +
                                           std::to_string(settings.partitions));
  }
  TRUEUP_ASSIGN(auto config, ReadConfig(client, topic));
  for (auto& [name, wanted] : ConfigOf(client, settings)) {
    if (config[name] == wanted) continue;
    // Larger records and more copies than asked for are no harm.
    const bool at_least = name == "max.message.bytes" || name == "min.insync.replicas";
    if (at_least && Number(config[name]) >= Number(wanted)) continue;
    return Error(ErrorKind::kConflict, "topic " + topic + " has " + name + "=" + config[name] +
                                           ", which must be " + wanted);
  }
  return {};
}

// Whether the leader of a partition is about to be another broker, which not all know yet.
bool IsMoving(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
         code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
         code == RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE ||
         code == RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE ||
         code == RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH ||
         code == RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH;
}

// Nothing while a leader moves.
Result<std::optional<Offsets>> AskOffsetsOnce(Client& client, const std::vector<TopicPartition>& of,
                                              int64_t which, const std::string& doing) {
  const PartitionsHandle list(rd_kafka_topic_partition_list_new(static_cast<int>(of.size())));
  for (const TopicPartition& where : of) {
    rd_kafka_topic_partition_list_add(list.get(), where.topic.c_str(), where.partition)->offset =
        which;
  }
  // Asked as if for a time, of which these are special ones: rd_kafka_query_watermark_offsets waits
  // for a broker that is gone until it comes back, whatever the timeout.
  const rd_kafka_resp_err_t asked =
      rd_kafka_offsets_for_times(client.get(), list.get(), client.timeout_ms());
  if (IsMoving(asked)) return std::optional<Offsets>();
  if (asked != RD_KAFKA_RESP_ERR_NO_ERROR) return client.Failure(asked, doing);
  Offsets offsets;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    if (IsMoving(one.err)) return std::optional<Offsets>();
    const bool silent = one.err == RD_KAFKA_RESP_ERR_NO_ERROR && one.offset < 0;
    const rd_kafka_resp_err_t code = silent ? RD_KAFKA_RESP_ERR__TIMED_OUT : one.err;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return client.Failure(code, doing + ", " + one.topic + " " + std::to_string(one.partition));
    }
    offsets[{one.topic, one.partition}] = static_cast<uint64_t>(one.offset);
  }
  return std::optional(std::move(offsets));
}

}  // namespace

Result<std::string> ClusterId(Client& client) {
  const std::unique_ptr<char, void (*)(char*)> id(
      rd_kafka_clusterid(client.get(), client.timeout_ms()),
      [](char* text) { rd_kafka_mem_free(nullptr, text); });
  if (!id) return client.Failure(RD_KAFKA_RESP_ERR__TIMED_OUT, "connecting to kafka");
  return std::string(id.get());
}

Result<int> CountPartitions(Client& client, const std::string& topic) {
  const std::string doing = "looking for topic " + topic;
  const TopicHandle handle(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  if (!handle) return ToError(rd_kafka_last_error(), doing);
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t code =
      rd_kafka_metadata(client.get(), 0, handle.get(), &answer, client.timeout_ms());
  const MetadataHandle metadata(answer);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return client.Failure(code, doing);
  if (metadata->topic_cnt != 1) return 0;
  const rd_kafka_metadata_topic_t& found = metadata->topics[0];
  if (found.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return 0;
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) return client.Failure(found.err, doing);
  return found.partition_cnt;
}

Status CreateTopic(Client& client, const std::string& topic, const TopicSettings& settings) {
  const std::string doing = "making topic " + topic;
  const Request request(client, RD_KAFKA_ADMIN_OP_CREATETOPICS);
  std::array<char, 512> text{};
  const NewTopicHandle wanted(rd_kafka_NewTopic_new(
      topic.c_str(), settings.partitions, client.options().replication, text.data(), text.size()));
  if (!wanted) return Error(ErrorKind::kInvalid, doing + ": " + text.data());
  for (const auto& [name, value] : ConfigOf(client, settings)) {
    rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
  }
  rd_kafka_AdminOptions_set_operation_timeout(request.options.get(), client.timeout_ms(), nullptr,
                                              0);
  rd_kafka_NewTopic_t* asked = wanted.get();
  rd_kafka_CreateTopics(client.get(), &asked, 1, request.options.get(), request.queue.get());
  TRUEUP_ASSIGN(const EventHandle event, request.Await(client, doing));
  size_t count = 0;
  const rd_kafka_topic_result_t** const answers =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  if (count != 1) return Error(ErrorKind::kTransient, doing + ": no answer");
  const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(answers[0]);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return TopicError(code, rd_kafka_topic_result_error_string(answers[0]), doing);
  }
  TRUEUP_ASSIGN(const int there, AwaitTopic(client, topic));
  (void)there;
  return {};
}

Status EnsureTopic(Client& client, const std::string& topic, const TopicSettings& settings) {
  TRUEUP_ASSIGN(int there, CountPartitions(client, topic));
  if (there == 0) {
    Status made = CreateTopic(client, topic, settings);
    // Another instance may be faster.
    if (made.ok() || made.error().kind() != ErrorKind::kConflict) return made;
    TRUEUP_ASSIGN(there, AwaitTopic(client, topic));
  }
  return CheckTopic(client, topic, there, settings);
}

Result<std::map<TopicPartition, uint64_t>> AskOffsets(Client& client,
                                                      const std::vector<TopicPartition>& of,
                                                      int64_t which) {
  const std::string others =
      of.size() > 1 ? " and " + std::to_string(of.size() - 1) + " more partitions" : "";
  const std::string doing = "asking for the " +
                            std::string(which == RD_KAFKA_OFFSET_END ? "ends" : "beginnings") +
                            " of " + of[0].topic + " " + std::to_string(of[0].partition) + others;
  return AskUntilKnown<Offsets>(
      client, [&] { return AskOffsetsOnce(client, of, which, doing); },
      doing + ": the brokers do not agree who leads them");
}

Status DeleteRecords(Client& client, const std::string& topic, int partition, uint64_t offset) {
  const std::string doing = "trimming " + topic + " " + std::to_string(partition);
  const Request request(client, RD_KAFKA_ADMIN_OP_DELETERECORDS);
  const PartitionsHandle below(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(below.get(), topic.c_str(), partition)->offset =
      static_cast<int64_t>(offset);
  const DeleteRecordsHandle wanted(rd_kafka_DeleteRecords_new(below.get()));
  rd_kafka_DeleteRecords_t* asked = wanted.get();
  rd_kafka_DeleteRecords(client.get(), &asked, 1, request.options.get(), request.queue.get());
  TRUEUP_ASSIGN(const EventHandle event, request.Await(client, doing));
  const rd_kafka_topic_partition_list_t* const answers =
      rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
  for (int i = 0; i < answers->cnt; ++i) {
    if (answers->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return client.Failure(answers->elems[i].err, doing);
    }
  }
  return {};
}

}  // namespace trueup::pipeline::kafka
