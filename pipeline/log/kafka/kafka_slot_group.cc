#include "pipeline/log/kafka/kafka_slot_group.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/logging.h"
#include "pipeline/log/kafka/admin.h"
#include "pipeline/log/kafka/client.h"

namespace trueup::pipeline {
namespace kafka {
namespace {

class KafkaSlotGroup : public SlotGroup {
 public:
  explicit KafkaSlotGroup(KafkaSlotGroupSettings settings) : settings_(std::move(settings)) {}

  // REQUIRES: called once, before all else.
  Status Open(const KafkaOptions& options) {
    const std::string name = options.prefix + settings_.name;
    ClientSettings client;
    client.type = RD_KAFKA_CONSUMER;
    client.invariants = {
        {"group.id", name},
        {"group.instance.id", settings_.instance},
        // The cooperative one of librdkafka 2.0 can lose an assignment, or spin.
        {"partition.assignment.strategy", "range"},
        {"session.timeout.ms", std::to_string(settings_.session_timeout.count())},
        {"heartbeat.interval.ms", std::to_string(settings_.session_timeout.count() / 6)},
        {"max.poll.interval.ms",
         std::to_string(std::max(settings_.handover_timeout, settings_.session_timeout).count())},
        {"auto.offset.reset", "latest"},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"allow.auto.create.topics", "false"}};
    client.callbacks.on_rebalance = OnRebalance;
    client.callbacks.opaque = this;
    TRUEUP_ASSIGN(client_, Client::Open(options, client));
    rd_kafka_poll_set_consumer(client_->get());
    TRUEUP_RETURN_IF_ERROR(EnsureTopic(*client_, name, {settings_.slots, false}));
    const PartitionsHandle topics(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(topics.get(), name.c_str(), RD_KAFKA_PARTITION_UA);
    const rd_kafka_resp_err_t code = rd_kafka_subscribe(client_->get(), topics.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return client_->Failure(code, "joining group " + name);
    return {};
  }

  Result<Slots> Poll(std::chrono::milliseconds timeout) override {
    if (fenced_) return *fenced_;
    change_ = {};
    problem_.reset();
    // The caller has let go of them.
    if (std::exchange(must_release_, false)) {
      TRUEUP_RETURN_IF_ERROR(Assign(nullptr));
    }
    const MessageHandle message(
        rd_kafka_consumer_poll(client_->get(), static_cast<int>(timeout.count())));
    if (problem_) return *problem_;
    const bool changed = !change_.empty();
    if (message && message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      Status handled = Handle(*message);
      // A change is never swallowed by an error, which comes again if it lasts.
      if (!handled.ok() && !changed) return std::move(handled).error();
    }
    return std::move(change_);
  }

 private:
  // Called within Poll, by librdkafka.
  static void OnRebalance(rd_kafka_t* handle, rd_kafka_resp_err_t code,
                          rd_kafka_topic_partition_list_t* partitions, void* opaque) noexcept {
    static_cast<KafkaSlotGroup*>(opaque)->Rebalance(code, partitions);
    rd_kafka_yield(handle);
  }

  void Rebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions) {
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
      for (int i = 0; i < partitions->cnt; ++i) {
        change_.assigned.push_back(partitions->elems[i].partition);
        // There is nothing to read, and no position to ask for.
        partitions->elems[i].offset = RD_KAFKA_OFFSET_END;
      }
      Status assigned = Assign(partitions);
      if (!assigned.ok()) {
        problem_ = std::move(assigned).error();
        change_.assigned.clear();
        return;
      }
      rd_kafka_pause_partitions(client_->get(), partitions);
      owned_ = change_.assigned;
      return;
    }
    if (code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
      LogWarning("kafka", ToError(code, "group " + settings_.name).message());
    }
    must_release_ = true;
    change_.lost = code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS ||
                   rd_kafka_assignment_lost(client_->get()) != 0;
    change_.revoked = std::exchange(owned_, {});
  }

  Status Assign(const rd_kafka_topic_partition_list_t* partitions) {
    const rd_kafka_resp_err_t code = rd_kafka_assign(client_->get(), partitions);
    // After the end of the client there is nothing to take or to release.
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR__FATAL) return {};
    return client_->Failure(code, "taking slots of group " + settings_.name);
  }

  // Of an error that came instead of a message.
  Status Handle(const rd_kafka_message_t& message) {
    if (client_->dead()) {
      std::array<char, 512> text{};
      const rd_kafka_resp_err_t code =
          rd_kafka_fatal_error(client_->get(), text.data(), text.size());
      const bool twin = code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
      fenced_.emplace(twin ? ErrorKind::kConflict : KindOf(code),
                      "instance " + settings_.instance + " is out of group " + settings_.name +
                          (twin ? ": another process goes by its name" : "") + ": " + text.data());
      // First that all is lost, next time why.
      change_.lost = true;
      std::vector<int> owned = std::exchange(owned_, {});
      change_.revoked.insert(change_.revoked.end(), owned.begin(), owned.end());
      if (change_.revoked.empty()) return *fenced_;
      return {};
    }
    // It left the group, whose Revoke comes next.
    if (message.err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED) return {};
    return client_->Failure(message.err, "group " + settings_.name);
  }

  const KafkaSlotGroupSettings settings_;
  std::unique_ptr<Client> client_;
  std::vector<int> owned_;
  bool must_release_ = false;  // was told as revoked; the group waits for us to let go
  std::optional<Error> fenced_;
  // Of the current Poll.
  Slots change_;
  std::optional<Error> problem_;
};

}  // namespace
}  // namespace kafka

Result<std::unique_ptr<SlotGroup>> OpenKafkaSlotGroup(const KafkaOptions& options,
                                                      const KafkaSlotGroupSettings& settings) {
  auto group = std::make_unique<kafka::KafkaSlotGroup>(settings);
  Status opened = group->Open(options);
  if (!opened.ok()) return std::move(opened).error().In("joining the instances");
  return std::unique_ptr<SlotGroup>(std::move(group));
}

}  // namespace trueup::pipeline
