#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace trueup::connectors::netsuite {

// How many requests may be under way at once. The account's limit is shared with integrations that
// we know nothing of, and with every system of ours that reads the account, so this feels its way:
// a refusal halves the number at once, and a row of answers without one gives one back, up to
// `most`. Safe from any thread.
class Turns {
 public:
  // REQUIRES: most >= 1.
  explicit Turns(int most) : most_(most), allowed_(most) {}
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  // No more than `most` from now on. REQUIRES: most >= 1.
  void Limit(int most);

  // Waits until a request may go; false where `stop` came first. After true, Give is called once.
  bool Take(std::stop_token stop);
  void Give();

  // What the service said to a request: too many at once, or an answer.
  void Refused();
  void Answered();

  int allowed() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  int most_;
  int allowed_;
  int taken_ = 0;
  int answered_ = 0;  // since the number last changed, or a refusal came
};

}  // namespace trueup::connectors::netsuite
