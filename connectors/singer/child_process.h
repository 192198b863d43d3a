#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"

namespace trueup::connectors::singer {

// What to start.
struct ChildCommand {
  std::vector<std::string>
      arguments;  // the program first; without a slash it is looked for in PATH
  std::vector<std::string> environment;  // "NAME=value"; nothing else is handed down
  std::string folder;                    // where it runs; empty: where we do
};

// A child process in a process group of its own, its two outputs on pipes and its input empty. It
// inherits no other descriptor and no blocked signal. The group is killed and the child reaped when
// this goes, whatever state it is in. Used by one thread at a time.
class ChildProcess {
 public:
  // kInvalid where the program cannot be started.
  static Result<std::unique_ptr<ChildProcess>> Start(const ChildCommand& command);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // What came: texts appended, and which outputs have ended.
  struct Output {
    std::string out;
    std::string err;
    bool out_ended = false;
    bool err_ended = false;
  };

  // Waits until one of the outputs brings something or the child ends, and takes what is there: of
  // each at most 64 KiB, so that a child that is faster than we are waits in its pipe. False:
  // nothing came in `timeout`. kCancelled at once where `stop` is requested. An output that a
  // grandchild holds open counts as ended when the child has ended and the pipe is empty.
  Result<bool> Read(Output& output, std::chrono::milliseconds timeout, std::stop_token stop);

  // Waits for the end. Nothing: it still ran after `timeout`.
  struct End {
    int status = 0;  // exit status
    int signal = 0;  // the signal that ended it, or 0
    bool ok() const { return status == 0 && signal == 0; }
    std::string ToText() const;  // "ended with status 1", "was ended by signal 9"
  };
  Result<std::optional<End>> Wait(std::chrono::milliseconds timeout, std::stop_token stop);

 private:
  // Closes what it holds.
  struct Descriptor {
    int fd = -1;
    ~Descriptor() { Close(); }
    void Close();
  };

  ChildProcess() = default;
  Status Spawn(const ChildCommand& command, const Descriptor& out, const Descriptor& err);
  bool Take(Descriptor& pipe, std::string& text) const;
  void Reap();

  pid_t pid_ = 0;  // 0: none, or reaped
  Descriptor out_;
  Descriptor err_;
  Descriptor ended_;  // becomes readable when the child ends
  bool child_ended_ = false;
  std::optional<End> end_;
};

}  // namespace trueup::connectors::singer
