#include "pipeline/runtime/committer.h"

#include <utility>

namespace trueup::pipeline {

Committer::~Committer() {
  // What could not be committed is repeated from the log by the next runtime.
  if (running_.valid()) running_.wait();
}

Status Committer::Begin(std::unique_ptr<View> view) {
  if (running_.valid()) TRUEUP_RETURN_IF_ERROR(running_.get());
  view_ = std::move(view);
  running_ = std::async(std::launch::async, [this] {
    StoreBatch batch;
    view_->WriteTo(batch);
    return store_.Commit(batch);
  });
  return {};
}

Status Committer::Finish() {
  Status committed;
  if (running_.valid()) committed = running_.get();
  view_.reset();
  return committed;
}

}  // namespace trueup::pipeline
