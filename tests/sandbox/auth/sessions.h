#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "tests/sandbox/auth/crypto.h"

namespace trueup::sandbox {

// The access tokens that a system has given out. Safe for several threads.
class Sessions {
 public:
  Sessions(uint64_t seed, std::string prefix) : seed_(seed), prefix_(std::move(prefix)) {}

  std::string Open(Seconds expires) {
    const std::lock_guard lock(mutex_);
    const std::string token =
        prefix_ + DerivedSecret(seed_, prefix_ + "session " + std::to_string(++count_), 80);
    expires_[token] = expires;
    return token;
  }
  bool IsOpen(std::string_view token, Seconds now) const {
    const std::lock_guard lock(mutex_);
    const auto it = expires_.find(std::string(token));
    return it != expires_.end() && now < it->second;
  }
  void CloseAll() {
    const std::lock_guard lock(mutex_);
    expires_.clear();
  }

 private:
  uint64_t seed_;
  std::string prefix_;
  mutable std::mutex mutex_;
  std::map<std::string, Seconds> expires_;
  uint64_t count_ = 0;
};

}  // namespace trueup::sandbox
