#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/testing/temporary_folder.h"
#include "pipeline/log/embedded/embedded_log.h"
#include "reports/read_model.h"

namespace trueup::reports {

// A log and a read model over it in a folder of the test's own.
class TestModel {
 public:
  TestModel() {
    log_ = pipeline::OpenEmbeddedLog(folder_ / "log").value();
    Reopen();
  }

  void Publish(const std::string& topic, const std::string& key, const std::string& json) {
    ASSERT_TRUE(log_->Append({topic, 0}, {{key, json}}).ok());
    ASSERT_TRUE(log_->Sync({topic, 0}).ok());
  }
  void PublishAccount(const std::string& id, const std::string& name, const std::string& members,
                      const std::string& more = R"("stage":"active")") {
    Publish("accounts", id,
            R"({"id":")" + id + R"(","members":)" + members + "," + more +
                R"(,"terms":{"name":{"value":")" + name + R"("}}})");
  }
  void PublishCondition(
      const std::string& scope, const std::string& id,
      const std::string& more = R"("kind":"gap","severity":"high","owner":"AM")") {
    Publish("conditions", scope + "|" + id,
            "{" + more + R"(,"subject":"crm/Account/1","refs":["crm/Account/1"]})");
  }

  uint64_t Apply(Instant now) {
    uint64_t all = 0;
    while (true) {
      const auto applied = model_->Apply(now);
      if (!applied.ok()) ADD_FAILURE() << applied.error().message();
      if (!applied.ok() || *applied == 0) return all;
      all += *applied;
    }
  }
  void Reopen() {
    model_.reset();
    auto opened = ReadModel::Open(folder_.path(), *log_);
    if (!opened.ok()) ADD_FAILURE() << opened.error().message();
    model_ = std::move(opened).value();
  }
  void Close() { model_.reset(); }

  ReadModel& model() { return *model_; }
  Database Reader() const { return OpenForReading(folder_.path()).value(); }
  const std::string& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<pipeline::Log> log_;
  std::unique_ptr<ReadModel> model_;
};

inline Instant Day(int day) { return FromMicros(int64_t{86'400'000'000} * (20'000 + day)); }

}  // namespace trueup::reports
