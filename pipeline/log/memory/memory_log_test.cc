#include "pipeline/log/memory/memory_log.h"

#include "pipeline/log/log_contract.h"

namespace trueup::pipeline {
namespace {

class MemoryLogUnderTest : public LogUnderTest {
 public:
  Log& log() override { return log_; }
  void Reopen() override {}

 private:
  MemoryLog log_;
};

INSTANTIATE_TEST_SUITE_P(MemoryLog, LogContract,
                         testing::Values([] { return std::make_unique<MemoryLogUnderTest>(); }));

}  // namespace
}  // namespace trueup::pipeline
