#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <functional>

namespace trueup {

// A forked child that says numbers to the test until it is killed: for what must survive a kill -9.
// REQUIRES: no threads run in the test when it is made.
class Child {
 public:
  // `work` runs in the child, calling its argument for every number to say; the child then ends.
  explicit Child(const std::function<void(const std::function<void(uint64_t)>& say)>& work) {
    if (::pipe(pipe_) != 0) ADD_FAILURE() << "no pipe";
    pid_ = ::fork();
    if (pid_ != 0) {
      ::close(pipe_[1]);
      return;
    }
    ::close(pipe_[0]);
    work([this](uint64_t number) {
      if (::write(pipe_[1], &number, sizeof number) != sizeof number) ::_exit(1);
    });
    ::_exit(0);
  }

  ~Child() {
    if (pid_ > 0) static_cast<void>(Kill());
    ::close(pipe_[0]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The next number; false where the child has ended.
  bool Hear(uint64_t& number) { return ::read(pipe_[0], &number, sizeof number) == sizeof number; }

  // kill -9, wait, and hear out what it had said; the last number heard, or `last`.
  uint64_t Kill(uint64_t last = 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
    while (Hear(last)) {
    }
    return last;
  }

 private:
  int pipe_[2] = {-1, -1};
  pid_t pid_ = 0;
};

}  // namespace trueup
