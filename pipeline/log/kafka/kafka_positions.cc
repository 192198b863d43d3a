#include "pipeline/log/kafka/kafka_positions.h"

#include <utility>

#include "pipeline/log/kafka/client.h"

namespace trueup::pipeline {
namespace kafka {
namespace {

class KafkaPositions : public Positions {
 public:
  KafkaPositions(std::unique_ptr<Client> client, std::string group)
      : client_(std::move(client)), group_(std::move(group)) {}

  Status Commit(const std::map<TopicPartition, uint64_t>& positions) override {
    if (positions.empty()) return {};
    const std::string doing = "committing positions to group " + group_;
    const PartitionsHandle list(
        rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
    for (const auto& [where, offset] : positions) {
      Add(list.get(), where)->offset = static_cast<int64_t>(offset);
    }
    // The plain call would wait without end for a coordinator.
    const QueueHandle answers(rd_kafka_queue_new(client_->get()));
    const rd_kafka_resp_err_t sent =
        rd_kafka_commit_queue(client_->get(), list.get(), answers.get(), nullptr, nullptr);
    if (sent != RD_KAFKA_RESP_ERR_NO_ERROR) return client_->Failure(sent, doing);
    const EventHandle answer(rd_kafka_queue_poll(answers.get(), client_->timeout_ms()));
    if (!answer) return client_->Failure(RD_KAFKA_RESP_ERR__TIMED_OUT, doing);
    const rd_kafka_resp_err_t code = rd_kafka_event_error(answer.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return client_->Failure(code, doing);
    return CheckEach(rd_kafka_event_topic_partition_list(answer.get()), doing);
  }

  Result<std::map<TopicPartition, uint64_t>> Committed(
      const std::vector<TopicPartition>& of) override {
    const std::string doing = "reading the positions of group " + group_;
    const PartitionsHandle list(rd_kafka_topic_partition_list_new(static_cast<int>(of.size())));
    for (const TopicPartition& where : of) Add(list.get(), where);
    const rd_kafka_resp_err_t code =
        rd_kafka_committed(client_->get(), list.get(), client_->timeout_ms());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return client_->Failure(code, doing);
    TRUEUP_RETURN_IF_ERROR(CheckEach(list.get(), doing));
    std::map<TopicPartition, uint64_t> positions;
    for (const TopicPartition& where : of) {
      const std::string name = client_->TopicName(where.topic);
      const int64_t offset =
          rd_kafka_topic_partition_list_find(list.get(), name.c_str(), where.partition)->offset;
      if (offset >= 0) positions[where] = static_cast<uint64_t>(offset);
    }
    return positions;
  }

 private:
  rd_kafka_topic_partition_t* Add(rd_kafka_topic_partition_list_t* list,
                                  const TopicPartition& where) const {
    return rd_kafka_topic_partition_list_add(list, client_->TopicName(where.topic).c_str(),
                                             where.partition);
  }

  Status CheckEach(const rd_kafka_topic_partition_list_t* list, const std::string& doing) const {
    for (int i = 0; list != nullptr && i < list->cnt; ++i) {
      const rd_kafka_topic_partition_t& one = list->elems[i];
      if (one.err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      return client_->Failure(one.err,
                              doing + ", " + one.topic + " " + std::to_string(one.partition));
    }
    return {};
  }

  const std::unique_ptr<Client> client_;
  const std::string group_;
};

}  // namespace
}  // namespace kafka

Result<std::unique_ptr<Positions>> OpenKafkaPositions(const KafkaOptions& options,
                                                      const std::string& group) {
  const std::string name = options.prefix + group;
  kafka::ClientSettings settings;
  settings.type = RD_KAFKA_CONSUMER;
  settings.invariants = {{"group.id", name},
                         {"enable.auto.commit", "false"},
                         {"enable.auto.offset.store", "false"},
                         {"allow.auto.create.topics", "false"}};
  TRUEUP_ASSIGN(std::unique_ptr<kafka::Client> client, kafka::Client::Open(options, settings));
  return std::unique_ptr<Positions>(
      std::make_unique<kafka::KafkaPositions>(std::move(client), name));
}

}  // namespace trueup::pipeline
