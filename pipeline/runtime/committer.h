#pragma once

#include <future>
#include <memory>

#include "base/error.h"
#include "pipeline/stages/view.h"
#include "pipeline/state/store.h"

namespace trueup::pipeline {

// Commits one view while the next is being filled: about a third of a first pull's time is the
// store's writing, and needs nothing of what comes next. Used by one thread.
class Committer {
 public:
  explicit Committer(Store& store) : store_(store) {}
  ~Committer();

  // The view that is being committed, for the next one to read through; null: none.
  const View* pending() const { return view_.get(); }

  // Waits for the commit under way, then begins that of `view`. An error is that of the former:
  // `view` is then not committed, and nothing must follow.
  Status Begin(std::unique_ptr<View> view);

  // Waits until everything is committed. REQUIRES: no view is open that reads through pending().
  Status Finish();

 private:
  Store& store_;
  std::unique_ptr<View> view_;
  std::future<Status> running_;
};

}  // namespace trueup::pipeline
